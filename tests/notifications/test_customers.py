"""Customers are told what happens to their devices: once, in their language, and only if they and the shop want it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail

from apps.accounts.models import Customer
from apps.audit import services as audit
from apps.audit.models import Delivery
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import MessagingSettings, Notification, OrderMute, Suppression, SwitchedOff
from apps.notifications.selectors.words import told_of_booking
from apps.notifications.services import send, sweep
from apps.repairs.enums import OrderStatus, PaymentKind, PaymentMethod
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import booking_token
from apps.repairs.services import (
    PaymentRequest,
    change_status,
    close_booking_link,
    renew_booking_link,
    take_payment,
)
from tests.factories import CustomerFactory, booking, line, order
from tests.notifications.stand_in import Provider
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)


@pytest.fixture
def customer() -> Customer:
    made: Customer = CustomerFactory(
        first_name="Kim", last_name="Lee", email="kim@mail.example", phone="+491701234567", locale="de-AT"
    )
    return made


@pytest.fixture
def taken_in(branch: Branch, customer: Customer) -> RepairOrder:
    return order(branch, customer=customer.pk)


def settle(*, forget: bool = False) -> list[Notification]:
    """What the events up to now lead to."""
    audit.sweep()
    if forget:
        Notification.objects.all().delete()
    return list(Notification.objects.order_by("channel", "created_at"))


def begin(taken_in: RepairOrder, **how: Any) -> None:
    change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM, **how)


def facts(message: Notification) -> tuple[str, str, str]:
    return message.event, message.channel, message.status


def test_a_move_is_told_once_over_each_channel_in_the_customers_language(
    taken_in: RepairOrder, customer: Customer, provider: Provider
) -> None:
    settle(forget=True)
    begin(taken_in)

    by_mail, by_sms = settle()
    Delivery.objects.filter(event__type="repairs.status_changed").update(status="pending", next_attempt_at=NOW)
    again = settle()

    assert [facts(by_mail), facts(by_sms)] == [
        ("repair_in_progress", "email", "pending"),
        ("repair_in_progress", "sms", "pending"),
    ]
    assert by_mail.subject == f"Die Arbeit an Ihrem {taken_in.device_model} hat begonnen ({taken_in.order_number})"
    assert by_mail.body.startswith("Guten Tag Kim Lee,\n\nwir haben mit der Arbeit an Ihrem")
    assert "\n\nhttps://shop.example/track/" in by_mail.body
    device, number = taken_in.device_model, taken_in.order_number
    assert by_sms.body.startswith(f"Harbour: Die Arbeit an Ihrem {device} ({number}) hat begonnen.")
    assert (by_mail.customer, by_mail.order, by_mail.branch_id) == (customer, taken_in, taken_in.branch_id)
    assert [message.pk for message in again] == [by_mail.pk, by_sms.pk]


def test_what_was_told_reaches_both_providers(taken_in: RepairOrder, provider: Provider) -> None:
    settle(forget=True)
    begin(taken_in)
    by_mail, by_sms = settle()

    sent = send([by_mail.pk, by_sms.pk])

    mails, texts = ([taken for taken in provider.taken if taken.way == way] for way in ("email", "sms"))
    by_mail.refresh_from_db()
    by_sms.refresh_from_db()
    assert sent == 2
    assert [(taken.to, taken.subject, taken.text, taken.id) for taken in mails] == [
        ("kim@mail.example", by_mail.subject, by_mail.body, str(by_mail.pk))
    ]
    assert "Harbour" in mails[0].html
    assert 'lang="de"' in mails[0].html
    assert [(taken.to, taken.text) for taken in texts] == [("+491701234567", by_sms.body)]
    assert by_mail.provider == "sendgrid"
    assert (by_sms.provider, by_sms.provider_id) == ("twilio", texts[0].sid)
    assert (by_mail.status, by_sms.status, by_sms.recipient) == (Status.SENT, Status.SENT, "+491701234567")


def _mute(taken_in: RepairOrder) -> None:
    OrderMute.objects.create(order=taken_in)


def _switch_off(taken_in: RepairOrder) -> None:
    for channel in Channel:
        SwitchedOff.objects.create(event=MessageEvent.REPAIR_IN_PROGRESS, channel=channel)


def _of_customer(**fields: Any) -> Callable[[RepairOrder], object]:
    return lambda taken_in: Customer.objects.update(**fields)


@pytest.mark.parametrize(
    "settled",
    [
        pytest.param(_mute, id="muted"),
        pytest.param(_switch_off, id="switched off"),
        pytest.param(
            _of_customer(notification_preferences={"sms": False, "email": False, "push": False}), id="preferences"
        ),
        pytest.param(_of_customer(email="", phone=""), id="no address"),
        pytest.param(_of_customer(is_active=False), id="erased"),
    ],
)
def test_nobody_is_told_who_is_not_to_be(
    taken_in: RepairOrder, provider: Provider, settled: Callable[[RepairOrder], object]
) -> None:
    settle(forget=True)
    settled(taken_in)

    begin(taken_in)

    assert settle() == []


@pytest.mark.parametrize(("to", "notify"), [(OrderStatus.IN_PROGRESS, False), (OrderStatus.WAITING_PARTS, True)])
def test_nothing_is_told_of_what_is_not_to_be_told(taken_in: RepairOrder, to: OrderStatus, notify: bool) -> None:
    settle(forget=True)

    change_status(taken_in.pk, to, actor=SYSTEM, notify=notify)

    assert settle() == []


def test_without_keys_there_is_no_sms(taken_in: RepairOrder) -> None:
    settle(forget=True)
    begin(taken_in)

    assert [message.channel for message in settle()] == [Channel.EMAIL]


def test_a_branch_switches_off_for_itself(taken_in: RepairOrder, other_branch: Branch, provider: Provider) -> None:
    settle(forget=True)
    event = MessageEvent.REPAIR_IN_PROGRESS
    SwitchedOff.objects.create(branch=other_branch, event=event, channel=Channel.EMAIL)
    SwitchedOff.objects.create(branch=taken_in.branch, event=event, channel=Channel.SMS)

    begin(taken_in)

    assert [message.channel for message in settle()] == [Channel.EMAIL]


@pytest.mark.parametrize(
    ("zone", "at", "until"),
    [
        ("UTC", NIGHT, datetime(2026, 5, 5, 8, 0, tzinfo=UTC)),
        ("Europe/Berlin", NIGHT, datetime(2026, 5, 5, 6, 0, tzinfo=UTC)),
        ("America/New_York", NIGHT, None),
        # The clocks change in that night: eight o'clock is two hours before UTC, and no more one.
        ("Europe/Berlin", datetime(2026, 3, 28, 22, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 5, 7, 59, 59, tzinfo=UTC), datetime(2026, 5, 5, 8, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 5, 8, 0, tzinfo=UTC), None),
    ],
)
def test_in_quiet_hours_a_message_waits_for_the_morning(
    taken_in: RepairOrder, zone: str, at: datetime, until: datetime | None
) -> None:
    settle(forget=True)
    Branch.objects.update(timezone=zone)
    MessagingSettings.objects.create(branch=taken_in.branch, quiet_from=time(22), quiet_until=time(8))
    with time_machine.travel(at, tick=False) as clock:
        begin(taken_in)
        (message,) = settle()
        early = sweep()
        if until is not None:
            clock.move_to(until)
        late = sweep()

    held = until is not None
    assert message.next_try_at == (until or at)
    assert message.reason == ("Held back until the quiet hours end." if held else "")
    assert (early, late, len(mail.outbox)) == ((0, 1, 1) if held else (1, 0, 1))


def test_what_is_undone_and_done_again_within_minutes_is_one_message(taken_in: RepairOrder, branch: Branch) -> None:
    settle(forget=True)
    with time_machine.travel(NOW, tick=False) as clock:
        begin(taken_in)
        (first,) = settle()
        sweep()
        for to in (OrderStatus.WAITING_PARTS, OrderStatus.IN_PROGRESS):
            clock.shift(timedelta(minutes=4))
            change_status(taken_in.pk, to, actor=SYSTEM)
        soon = settle()
        clock.shift(timedelta(minutes=30))
        change_status(taken_in.pk, OrderStatus.WAITING_PARTS, actor=SYSTEM)
        begin(taken_in)
        later = settle()

    assert ([message.pk for message in soon], soon[0].merged) == ([first.pk], 1)
    assert [message.status for message in later] == [Status.SENT, Status.PENDING]


def test_a_message_that_waits_takes_the_newer_words(taken_in: RepairOrder, customer: Customer) -> None:
    settle(forget=True)
    begin(taken_in)
    (first,) = settle()
    Customer.objects.update(locale="fr")

    change_status(taken_in.pk, OrderStatus.WAITING_PARTS, actor=SYSTEM)
    begin(taken_in)

    (message,) = settle()
    assert (message.pk, message.merged, message.language) == (first.pk, 1, "fr")
    assert message.body.startswith("Bonjour Kim,")


def test_an_address_that_takes_no_messages_is_shown_as_such(taken_in: RepairOrder, provider: Provider) -> None:
    settle(forget=True)
    Suppression.objects.create(channel=Channel.SMS, address="+491701234567", reason="Twilio 400 21610")
    begin(taken_in)

    by_mail, by_sms = settle()

    assert (by_mail.status, by_sms.status, by_sms.reason) == (Status.PENDING, Status.SUPPRESSED, "Twilio 400 21610")
    assert (sweep(), [taken.way for taken in provider.taken]) == (1, ["email"])


@pytest.mark.parametrize(("hours", "count"), [(47, 1), (48, 0)])
def test_what_happened_two_days_ago_is_not_told_any_more(taken_in: RepairOrder, hours: int, count: int) -> None:
    settle(forget=True)
    with time_machine.travel(NOW, tick=False) as clock:
        begin(taken_in)
        clock.shift(timedelta(hours=hours))

        assert len(settle()) == count


def test_a_payment_is_acknowledged_with_what_is_left(branch: Branch, customer: Customer) -> None:
    Customer.objects.update(locale="en")
    taken_in = order(branch, customer=customer.pk, lines=[line(unit_price=Decimal("120.00"))])
    settle(forget=True)

    for amount, kind in (("100.00", PaymentKind.PAYMENT), ("20.00", PaymentKind.PAYMENT), ("5.00", PaymentKind.REFUND)):
        take_payment(taken_in.pk, PaymentRequest(Decimal(amount), kind, PaymentMethod.CASH), actor=SYSTEM)
        settle()
    take_payment(
        taken_in.pk,
        PaymentRequest(Decimal("5.00"), PaymentKind.PAYMENT, PaymentMethod.CASH, notify=False),
        actor=SYSTEM,
    )

    first, second = sorted(settle(), key=lambda message: message.created_at)
    assert first.subject == f"We have received $100.00 ({taken_in.order_number})"
    assert "There are $20.00 left to pay." in first.body
    assert "Everything is paid." in second.body


def test_a_reminder_has_the_link_that_the_booking_has_now(branch: Branch, customer: Customer) -> None:
    expected = booking(branch, customer=customer.pk)

    def told() -> str | None:
        expected.refresh_from_db()
        return told_of_booking(expected, customer, MessageEvent.BOOKING_REMINDER).words["link"]

    first = told()
    renew_booking_link(expected.pk, actor=SYSTEM)
    second = told()
    close_booking_link(expected.pk, actor=SYSTEM)

    assert [first, second] == [f"{settings.PUBLIC_URL}/booking/{booking_token(expected.pk, n)}/" for n in (1, 2)]
    assert told() is None
