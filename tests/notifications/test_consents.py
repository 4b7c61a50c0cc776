"""Customers end what they do not want to get, by a link or a word, and have it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts.models import Customer
from apps.accounts.services import merge_customers
from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent, Purpose, Status
from apps.notifications.models import Consent, Notification, Suppression
from apps.notifications.rules import read_unsubscribe_token, unsubscribe_path
from apps.notifications.selectors import order_to_tell, refused_channels
from apps.notifications.services import plan_status, send
from apps.repairs.enums import OrderStatus
from tests.conftest import Api
from tests.factories import CustomerFactory, order
from tests.notifications.callbacks import twilio_calls
from tests.notifications.stand_in import Provider
from tests.notifications.test_providers import PHONE, written
from tests.repairs.contract import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
ONE_CLICK = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def kim(db: None) -> Customer:
    made: Customer = CustomerFactory(email="kim@mail.example", phone=PHONE)
    return made


def path(customer: Customer, purpose: Purpose = Purpose.SERVICE) -> str:
    return unsubscribe_path(customer.pk, purpose, settings.FIELD_KEYS)


def decisions() -> list[tuple[Any, ...]]:
    return sorted(Consent.objects.values_list("customer_id", "channel", "purpose", "granted", "source"))


def planned(branch: Branch, customer: Customer) -> list[str]:
    """The channels by which a move would be told."""
    made = order_to_tell(order(branch, customer=customer.pk).pk)
    return [one.channel.value for one in plan_status(made, OrderStatus.IN_PROGRESS, NOW)]


@pytest.mark.parametrize(
    ("event", "purpose"),
    [
        (MessageEvent.REPAIR_IN_PROGRESS, Purpose.SERVICE),
        (MessageEvent.PICKUP_REMINDER, Purpose.REMINDER),
    ],
)
def test_a_mail_says_where_its_reader_ends_such_mails(
    branch: Branch, provider: Provider, kim: Customer, event: MessageEvent, purpose: Purpose
) -> None:
    send([written(branch, Channel.EMAIL, customer=kim, event=event).pk])

    (taken,) = provider.taken
    url = taken.headers["List-Unsubscribe"]
    assert url == f"<https://shop.example{path(kim, purpose)}>"
    assert taken.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read_unsubscribe_token(url.split("/")[-2], settings.FIELD_KEYS) == (kim.pk, purpose)


def test_one_click_is_offered_over_https_only(branch: Branch, provider: Provider, settings: Any) -> None:
    settings.PUBLIC_URL = "http://shop.example"
    send([written(branch, Channel.EMAIL).pk])

    assert "List-Unsubscribe" in provider.taken[0].headers
    assert "List-Unsubscribe-Post" not in provider.taken[0].headers


def test_one_click_ends_such_mails_and_nothing_else(
    anonymous: Api, branch: Branch, provider: Provider, kim: Customer
) -> None:
    other = CustomerFactory(email="lou@mail.example", phone="+491709999999")
    before = planned(branch, kim)
    waiting = written(branch, Channel.EMAIL, customer=kim)
    reminder = written(branch, Channel.EMAIL, customer=kim, event=MessageEvent.PICKUP_REMINDER)
    client = type(anonymous.client)(enforce_csrf_checks=True)

    answers = [client.post(path(kim), **ONE_CLICK).status_code for _ in range(2)]
    sent = send([waiting.pk, reminder.pk])

    waiting.refresh_from_db()
    assert answers == [200, 200]
    assert decisions() == [(kim.pk, "email", "service", False, "link")]
    assert (before, planned(branch, kim), planned(branch, other)) == (["email", "sms"], ["sms"], ["email", "sms"])
    assert (sent, waiting.status, waiting.reason) == (1, Status.CANCELLED, "Its customer wants no such messages.")
    told = Event.objects.get(type="notifications.consent.created")
    assert (told.actor_kind, told.payload["changes"]["granted"]) == ("anonymous", [None, False])


def test_the_page_changes_nothing_until_its_button_is_pressed(
    anonymous: Api, branch: Branch, provider: Provider, kim: Customer, clock: Any
) -> None:
    client = anonymous.client
    shown = client.get(path(kim, Purpose.REMINDER))
    asked = decisions()
    ended = client.post(path(kim, Purpose.REMINDER))
    clock.shift(timedelta(minutes=1))
    again = client.post(path(kim, Purpose.REMINDER), {"again": "1"})

    assert asked == []
    assert [re.findall("<h1>(.*)</h1>", page.text)[0] for page in (shown, ended, again)] == [
        "No more of these e-mails?", "You get no more of these e-mails", "No more of these e-mails?",
    ]  # fmt: skip
    assert "no more reminders by e-mail" in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown.headers["Cache-Control"]
    assert [(one[2], one[3]) for one in decisions()] == [("reminder", False), ("reminder", True)]
    assert planned(branch, kim) == ["email", "sms"]
    assert refused_channels(kim.pk, Purpose.REMINDER) == frozenset()


def test_a_link_that_nobody_has_made_leads_nowhere(anonymous: Api, kim: Customer) -> None:
    good = path(kim)
    other = CustomerFactory()
    Customer.objects.filter(pk=other.pk).update(is_active=False)
    bad = [
        good[:-3] + ("A" if good[-3] != "A" else "B") + "/",
        "/unsubscribe/x/",
        unsubscribe_path(kim.pk, Purpose.SERVICE, ["another key"]),
        path(other),
    ]

    assert [anonymous.client.post(one).status_code for one in bad] == [404] * 4
    assert [anonymous.client.get(one).status_code for one in bad] == [404] * 4
    assert decisions() == []


def test_a_refusal_outlives_a_merge_and_the_link_too(
    anonymous: Api, branch: Branch, provider: Provider, kim: Customer
) -> None:
    double = CustomerFactory(email="kim@mail.example", phone=PHONE)
    anonymous.client.post(path(double))

    merge_customers(double.pk, kim.pk, actor=SYSTEM)
    merged = planned(branch, kim)
    anonymous.client.post(path(double), {"again": "1"})

    assert merged == ["sms"]
    assert planned(branch, kim) == ["email", "sms"]
    assert {(one[0], one[3]) for one in decisions()} == {(double.pk, False), (kim.pk, True)}


def test_the_database_keeps_decisions_as_they_were_made(anonymous: Api, kim: Customer) -> None:
    anonymous.client.post(path(kim))

    for change in (lambda: Consent.objects.update(granted=True), lambda: Consent.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert decisions() == [(kim.pk, "email", "service", False, "link")]


def says(caller: Api, text: str, number: str = PHONE, signature: str | None = None) -> int:
    fields = {"MessageSid": "SM1", "From": number, "To": "+15005550006", "Body": text}
    answered: int = twilio_calls(caller, "messages", fields, signature).status_code
    return answered


@pytest.mark.parametrize("word", ["STOP", "stop ", "StopAll", "UNSUBSCRIBE", "CANCEL", "END", "\nQUIT"])
def test_stop_ends_texts_to_everybody_with_this_number(
    anonymous: Api, branch: Branch, provider: Provider, kim: Customer, word: str
) -> None:
    other = CustomerFactory(phone=PHONE)
    unconcerned = CustomerFactory(phone="+491709999999")

    assert [says(anonymous, word), says(anonymous, word)] == [204, 204]

    both = [(pk, "sms", purpose, False, "sms") for pk in (kim.pk, other.pk) for purpose in ("reminder", "service")]
    assert decisions() == sorted(both)
    assert planned(branch, kim) == ["email"]
    assert "sms" in planned(branch, unconcerned)
    assert Event.objects.filter(type="notifications.consent.created").count() == 4


@pytest.mark.parametrize("word", ["START", "yes", "Unstop"])
def test_start_has_them_again_and_forgives_what_twilio_has_blocked(
    anonymous: Api, branch: Branch, provider: Provider, kim: Customer, clock: Any, word: str
) -> None:
    says(anonymous, "STOP")
    Suppression.objects.create(channel=Channel.SMS, address=PHONE, reason="Twilio 400 21610")
    Suppression.objects.create(channel=Channel.SMS, address="+491709999999", reason="Twilio 400 21610")
    Suppression.objects.create(channel=Channel.EMAIL, address=kim.email, reason="Twilio 400 21610")
    clock.shift(timedelta(minutes=1))

    assert [says(anonymous, word), says(anonymous, word)] == [204, 204]

    assert [one[3] for one in decisions()] == [False, True, False, True]
    assert planned(branch, kim) == ["email", "sms"]
    assert set(Suppression.objects.values_list("address", flat=True)) == {"+491709999999", kim.email}
    assert Event.objects.filter(type="notifications.suppression.deleted").count() == 1


def test_start_does_not_bring_back_a_number_that_does_not_exist(
    anonymous: Api, provider: Provider, kim: Customer
) -> None:
    Suppression.objects.create(channel=Channel.SMS, address=PHONE, reason="Twilio 30005")

    assert says(anonymous, "START") == 204
    assert (Suppression.objects.count(), decisions()) == (1, [])


def test_other_words_strangers_and_forgeries_change_nothing(anonymous: Api, provider: Provider, kim: Customer) -> None:
    answers = [
        says(anonymous, "Please stop calling"),
        says(anonymous, ""),
        says(anonymous, "STOP", "+491700000000"),
        says(anonymous, "STOP", ""),
        says(anonymous, "STOP", "\0"),
        says(anonymous, "STOP", "whatsapp:" + PHONE),
        says(anonymous, "STOP", signature="x"),
        says(anonymous, "STOP", signature=""),
    ]

    assert answers == [204] * 6 + [403, 403]
    assert decisions() == []
    assert Notification.objects.count() == 0
