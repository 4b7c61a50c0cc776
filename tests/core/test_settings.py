"""What the settings promise."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils.module_loading import import_string

from config.celery import app
from config.settings import base


@pytest.mark.exhaustive
def test_passwords_cost_what_the_contract_says() -> None:
    (hasher,) = [import_string(path) for path in base.PASSWORD_HASHERS]

    encoded = hasher().encode("Correct-Horse-9", hasher().salt())

    assert encoded.startswith("bcrypt_sha256$$2b$12$")
    assert hasher().verify("Correct-Horse-9", encoded)


def test_tokens_and_limits_are_those_of_the_contract() -> None:
    assert timedelta(minutes=15) == base.ACCESS_TOKEN_LIFETIME
    assert timedelta(days=7) == base.REFRESH_TOKEN_LIFETIME
    assert timedelta(days=30) == base.SESSION_LIFETIME
    assert timedelta(hours=24) == base.IDEMPOTENCY_LIFETIME
    assert base.JSON_BODY_LIMIT == 1024 * 1024
    contract = {"api": ["100/m"], "staff": ["1000/m"], "auth": ["5/m", "30/15m"]}
    assert {**contract, "files": ["600/m"]} == base.RATE_LIMITS


def test_requests_are_no_transactions_of_their_own() -> None:
    assert settings.DATABASES["default"].get("ATOMIC_REQUESTS", False) is False


def test_workers_lose_no_task_with_their_process() -> None:
    assert (base.CELERY_TASK_ACKS_LATE, base.CELERY_TASK_REJECT_ON_WORKER_LOST) == (True, True)
    assert base.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert base.CELERY_ACCEPT_CONTENT == ["json"]
    assert base.CELERY_BEAT_SCHEDULE["audit.sweep"]["schedule"] <= 10


def test_every_periodic_job_is_a_task_that_exists() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in base.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_system_checks_have_nothing_to_say() -> None:
    try:
        call_command("check", fail_level="WARNING")
    except SystemCheckError as error:
        pytest.fail(str(error))


def test_demo_shop_is_open_in_local_and_test_settings_only() -> None:
    opened = {
        path.stem
        for path in Path(base.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "ALLOW_DEMO_SHOP" for target in node.targets)
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    }

    assert opened == {"local", "test"}
    assert base.ALLOW_DEMO_SHOP is False
