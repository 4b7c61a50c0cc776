"""The test suite: SQLite by default; PostgreSQL, Redis and a real worker where TEST_DATABASE_URL and TEST_REDIS_URL say."""

import tempfile
from pathlib import Path

from config.settings.base import *
from config.settings.base import (
    INSTALLED_APPS,
    LOGGING,
    RATE_LIMITS,
    REDIS_TRANSPORT,
    env,
    local_caches,
    postgresql,
    redis_caches,
    sqlite,
)

SECRET_KEY = "only-for-tests-" + "x" * 40
TOKEN_KEYS = [("test", "only-for-tests-" + "y" * 40)]
FIELD_KEYS = ["dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMTI="]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ALLOW_DEMO_SHOP = True
PUBLIC_URL = "https://shop.example"

_scratch = Path(tempfile.gettempdir())
INSTALLED_APPS += ["tests.probe"]

if env.str("TEST_DATABASE_URL", ""):
    DATABASES = {"default": postgresql("TEST_DATABASE_URL")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    # A file, not memory: write-ahead log and waiting writers are part of what is tested.
    DATABASES = {"default": sqlite(_scratch / "mendery-unused.sqlite3")}
    # Nobody needs what a test wrote after the machine has lost power.
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / f"mendery-test-{env.int('TEST_SLOT', 0)}.sqlite3")}

if env.str("TEST_REDIS_URL", ""):
    # Clearing a cache empties its whole Redis database: each process of the suite has one of its own.
    _server, _, _number = env.str("TEST_REDIS_URL").rpartition("/")
    _worker = int(env.str("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    _redis = f"{_server}/{int(_number) + _worker}"
    CACHES = redis_caches(_redis)
    CELERY_BROKER_URL = _redis
    CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TRANSPORT
else:
    CACHES = local_caches()
    CELERY_BROKER_URL = "memory://"

# Cost 12 is what production pays for; test_accounts asserts that setting by itself.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HASH_PLACES = 64  # races come in at once
RATE_LIMITS = {name: ["100000/m"] for name in RATE_LIMITS}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = _scratch / "mendery-test-static"
STATIC_ROOT.mkdir(exist_ok=True)
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index]
