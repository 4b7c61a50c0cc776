"""The password of a device: written by the counter, kept encrypted, read by who works on it, each reading recorded."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.audit.models import Event
from apps.inventory.models import Branch
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member, order
from tests.repairs.contract import books, events_of, intake_body

SECRET = " pass wörd "


def test_the_database_holds_it_encrypted(branch: Branch) -> None:
    order(branch, device_password=SECRET)

    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM repairs_devicesecret")
        stored = cursor.fetchone()[0]

    assert stored.startswith("gAAAA")
    assert "pass" not in stored


@pytest.mark.parametrize("role", ["admin", "manager", "technician"])
def test_who_works_on_the_device_reads_it_and_that_is_recorded(branch: Branch, role: str) -> None:
    user = member(role, branch)
    taken_in = order(branch, device_password=SECRET, technician=user)

    answer = Api(user).get(f"repairs/{taken_in.pk}/device-password")

    assert (answer.status_code, answer.body["data"]) == (
        200,
        {"devicePassword": SECRET, "devicePasswordKind": "text"},
    )
    assert answer["Cache-Control"] == "no-store"
    event = Event.objects.get(type="repairs.device_password_read")
    assert (event.aggregate_id, event.actor_id, event.payload) == (taken_in.pk, user.pk, {})
    assert event.request_id == answer["X-Request-ID"]


def test_others_do_not_read_it(branch: Branch, other_branch: Branch) -> None:
    owner = CustomerFactory(user=UserFactory(role="customer"))
    taken_in = order(branch, device_password=SECRET, technician=member("technician", branch), customer=owner.pk)
    callers = [
        Api(member("seller", branch)),
        Api(owner.user),
        Api(member("technician", branch)),
        Api(member("manager", other_branch)),
        Api(),
    ]
    before = books()

    answers = [api.get(f"repairs/{taken_in.pk}/device-password") for api in callers]

    assert [answer.status_code for answer in answers] == [403, 403, 404, 404, 401]
    assert books() == before


def test_none_is_not_found_and_not_recorded(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)

    answer = manager.get(f"repairs/{taken_in.pk}/device-password")

    assert (answer.status_code, answer.body["code"]) == (404, "NOT_FOUND")
    assert events_of(taken_in, "repairs.device_password_read") == []


def test_after_the_hand_over_it_is_gone(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup>delivered", device_password=SECRET)

    answer = manager.get(f"repairs/{taken_in.pk}/device-password")

    assert answer.status_code == 404
    assert manager.get(f"repairs/{taken_in.pk}").body["data"]["hasDevicePassword"] is False


def test_no_other_answer_or_event_holds_it(manager: Api, branch: Branch) -> None:
    created = manager.post("repairs", intake_body(branch, devicePassword="Zebra-4711"), Idempotency_Key="k1")
    url = f"repairs/{created.body['data']['id']}"

    answers = [
        created,
        manager.get(url),
        manager.get("repairs"),
        manager.get("repairs?q=Zebra-4711"),
        manager.get(f"{url}/history"),
        manager.patch(url, {"devicePassword": "Zebra-4712"}),
    ]

    assert all(b"Zebra" not in answer.content for answer in answers)
    assert answers[3].body["data"]["items"] == []
    assert not any("Zebra" in str(event.payload) for event in Event.objects.all())
