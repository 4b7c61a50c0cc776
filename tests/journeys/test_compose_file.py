"""docker-compose.yml and the Dockerfile: valid, safe, and refusing in one sentence what cannot work."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys import compose
from tests.journeys.forms import SERVED, Stack, fresh_dot_env
from tests.journeys.processes import ROOT, Service, answers, base_environment, children, free_port, is_alive, run, until

OURS = ("migrate", *SERVED)
REQUIRED = ("SECRET_KEY", "TOKEN_KEYS", "FIELD_KEYS", "ALLOWED_HOSTS", "POSTGRES_PASSWORD")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def all_at_once(environments: dict[str, dict[str, str]]) -> dict[str, tuple[int, str]]:
    """Run the command of each service side by side; exit status and what was said on the error stream."""
    started = {
        name: subprocess.Popen(
            compose.command(name), cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for name, env in environments.items()
    }
    return {name: (process.wait(60), process.communicate()[1]) for name, process in started.items()}


@pytest.mark.exhaustive
def test_the_file_keeps_to_the_compose_specification() -> None:
    checked = run(
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(compose.FILE)], base_environment()
    )

    assert (checked.returncode, checked.stdout.strip()) == (0, "ok -- validation done")


def test_services_wait_for_the_migration_and_for_what_they_stand_on() -> None:
    waits = {"postgres": "service_healthy", "redis": "service_healthy", "migrate": "service_completed_successfully"}

    for name in SERVED:
        found = {on: how["condition"] for on, how in compose.service(name)["depends_on"].items()}
        assert found == waits
    assert compose.service("migrate")["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert compose.service("migrate")["restart"] == "no"


@pytest.mark.parametrize("name", [*SERVED, "redis"])
def test_services_run_with_as_few_rights_as_they_need(name: str) -> None:
    service = compose.service(name)

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert int(service["stop_grace_period"].removesuffix("s")) >= 10


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_required_variable_that_is_missing_is_named(missing: str) -> None:
    values = {**fresh_dot_env(), missing: ""}

    with pytest.raises(KeyError, match=f"{missing} is not set, see .env.example"):
        compose.environment("web", values)


def test_the_example_of_dot_env_names_every_required_variable_and_no_secret() -> None:
    lines = dict(re.findall(r"(?m)^(\w+)=(.*)$", (ROOT / ".env.example").read_text()))

    assert lines.keys() >= set(REQUIRED)
    assert [lines[name] for name in REQUIRED if name != "ALLOWED_HOSTS"] == ["", "", "", ""]


def test_images_are_pinned_and_the_container_is_not_root() -> None:
    images = re.findall(r"(?m)^FROM (\S+)", DOCKERFILE)
    images += [compose.service(name)["image"] for name in ("postgres", "redis")]

    assert [image for image in images if image != "base"] == [
        "python:3.11.13-slim-bookworm",
        "postgres:17.5-bookworm",
        "redis:7.4.4-bookworm",
    ]
    assert re.findall(r"(?m)^USER (\S+)", DOCKERFILE) == ["mendery"]
    assert "latest" not in DOCKERFILE
    assert "uv sync --frozen --no-dev" in DOCKERFILE


def test_the_image_holds_everything_that_is_copied_and_starts_as_web_does() -> None:
    copied = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", DOCKERFILE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert {name for line in copied for name in line.split()} == allowed
    assert all((ROOT / name).exists() for name in allowed)
    assert f"CMD {compose.command('web')}".replace("'", '"') in DOCKERFILE
    assert compose.service("web")["healthcheck"]["test"] == ["CMD", "python", "config/healthcheck.py", "8000"]


@pytest.mark.exhaustive
def test_static_files_are_collected_at_build_without_a_secret() -> None:
    settings = re.search(r"DJANGO_SETTINGS_MODULE=(\S+) \.venv/bin/python manage\.py collectstatic", DOCKERFILE)
    environment = base_environment(DJANGO_SETTINGS_MODULE=settings[1])

    built = run(["python", "manage.py", "collectstatic", "--noinput", "--dry-run"], environment)

    assert (built.returncode, built.stderr) == (0, "")


@pytest.mark.exhaustive
def test_no_service_starts_without_a_secret() -> None:
    environments = {
        name: {**base_environment(**compose.environment(name, fresh_dot_env())), "SECRET_KEY": ""} for name in OURS
    }

    ended = all_at_once(environments)

    sentence = "Mendery cannot start: SECRET_KEY is not set (signs sessions; 50 random characters).\n"
    assert ended == dict.fromkeys(OURS, (1, sentence))


@pytest.mark.production
def test_no_service_starts_without_its_database_but_the_sockets_which_wait_for_it() -> None:
    names = [name for name in OURS if name != "ws"]
    nowhere = f"postgres://mendery@127.0.0.1:{free_port()}/mendery"
    environments = {
        name: {**base_environment(**compose.environment(name, fresh_dot_env())), "DATABASE_URL": nowhere}
        for name in names
    }

    ended = all_at_once(environments)

    for name in names:
        status, said = ended[name]
        assert (name, status, said.count("\n")) == (name, 1, 1)
        assert said.startswith("Mendery cannot start: the database “mendery” at 127.0.0.1:")
        assert "cannot be reached" in said


@pytest.mark.production
def test_health_checks_say_what_is_the_case(stack: Stack) -> None:
    environment = stack.environment_of("web")
    check = ["python", "config/healthcheck.py"]
    worker = compose.interpolated(compose.service("worker")["healthcheck"]["test"][1], {})
    host = {"HOSTNAME": run(["hostname"], environment).stdout.strip()}

    assert run([*check, str(stack.ports["web"])], environment).returncode == 0
    assert run([*check, str(stack.ports["ws"])], environment).returncode == 0
    assert run([*check, str(free_port())], environment).returncode == 1
    assert run(["sh", "-c", worker], {**stack.environment_of("worker"), **host}).returncode == 0
    assert run(["sh", "-c", worker], {**stack.environment_of("worker"), "HOSTNAME": "elsewhere"}).returncode == 69


@pytest.mark.production
def test_a_taken_port_is_refused_in_one_sentence(stack: Stack, tmp_path: Path) -> None:
    ended = run(compose.command("web"), stack.environment_of("web"))

    assert ended.returncode == 1
    assert ended.stderr == (
        f"Mendery cannot start: port {stack.ports['web']} on 127.0.0.1 cannot be used (Address already in use); "
        "set PORT to another.\n"
    )


@pytest.fixture
def another(stack: Stack, tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    """Starts one more process of a service, at its own port; it may not be ready yet."""
    started: list[Service] = []

    def start(name: str) -> Service:
        environment = stack.environment_of(name, PORT=str(free_port()))
        started.append(Service(compose.command(name), environment, tmp_path / "log"))
        return started[-1].start()

    yield start
    for service in started:
        service.kill()


@pytest.mark.production
@pytest.mark.parametrize("ready", [False, True], ids=["while starting", "while serving"])
def test_web_workers_end_with_their_server(another: Callable[[str], Service], ready: bool) -> None:
    web = another("web")
    until(lambda: len(children(web.pid)) == 2, "both workers run")
    until(lambda: not ready or answers(int(web.environment["PORT"])), "it serves")
    workers = list(children(web.pid))

    web.process.kill()

    until(lambda: not any(is_alive(pid) for pid in workers), "the workers have ended", 10)


@pytest.mark.production
def test_pool_processes_end_with_their_worker(another: Callable[[str], Service]) -> None:
    worker = another("worker")
    until(lambda: len(children(worker.pid)) == 2, "both pool processes run")
    processes = list(children(worker.pid))

    worker.process.kill()

    until(lambda: not any(is_alive(pid) for pid in processes), "the pool processes have ended", 10)
