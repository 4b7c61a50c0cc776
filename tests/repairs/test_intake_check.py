"""What the shop knows of a device before it takes it in; its password by kind, and for how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.inventory.models import Branch
from apps.repairs import tasks
from apps.repairs.models import DeviceSecret, Warranty, WorkshopSettings
from apps.repairs.services import wiping
from apps.repairs.services.wiping import wipe_passwords
from tests.conftest import Api
from tests.factories import line, member, order
from tests.repairs.contract import SYSTEM, books, events_of, intake_body, named

pytestmark = pytest.mark.django_db
IMEI = "490154203237518"
HANDED_OVER = "in_progress>completed>ready_pickup>delivered"


def check(api: Api, query: str = f"imei={IMEI}") -> Any:
    return api.get(f"repairs/intake-check?{query}").body["data"]


def test_device_in_the_shop_is_told_with_what_may_be_read(seller: Api, branch: Branch, other_branch: Branch) -> None:
    here, there = order(branch, device_imei=IMEI), order(other_branch, device_imei=IMEI)
    order(branch, device_imei=IMEI, status="cancelled")

    found = check(seller)

    summary = {"name": "Harbour", "code": "HAR", "id": str(branch.pk)}
    assert found == {
        "imeiValid": True,
        "openOrders": [
            {"id": None, "orderNumber": None, "status": None, "warrantyUntil": None,
             "branch": {"name": "Station", "code": "STA", "id": str(other_branch.pk)}},
            {"id": str(here.pk), "orderNumber": here.order_number, "status": "pending", "warrantyUntil": None,
             "branch": summary},
        ],
        "underWarranty": [],
    }  # fmt: skip
    assert there.order_number not in str(found)


def test_device_that_comes_back_in_time_is_told(seller: Api, branch: Branch) -> None:
    today = timezone.now().date()
    runs, over = (order(branch, device_serial="S-1", lines=[line(), line()], status=HANDED_OVER) for _ in range(2))
    for found, until in ((runs, today), (over, today - timedelta(days=1))):
        days: dict[str, Any] = {"months": 1, "starts_on": until - timedelta(days=30), "ends_on": until}
        Warranty.objects.create(order=found, line=found.lines.first(), description="Screen", **days)

    answer = check(seller, "serial=S-1")

    assert (answer["imeiValid"], answer["openOrders"]) == (None, [])
    assert [(row["id"], row["warrantyUntil"]) for row in answer["underWarranty"]] == [(str(runs.pk), today.isoformat())]


@pytest.mark.parametrize(
    ("query", "valid"),
    [
        ("", None),
        ("imei=", None),
        ("imei=49-015420-323751-8", True),
        ("imei=490154203237519", False),
        ("imei=abc", False),
    ],
)
def test_number_is_judged(seller: Api, branch: Branch, query: str, valid: bool | None) -> None:
    order(branch)

    found = check(seller, query)

    assert found == {"imeiValid": valid, "openOrders": [], "underWarranty": []}


def test_known_device_is_taken_in_all_the_same(seller: Api, branch: Branch) -> None:
    order(branch, device_imei=IMEI)

    made = seller.post("repairs", intake_body(branch, deviceImei=IMEI, activationLock="on"))
    changed = seller.patch(f"repairs/{made.body['data']['id']}", {"activationLock": "off"})

    assert (made.status_code, made.body["data"]["activationLock"]) == (201, "on")
    assert (changed.status_code, changed.body["data"]["activationLock"]) == (200, "off")
    assert seller.get("repairs/intake-check?imie=1").status_code == 400


# Passwords by kind.


@pytest.mark.parametrize(
    ("kind", "password", "is_one"),
    [
        ("text", "pass wörd", True),
        ("digits", "0042", True),
        ("digits", "12a4", False),
        ("digits", "１２３", False),
        ("pattern", "1-4-7-8-9", True),
        ("pattern", "1-2-3-4-5-6-7-8-9", True),
        ("pattern", "1-4-7", False),
        ("pattern", "1-4-7-4", False),
        ("pattern", "0-1-2-3", False),
        ("pattern", "14789", False),
        ("pattern", "1-4-7-10", False),
    ],
)
def test_password_is_of_its_kind(branch: Branch, kind: str, password: str, is_one: bool) -> None:
    technician, manager = member("technician", branch), Api(member("manager", branch))
    body = intake_body(branch, devicePassword=password, devicePasswordKind=kind)

    answer = manager.post("repairs", body)

    if not is_one:
        assert (answer.status_code, named(answer)) == (400, [("devicePassword", "invalid")])
        assert DeviceSecret.objects.count() == 0
        return
    pk = answer.body["data"]["id"]
    manager.post(f"repairs/{pk}/assign", {"technicianId": str(technician.pk)})
    read = Api(technician).get(f"repairs/{pk}/device-password").body["data"]
    assert read == {"devicePassword": password, "devicePasswordKind": kind}


def test_password_is_changed_with_its_kind(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, device_password="1234", device_password_kind="digits")
    path = f"repairs/{taken_in.pk}"
    before = books()

    same = manager.patch(path, {"devicePassword": "1234", "devicePasswordKind": "digits"})
    alone = manager.patch(path, {"devicePasswordKind": "text"})
    wrong = manager.patch(path, {"devicePassword": "12", "devicePasswordKind": "pattern"})
    assert books() == before
    changed = manager.patch(path, {"devicePassword": "1234"})

    assert [answer.status_code for answer in (same, alone, wrong, changed)] == [200, 400, 400, 200]
    assert named(alone) == [("devicePassword", "required")]
    assert DeviceSecret.objects.get().kind == "text"
    manager.patch(path, {"devicePassword": ""})
    assert DeviceSecret.objects.count() == 0


def test_password_is_wiped_after_the_time_of_its_branch(branch: Branch, other_branch: Branch, monkeypatch: Any) -> None:
    monkeypatch.setattr(wiping, "_BATCH", 2)
    WorkshopSettings.objects.create(branch=other_branch, password_kept_days=3)
    usual = [order(branch, device_password="x") for _ in range(3)]
    brief = order(other_branch, device_password="y")
    now = timezone.now()

    wiped = [wipe_passwords(actor=SYSTEM, now=now + timedelta(days=days)) for days in (2, 3, 59, 60, 61)]
    tasks.wipe_passwords()

    assert wiped == [0, 1, 0, 3, 0]
    assert DeviceSecret.objects.count() == 0
    assert [events_of(one, "repairs.device_password_wiped") for one in (*usual, brief)] == [[{}]] * 4


def test_password_that_was_given_anew_is_kept_from_then_on(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, device_password="old")
    DeviceSecret.objects.update(kept_since=timezone.now() - timedelta(days=59))

    manager.patch(f"repairs/{taken_in.pk}", {"devicePassword": "new"})

    assert wipe_passwords(actor=SYSTEM, now=timezone.now() + timedelta(days=2)) == 0
