"""What providers answer, or fail to answer, and what becomes of the message then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import Notification, Provider, Suppression
from apps.notifications.rules import LEASE
from apps.notifications.services import pacing, send, sweep
from apps.notifications.services.sending import _tidy
from tests.factories import CustomerFactory
from tests.notifications.stand_in import Provider as StandIn

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
PHONE = "+491701234567"


def written(branch: Branch, channel: Channel, **fields: Any) -> Notification:
    """A message to a customer, ready to go."""
    customer = fields.pop("customer", None) or CustomerFactory(email="kim@mail.example", phone=PHONE)
    source = new_id()
    usual = {
        "event": MessageEvent.REPAIR_IN_PROGRESS, "subject": "Begun", "body": f"We have begun, {source}.",
        "language": "en", "expires_at": NOW + timedelta(days=2), "next_try_at": NOW,
    }  # fmt: skip
    made: Notification = Notification.objects.create(
        channel=channel, customer=customer, branch=branch, source_id=source, dedupe_key=str(source), **usual | fields
    )
    return made


def state(message: Notification) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.status, message.attempts, message.last_error


BOTH = pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])


@BOTH
def test_what_the_provider_takes_is_sent(branch: Branch, provider: StandIn, channel: Channel) -> None:
    with time_machine.travel(NOW, tick=False):
        message = written(branch, channel)
        assert send([message.pk, message.pk]) == 1

    (taken,) = provider.taken
    assert (taken.way, taken.to) == (channel.value, "kim@mail.example" if channel == Channel.EMAIL else PHONE)
    assert taken.text == message.body
    assert state(message) == (Status.SENT, 1, "")


@BOTH
@pytest.mark.parametrize("mood", ["errors", "too_many", "dropped"])
def test_an_outage_parks_the_message_and_uses_up_no_try(
    branch: Branch, provider: StandIn, channel: Channel, mood: str
) -> None:
    setattr(provider.mood, mood, 1.0)
    with time_machine.travel(NOW, tick=False) as clock:
        message = written(branch, channel)
        sweep()
        parked = state(message)
        setattr(provider.mood, mood, 0.0)
        clock.shift(timedelta(seconds=5))
        sweep()

    # A connection that breaks off may have been heard: the provider is asked, or the mail goes again.
    assert parked[:2] == (Status.UNCERTAIN if mood == "dropped" else Status.PENDING, 0)
    assert parked[2] != ""
    assert state(message) == (Status.SENT, 1, "")
    assert len(provider.taken) == 1


def test_a_text_whose_answer_was_lost_is_found_at_the_provider_and_not_sent_twice(
    branch: Branch, provider: StandIn
) -> None:
    provider.mood.lost = 1.0
    message = written(branch, Channel.SMS, expires_at=datetime(2030, 1, 1, tzinfo=UTC))
    send([message.pk])
    lost = state(message)
    provider.mood.lost = 0.0
    Notification.objects.update(next_try_at=NOW)

    sweep()

    (taken,) = provider.taken
    assert (lost[0], state(message)[0]) == (Status.UNCERTAIN, Status.SENT)
    assert message.provider_id == taken.sid


def test_a_text_is_looked_for_until_the_provider_can_say(branch: Branch, provider: StandIn, settings: Any) -> None:
    provider.mood.dropped = 1.0
    message = written(branch, Channel.SMS, expires_at=datetime(2030, 1, 1, tzinfo=UTC))
    send([message.pk])
    first = message.refresh_from_db() or message.in_flight_at
    provider.mood.dropped = 0.0
    settings.TWILIO_AUTH_TOKEN = "revoked"
    Notification.objects.update(next_try_at=NOW)
    sweep()
    unknown = state(message)
    asked_since = message.in_flight_at
    settings.TWILIO_AUTH_TOKEN = "only-for-tests"
    Notification.objects.update(next_try_at=NOW)

    sweep()

    assert (unknown[0], asked_since) == (Status.UNCERTAIN, first)
    assert (state(message)[0], len(provider.taken)) == (Status.SENT, 1)


@pytest.mark.parametrize(
    ("status", "code", "blocked"),
    [(400, 21211, True), (400, 21610, True), (400, 21614, True), (400, 21617, False), (404, 20404, False)],
)
def test_a_permanent_answer_is_final_and_says_whether_the_address_is_to_blame(
    branch: Branch, provider: StandIn, status: int, code: int, blocked: bool
) -> None:
    provider.mood.refusing[PHONE] = (status, code)
    with time_machine.travel(NOW, tick=False):
        message = written(branch, Channel.SMS)
        sweep()
        later = written(branch, Channel.SMS, customer=message.customer)
        sweep()

    assert state(message) == (Status.FAILED, 1, f"Twilio {status} {code}")
    suppressed = list(Suppression.objects.values_list("channel", "address", "reason"))
    assert suppressed == ([("sms", PHONE, f"Twilio {status} {code}")] if blocked else [])
    assert state(later)[0] == (Status.CANCELLED if blocked else Status.FAILED)
    assert provider.taken == []


def test_after_some_outages_in_a_row_the_provider_is_left_alone_and_drained_in_order(
    branch: Branch, provider: StandIn
) -> None:
    provider.mood.errors = 1.0
    with time_machine.travel(NOW, tick=False) as clock:
        messages = [
            written(branch, Channel.SMS, customer=CustomerFactory(phone=f"+4917012345{n:02}")) for n in range(20)
        ]
        sweep()
        asked, rests = provider.asked, Provider.objects.get(pk="twilio").open_until
        sweep()
        still = provider.asked
        provider.mood.errors = 0.0
        clock.shift(timedelta(seconds=9))
        sweep()
        too_early = provider.asked
        clock.shift(timedelta(seconds=1))
        sweep()
        tried = len(provider.taken)
        clock.shift(timedelta(seconds=20))
        for _ in range(3):
            sweep()

    assert (asked, still, too_early) == (pacing.TRIPS_AT, pacing.TRIPS_AT, pacing.TRIPS_AT)
    assert rests == NOW + pacing.FIRST_REST
    assert tried == 20  # the first went through, and that closed the circuit for the rest
    assert {state(message)[0] for message in messages} == {Status.SENT}
    assert {state(message)[1] for message in messages} == {1}
    provider_row = Provider.objects.get(pk="twilio")
    assert (provider_row.failures, provider_row.open_until) == (0, None)


def test_a_provider_that_asks_for_time_gets_it(branch: Branch, provider: StandIn) -> None:
    provider.mood.too_many, provider.mood.retry_after = 1.0, "30"
    with time_machine.travel(NOW, tick=False) as clock:
        message = written(branch, Channel.EMAIL)
        sweep()
        provider.mood.too_many = 0.0
        clock.shift(timedelta(seconds=29))
        early = sweep()
        clock.shift(timedelta(seconds=1))
        late = sweep()

    assert (early, late) == (0, 1)
    assert state(message) == (Status.SENT, 1, "")


def test_a_provider_is_not_asked_faster_than_it_likes(branch: Branch, provider: StandIn, settings: Any) -> None:
    settings.SMS_PER_SECOND = 0.2
    with time_machine.travel(NOW, tick=False) as clock:
        for n in range(3):
            written(branch, Channel.SMS, customer=CustomerFactory(phone=f"+4917012345{n:02}"))
        counts = []
        for _ in range(12):
            sweep()
            counts.append(len(provider.taken))
            clock.shift(timedelta(seconds=1))

    assert counts == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]


def test_an_hour_has_ten_texts_for_a_customer_and_the_rest_waits_for_its_window(
    branch: Branch, provider: StandIn
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first = written(branch, Channel.SMS)
        others = [written(branch, Channel.SMS, customer=first.customer) for _ in range(11)]
        unconcerned = written(branch, Channel.SMS, customer=CustomerFactory(phone="+491709999999"))
        sent = sweep()
        waiting = [message for message in others if state(message)[0] == Status.PENDING]
        clock.shift(timedelta(minutes=59, seconds=59))
        early = sweep()
        clock.shift(timedelta(seconds=1))
        late = sweep()

    assert (sent, len(waiting), early, late) == (11, 2, 0, 2)
    assert {(message.next_try_at, message.attempts) for message in waiting} == {(NOW + timedelta(hours=1), 0)}
    assert waiting[0].reason == "More than 10 within the hour."
    assert state(unconcerned)[0] == Status.SENT


def test_a_channel_whose_keys_are_gone_waits(branch: Branch, provider: StandIn, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    with time_machine.travel(NOW, tick=False) as clock:
        message = written(branch, Channel.SMS)
        off = (sweep(), state(message), message.reason)
        settings.TWILIO_AUTH_TOKEN = "only-for-tests"
        clock.shift(timedelta(minutes=5))
        on = sweep()

    assert off == (0, (Status.PENDING, 0, ""), "This channel is off.")
    assert (on, message.refresh_from_db() or message.reason) == (1, "")


def test_codes_go_before_everything_else(branch: Branch, provider: StandIn) -> None:
    with time_machine.travel(NOW, tick=False):
        usual = written(branch, Channel.EMAIL, next_try_at=NOW - timedelta(hours=1))
        urgent = written(branch, Channel.EMAIL, priority=0)

    assert list(Notification.objects.due(NOW).in_order()) == [urgent, usual]


def test_what_fails_in_one_message_keeps_no_other_from_going(branch: Branch, provider: StandIn, caplog: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        broken = written(branch, Channel.EMAIL)
        Notification.objects.update(branch=None)  # in which no customer's message is made
        good = written(branch, Channel.EMAIL, customer=broken.customer)
        sent = send([broken.pk, good.pk])
        held = state(broken)[0]
        _tidy(NOW + LEASE)

    assert (sent, held, state(broken), state(good)[0]) == (1, Status.SENDING, (Status.PENDING, 1, ""), Status.SENT)
    assert f"Message {broken.pk} could not be sent." in caplog.text
