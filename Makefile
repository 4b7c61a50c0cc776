# The whole of Mendery with two commands: `make run` and `make test`.
# Needs Python 3.11 or newer, make and git; everything else is put into .venv.

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
ON_SQLITE := not postgresql and not production
# The servers of the production form; `.ci/run` starts them where there are none.
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/mendery
TEST_REDIS_URL ?= redis://127.0.0.1:6379/8
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
# The suite starts some hundred processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# Values that protect nothing, for checking the production settings.
THROWAWAY := DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=shop.example \
	SECRET_KEY=only-for-checks-abcdefghijklmnopqrstuvwxyz-0123456789 TOKEN_KEYS=check:abcdefghijklmnopqrstuvwxyz0123456789 \
	FIELD_KEYS=b25seS1mb3ItY2hlY2tzLW9ubHktZm9yLWNoZWNrcy0= FILES_DIR=/tmp \
	DATABASE_URL=postgres://check@127.0.0.1:5432/check REDIS_URL=redis://127.0.0.1:6379/0

.PHONY: run test lint check suite suite-rest suite-full test-production bench openapi

run: .venv/installed
	@exec $(BIN)/python manage.py run

# What needs no server and little time: lint, types, layers, migrations, settings, OpenAPI, the quick suite on SQLite.
test: lint check suite

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: .venv/installed
	DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(THROWAWAY) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

# The quick form: no test that takes long, and a few cases of those with many (tests/quick.py).
suite: .venv/installed
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not exhaustive and $(ON_SQLITE)"

# What the quick form leaves out.
suite-rest: .venv/installed
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "exhaustive and $(ON_SQLITE)"

# Both in one run.
suite-full: .venv/installed
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "$(ON_SQLITE)"

# The same suite on PostgreSQL and Redis, and the production processes themselves.
test-production: .venv/installed
	TEST_DATABASE_URL=$(TEST_DATABASE_URL) TEST_REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n $(JOBS) --dist worksteal

# Figures, not a test. For example: make bench BENCH="--large 1000000"
bench: .venv/installed
	$(BIN)/python -m tests.benchmarks $(BENCH)

openapi: .venv/installed
	DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py spectacular --validate --fail-on-warn

.venv/installed: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mendery needs Python 3.11 or newer.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv sync --frozen --inexact --compile-bytecode --quiet
	@touch .venv/installed
