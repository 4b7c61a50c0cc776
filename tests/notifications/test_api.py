"""Messages are found, read by whom they concern, and let go again by a manager."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Customer
from apps.accounts.services import erase_customer
from apps.audit import services as audit
from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import Notification, OrderMute, Suppression
from apps.notifications.services import purge, sweep
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, order
from tests.factories.messages import message_about
from tests.notifications.stand_in import Provider
from tests.racing import race
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def taken_in(branch: Branch) -> RepairOrder:
    return order(branch, customer=CustomerFactory(email="kim@mail.example", phone="+491701234567").pk)


def found(api: Api, query: str) -> list[str]:
    return [item["id"] for item in api.get(f"notifications?{query}").body["data"]["items"]]


def test_messages_are_found_by_what_they_are(manager: Api, taken_in: RepairOrder, branch: Branch) -> None:
    by_mail = message_about(taken_in)
    by_sms = message_about(order(branch), channel=Channel.SMS, status=Status.SENT, event=MessageEvent.QUOTE_SENT)

    ways = {
        f"customerId={taken_in.customer_id}": [by_mail], f"repairOrderId={taken_in.pk}": [by_mail],
        "status=sent": [by_sms], "channel=sms": [by_sms], "event=quote_sent": [by_sms], "channel=email": [by_mail],
        f"branchId={branch.pk}&ordering=createdAt": [by_mail, by_sms], f"q={taken_in.order_number}": [by_mail],
        "status=delivered": [],
    }  # fmt: skip
    for query, messages in ways.items():
        assert found(manager, query) == [str(message.pk) for message in messages], query


def test_a_message_says_what_became_of_it(manager: Api, taken_in: RepairOrder) -> None:
    message = message_about(taken_in, last_error="Twilio 400 21617", attempts=1, recipient="kim@mail.example")

    shown = manager.get(f"notifications/{message.pk}").body["data"]

    assert {name: shown[name] for name in ("event", "channel", "status", "customerId", "repairOrderId", "lastError")} == {
        "event": "repair_created", "channel": "email", "status": "failed", "customerId": str(taken_in.customer_id),
        "repairOrderId": str(taken_in.pk), "lastError": "Twilio 400 21617",
    }  # fmt: skip
    assert (shown["recipient"], shown["attempts"], shown["body"]) == ("kim@mail.example", 1, "We have it.")


def test_a_customer_reads_their_own_and_not_what_is_between_the_shop_and_its_providers(branch: Branch) -> None:
    user = UserFactory(role="customer")
    theirs = message_about(order(branch, customer=CustomerFactory(user=user).pk))
    other = message_about(order(branch))
    api = Api(user)

    shown = api.get(f"notifications/{theirs.pk}").body["data"]

    assert found(api, "") == [str(theirs.pk)]
    assert shown.keys().isdisjoint({"lastError", "provider", "attempts", "customerId"})
    assert api.get(f"notifications/{other.pk}").status_code == 404


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNCERTAIN, Status.CANCELLED, Status.SUPPRESSED])
def test_what_was_given_up_is_let_go_again(
    manager: Api, taken_in: RepairOrder, provider: Provider, status: Status
) -> None:
    message = message_about(taken_in, status=status, attempts=3, last_error="SMTPDataError 554", in_flight_at=None)
    before = timezone.now()

    answer = manager.post(f"notifications/{message.pk}/retry")

    message.refresh_from_db()
    event = Event.objects.get(aggregate_id=message.pk)
    assert (answer.status_code, answer.body["data"]["status"]) == (200, "pending")
    assert (message.attempts, message.last_error, message.next_try_at >= before) == (0, "", True)
    assert message.expires_at == message.next_try_at + timedelta(days=2)
    assert (event.type, event.payload["changes"]) == (
        "notifications.notification.retried",
        {"status": [status, "pending"]},
    )
    assert sweep() == 1
    assert [taken.to for taken in provider.taken] == ["kim@mail.example"]


@pytest.mark.parametrize("status", [Status.PENDING, Status.SENDING, Status.SENT, Status.DELIVERED])
def test_what_is_on_its_way_or_there_is_not_sent_again(manager: Api, taken_in: RepairOrder, status: Status) -> None:
    message = message_about(taken_in, status=status)

    answer = manager.post(f"notifications/{message.pk}/retry")

    message.refresh_from_db()
    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert (message.status, Event.objects.filter(aggregate_id=message.pk).count()) == (status, 0)


def test_an_address_that_takes_no_messages_is_not_tried_again(manager: Api, taken_in: RepairOrder) -> None:
    message = message_about(taken_in, recipient="kim@mail.example")
    Suppression.objects.create(channel=Channel.EMAIL, address="kim@mail.example", reason="SMTPRecipientsRefused 550")

    answer = manager.post(f"notifications/{message.pk}/retry")

    message.refresh_from_db()
    assert (answer.status_code, message.status) == (409, Status.FAILED)


def test_a_code_is_not_sent_again(admin: Api) -> None:
    user = UserFactory(email="ada@mail.example")
    code: Any = Notification.objects.create(
        event=MessageEvent.OTP, user=user, purpose="verify_email", source_id=user.pk, dedupe_key="x",
        status=Status.FAILED, expires_at=NOW,
    )  # fmt: skip

    answer = admin.post(f"notifications/{code.pk}/retry")

    assert answer.status_code == 409
    assert Notification.objects.get().status == Status.FAILED


@pytest.mark.django_db(transaction=True)
def test_of_many_who_let_it_go_again_one_does(taken_in: RepairOrder, provider: Provider) -> None:
    message = message_about(taken_in)
    apis = [Api(UserFactory(role="admin")) for _ in range(4)]

    answers = race(*[lambda api=api: api.post(f"notifications/{message.pk}/retry").status_code for api in apis])

    assert sorted(answers) == [200, 409, 409, 409]
    assert (sweep(), len(provider.taken)) == (1, 1)


def test_an_order_is_muted_once_and_written_about_again(seller: Api, taken_in: RepairOrder) -> None:
    path = f"repairs/{taken_in.pk}/mute"

    answers = [
        seller.put(path, None),
        seller.put(path, None),
        seller.get(path),
        seller.delete(path),
        seller.delete(path),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 204, 204]
    assert (answers[2].body["data"], seller.get(path).body["data"]) == ({"muted": True}, {"muted": False})
    told = Event.objects.filter(aggregate_id=taken_in.pk, type__in=["repairs.order.muted", "repairs.order.unmuted"])
    assert sorted(told.values_list("type", flat=True)) == ["repairs.order.muted", "repairs.order.unmuted"]
    assert not OrderMute.objects.exists()


def test_what_was_written_to_an_erased_customer_is_forgotten(branch: Branch) -> None:
    taken_in = order(branch, customer=CustomerFactory().pk)
    sent = message_about(taken_in, status=Status.SENT, recipient="kim@mail.example", subject="Kim", body="Dear Kim")
    waits = message_about(taken_in, status=Status.PENDING, body="Dear Kim")
    other = message_about(order(branch), body="Dear Ada")
    RepairOrder.objects.filter(pk=taken_in.pk).update(status="cancelled")

    erase_customer(taken_in.customer_id, actor=SYSTEM)
    audit.sweep()

    assert Customer.objects.get(pk=taken_in.customer_id).is_active is False
    for message, status in ((sent, Status.SENT), (waits, Status.CANCELLED)):
        message.refresh_from_db()
        assert (message.status, message.recipient, message.subject, message.body) == (status, "", "", "")
    other.refresh_from_db()
    assert other.body == "Dear Ada"


def test_what_a_customer_was_told_is_not_purged(branch: Branch) -> None:
    told = message_about(order(branch), created_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert purge() == 0
    assert Notification.objects.get().pk == told.pk
