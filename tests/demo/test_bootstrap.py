"""One command makes an installation ready: once with a demo shop, and never twice."""

import re
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.models import Max

from apps.accounts.models import User
from apps.demo import services
from apps.inventory.models import Branch
from apps.inventory.services import verify_stock
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import UserFactory

ROLES = ["admin", "manager", "technician", "seller", "customer"]
PASSWORD = "Given-Password-7"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.DEMO_PASSWORD = PASSWORD


def bootstrapped(**options: Any) -> str:
    out = StringIO()
    call_command("bootstrap", stdout=out, no_color=True, **options)
    return out.getvalue()


def state() -> dict[str, Any]:
    """How many rows each table has, and when the last of them was made and changed."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in {"sessions", "contenttypes", "auth", "admin"}:
            continue
        names = {field.name for field in model._meta.concrete_fields}
        times = [name for name in ("created_at", "updated_at") if name in names]
        found[model._meta.label] = (model._default_manager.count(), *_latest(model, times))
    return found


def _latest(model: Any, times: list[str]) -> list[Any]:
    return list(model._default_manager.aggregate(*map(Max, times)).values())


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_second_bootstrap_changes_no_data() -> None:
    first = bootstrapped()
    before = state()

    second = bootstrapped()

    assert "Loading the demo shop" in first
    assert "Loading" not in second
    assert before["repairs.RepairOrder"][0] == 12
    assert state() == before
    assert logins(second) == logins(first)


def logins(printed: str) -> tuple[str, dict[str, str]]:
    (password,) = re.findall(r"Demo logins, all with the password (\S+)", printed)
    return password, dict(re.findall(r"^  (\w+) +(\S+@demo\.example)$", printed, re.MULTILINE))


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("given", [PASSWORD, ""], ids=["a given password", "a random password"])
def test_printed_logins_work_over_http(settings: Any, given: str) -> None:
    settings.DEMO_PASSWORD = given
    password, addresses = logins(bootstrapped())

    answers = {role: Api().post("auth/login", {"identifier": addresses[role], "password": password}) for role in ROLES}

    assert list(addresses) == ROLES
    assert (password == given) is bool(given)
    assert {role: answer.status_code for role, answer in answers.items()} == dict.fromkeys(ROLES, 200)
    assert {role: answer.body["data"]["user"]["role"] for role, answer in answers.items()} == {r: r for r in ROLES}
    branches = [[b["code"] for b in answers[role].body["data"]["user"]["branches"]] for role in ROLES[1:4]]
    assert branches == [["HAR"], ["HAR"], ["HAR"]]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_random_password_is_kept_for_its_owner_and_differs_between_shops(settings: Any, tmp_path: Path) -> None:
    settings.DEMO_PASSWORD = ""

    password, _ = logins(bootstrapped())

    kept = tmp_path / "demo-password"
    assert kept.read_text() == password
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len({services.fresh_password() for _ in range(20)} | {password}) == 21


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_another_given_password_replaces_the_old_one_and_ends_the_sessions(settings: Any) -> None:
    bootstrapped()
    old = Api(User.objects.get(email="seller@demo.example"))
    settings.DEMO_PASSWORD = "Another-Password-8"

    printed = bootstrapped()

    assert logins(printed)[0] == "Another-Password-8"
    tried = [
        Api().post("auth/login", {"identifier": "seller@demo.example", "password": password}).status_code
        for password in (PASSWORD, "Another-Password-8")
    ]
    assert tried == [401, 200]
    assert old.get("auth/me").status_code == 401


@pytest.mark.django_db
def test_installation_with_people_in_it_is_left_alone() -> None:
    UserFactory(role="admin")
    before = state()

    printed = bootstrapped()

    assert state() == before
    assert "Demo logins" not in printed


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("way", ["settings", "option"])
def test_no_demo_shop_where_it_is_not_wanted(settings: Any, way: str) -> None:
    settings.ALLOW_DEMO_SHOP = way != "settings"
    before = state()

    printed = bootstrapped(no_demo=way == "option")

    assert state() == before
    assert printed == "There is no admin yet: make one with “manage.py createsuperuser”.\n"


@pytest.mark.django_db
def test_production_refuses_to_make_demo_users(settings: Any) -> None:
    settings.ALLOW_DEMO_SHOP = False

    for refused in (services.load_shop, services.load_demo, services.set_demo_password):
        with pytest.raises(ImproperlyConfigured, match="these settings refuse its users"):
            refused(PASSWORD)

    assert not User.objects.exists()


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_production_lets_no_demo_user_in(settings: Any) -> None:
    bootstrapped()
    signed_in = [Api(user) for user in services.demo_users()]
    settings.ALLOW_DEMO_SHOP = False

    tried = [
        Api().post("auth/login", {"identifier": api.user.email, "password": PASSWORD}) for api in signed_in if api.user
    ]

    assert len(tried) == 9
    assert {(answer.status_code, answer.body["code"]) for answer in tried} == {(401, "INVALID_CREDENTIALS")}
    assert {api.get("auth/me").status_code for api in signed_in} == {403}


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_failure_half_way_leaves_nothing_behind(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not" / "there"

    with pytest.raises(FileNotFoundError):
        services.load_demo(PASSWORD)

    assert (User.objects.count(), Branch.objects.count(), RepairOrder.objects.count()) == (0, 0, 0)


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_stock_of_the_demo_shop_is_proven() -> None:
    bootstrapped()

    assert verify_stock() == []
