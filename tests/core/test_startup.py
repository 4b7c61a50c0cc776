"""A start that cannot succeed says why in one sentence, and says so with its exit status."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from apps.core.configuration import require_usable_settings
from config.startup import one_sentence

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "".join(chr(48 + n) for n in range(60)),
    "TOKEN_KEYS": "k1:" + "t" * 40,
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "shop.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
LOCAL = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}


def started(arguments: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project.BASE_DIR,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", "DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(run: subprocess.CompletedProcess[str], *words: str) -> None:
    assert run.returncode == 1, run.stderr
    assert run.stdout == ""
    (line,) = run.stderr.strip().splitlines()
    assert line.startswith("Mendery cannot start: ")
    assert line.endswith(".")
    assert all(word in line for word in words), line


@pytest.mark.parametrize("missing", [name for name in GOOD if name != "DJANGO_SETTINGS_MODULE"])
def test_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for known, good in GOOD.items():
        monkeypatch.setenv(known, good)
    monkeypatch.delenv(missing)

    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is not set"):
        runpy.run_module("config.settings.production")


@pytest.mark.exhaustive
def test_everything_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    run = started(["manage.py", "migrate"], {"DJANGO_SETTINGS_MODULE": "config.settings.production"}, tmp_path)

    assert_one_sentence(run, *(f"{name} is not set" for name in GOOD if name != "DJANGO_SETTINGS_MODULE"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
        ("SECRET_KEY", "django-insecure-" + "abcdefgh" * 8, "SECRET_KEY is too weak"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too weak"),
        ("TOKEN_KEYS", "k1:short", "TOKEN_KEYS has a key shorter than 32 characters"),
        ("TOKEN_KEYS", "t" * 40, "TOKEN_KEYS is not of the form"),
        ("FIELD_KEYS", "short", "FIELD_KEYS has a key shorter than 44 characters"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name hosts"),
        ("DATABASE_URL", "sqlite:///shop.sqlite3", "DATABASE_URL must name a PostgreSQL database"),
        ("MFA_REQUIRED_ROLES", "admin,managers", "MFA_REQUIRED_ROLES names a role that there is not"),
        ("DEBUG", "true", "DEBUG must not be on in production"),
    ],
)
def test_unsafe_production_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    for known, good in GOOD.items():
        monkeypatch.setenv(known, good)
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{words}"):
        runpy.run_module("config.settings.production")


@pytest.mark.parametrize(("proxies", "redirects"), [("10.0.0.0/8", True), ("", False)])
def test_right_production_values_are_taken(monkeypatch: pytest.MonkeyPatch, proxies: str, redirects: bool) -> None:
    given = {**GOOD, "ALLOW_DEMO_SHOP": "1", "DEMO_PASSWORD": "x", "TRUSTED_PROXIES": proxies}
    for known, good in given.items():
        monkeypatch.setenv(known, good)

    found = runpy.run_module("config.settings.production")

    assert (found["DEBUG"], found["ALLOW_DEMO_SHOP"], found["DEMO_PASSWORD"]) == (False, False, "")
    assert (found["SECURE_SSL_REDIRECT"], found["SESSION_COOKIE_SECURE"]) == (redirects, True)
    assert found["TOKEN_KEYS"] == [("k1", "t" * 40)]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FIELD_KEYS", ["!" * 44], "FIELD_KEYS has a key that is not a Fernet key"),
        ("TRUSTED_PROXIES", ["10.0.0.0/99"], "TRUSTED_PROXIES names “10.0.0.0/99”"),
        ("RATE_LIMITS", {"api": ["lots"]}, "RATE_LIMIT_API has “lots”"),
        ("RATE_LIMITS", {"auth": ["5/m", "5/fortnight"]}, "RATE_LIMIT_AUTH has “5/fortnight”"),
        ("RATE_LIMITS", {"staff": ["5/"]}, "RATE_LIMIT_STAFF has “5/”"),
        ("CURRENCY", "DOLLARS", "CURRENCY is “DOLLARS”"),
        ("PHONE_REGION", "England", "PHONE_REGION is “England”"),
        ("EMAIL_SECURITY", "ssl", "EMAIL_SECURITY is “ssl”"),
        ("PORT", 99999, "PORT is 99999"),
        ("PORT", 0, "PORT is 0"),
    ],
)
def test_value_that_cannot_work_is_named(settings: Any, name: str, value: Any, words: str) -> None:
    setattr(settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{words}.*[.]$"):
        require_usable_settings()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FIELD_KEYS", "!" * 44, "FIELD_KEYS has a key that is not a Fernet key"),
        ("PORT", "eight thousand", '"PORT" invalid'),
    ],
)
def test_impossible_value_is_told_before_anything_starts(name: str, value: str, words: str, tmp_path: Path) -> None:
    run = started(["manage.py", "migrate"], {**GOOD, name: value}, tmp_path)

    assert_one_sentence(run, words)


@pytest.mark.exhaustive
def test_unreachable_database_is_named(tmp_path: Path) -> None:
    run = started(["manage.py", "migrate"], GOOD, tmp_path)

    assert_one_sentence(run, "the database “nothing” at 127.0.0.1:1 cannot be reached")


@pytest.mark.exhaustive
def test_database_that_is_not_prepared_is_named(tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text("device_key,brand,model\nk,Acer,Iconia\n")

    run = started(["manage.py", "import_devices", str(tmp_path / "devices.csv")], LOCAL, tmp_path / "data")

    words = "mendery.sqlite3” is not prepared (no such table: ", "run “manage.py bootstrap” (or “make run”) first"
    assert_one_sentence(run, *words)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_postgresql_that_is_not_prepared_is_named() -> None:
    with pytest.raises(SystemExit, match=r"is not prepared .*nothing_here.* run “manage.py bootstrap”"), one_sentence():
        connection.cursor().execute("SELECT 1 FROM nothing_here")


@pytest.mark.django_db
def test_other_fault_of_a_statement_is_no_matter_of_the_start() -> None:
    with pytest.raises(DatabaseError, match="nonsense"), one_sentence():
        connection.cursor().execute("nonsense")


@pytest.mark.exhaustive
@pytest.mark.parametrize("module", ["config.wsgi", "config.asgi", "config.web"])
def test_entry_point_without_its_secrets_says_so(module: str, tmp_path: Path) -> None:
    run = started(["-c", f"import {module}; getattr({module}, 'serve', int)()"], {**GOOD, "SECRET_KEY": ""}, tmp_path)

    assert_one_sentence(run, "SECRET_KEY is not set")


@pytest.mark.exhaustive
def test_worker_without_its_secrets_says_so(tmp_path: Path) -> None:
    run = started(["-m", "celery", "--app", "config.jobs", "worker"], {**GOOD, "SECRET_KEY": ""}, tmp_path)

    assert_one_sentence(run, "SECRET_KEY is not set")


@pytest.mark.exhaustive
def test_port_that_is_none_is_named(tmp_path: Path) -> None:
    run = started(["manage.py", "run"], {**LOCAL, "PORT": "99999"}, tmp_path)

    assert run.returncode == 1
    assert "99999" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


@pytest.mark.exhaustive
def test_data_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    run = started(["manage.py", "migrate"], LOCAL, tmp_path / "file" / "data")

    assert_one_sentence(run, str(tmp_path / "file" / "data"))
