"""Who may import whom, and what each room of an app keeps its hands off."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.house import ROOT, attributes, modules, name, rooms, tree

DOORS = ("api", "admin", "views", "consumers", "management", "forms", "urls", "feed", "sockets")
UNNAMED = re.compile(r"_auto_\d{8}|_and_more$|^\d{4}_alter_")


@pytest.mark.exhaustive
def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
    assert "0 broken" in run.stdout


@pytest.mark.exhaustive
@pytest.mark.parametrize("word", ["objects", "_default_manager", "save", "atomic", "delete", "select_for_update"])
def test_doors_reach_the_database_through_selectors_and_services(word: str) -> None:
    doors = [path for path in rooms(*DOORS) if "apps/core/" not in path.as_posix()]

    found = [f"{name(path)}:{line}" for path in doors for line, attribute in attributes(path) if attribute == word]

    assert len(doors) > 20
    assert found == []


@pytest.mark.exhaustive
def test_only_the_core_sends_jobs() -> None:
    sending = {"delay", "apply_async", "send_task", "signature", "s", "si"}

    found = [
        f"{name(path)}:{line} .{attribute}"
        for path in modules("apps")
        if name(path) != "apps/core/jobs.py"
        for line, attribute in attributes(path)
        if attribute in sending
    ]

    assert found == []


@pytest.mark.exhaustive
def test_rules_are_given_the_time() -> None:
    clock = {"now", "today", "utcnow", "time", "monotonic", "localtime", "localdate"}
    pure = rooms("rules", "events", "exceptions", "enums")

    found = [f"{name(path)}:{line} .{word}" for path in pure for line, word in attributes(path) if word in clock]

    assert len(pure) > 10
    assert found == []


@pytest.mark.exhaustive
def test_settings_alone_read_the_environment() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in modules("apps", "config")
        if "settings" not in path.parts
        for line, attribute in attributes(path)
        if attribute in {"environ", "getenv"}
    ]
    # The entry points name the settings module; the health check of a container runs without any settings.
    allowed = {"config/asgi.py", "config/celery.py", "config/healthcheck.py", "config/wsgi.py"}

    assert {place.partition(":")[0] for place in found} == allowed


def test_migrations_are_named_by_what_they_do() -> None:
    names = [path.stem for path in (ROOT / "apps").glob("*/migrations/[0-9]*.py")]

    unnamed = [stem for stem in names if UNNAMED.search(stem)]

    assert len(names) > 8
    assert unnamed == []


@pytest.mark.parametrize(
    "stem",
    ["0002_auto_20250101_1200", "0003_alter_order_status_and_more", "0004_alter_order"],
)
def test_names_that_django_makes_up_are_recognised(stem: str) -> None:
    assert UNNAMED.search(stem)


@pytest.mark.django_db
def test_models_have_all_their_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_app_says_what_it_is_for() -> None:
    paragraphs = {path.parent.name: tree(path).body for path in modules("apps") if path.parts[-3] == "apps"
                  and path.name == "__init__.py"}  # fmt: skip

    with_code = [app for app, body in paragraphs.items() if len(body) != 1]

    assert len(paragraphs) >= 8
    assert with_code == []
