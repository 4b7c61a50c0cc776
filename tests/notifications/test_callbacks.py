"""What providers say later of the messages that they have taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.audit.models import Event
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, Status
from apps.notifications.models import Notification, Suppression
from apps.notifications.services import send, sweep
from tests.conftest import Api
from tests.notifications.callbacks import EVENTS, SENDGRID_KEY, sendgrid_calls, twilio_calls
from tests.notifications.stand_in import Provider
from tests.notifications.test_providers import PHONE, written

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
MAIL = "kim@mail.example"


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SENDGRID_WEBHOOK_KEY = SENDGRID_KEY
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def text(branch: Branch, provider: Provider) -> Notification:
    """An SMS that Twilio has taken."""
    return sent(written(branch, Channel.SMS))


@pytest.fixture
def letter(branch: Branch, provider: Provider) -> Notification:
    """An e-mail that SendGrid has taken."""
    return sent(written(branch, Channel.EMAIL))


def sent(message: Notification) -> Notification:
    assert send([message.pk]) == 1
    message.refresh_from_db()
    return message


def facts(message: Notification) -> tuple[str, str]:
    message.refresh_from_db()
    return message.status, message.last_error


def twilio_says(caller: Api, message: Notification, status: str, code: str = "", sid: str = "") -> int:
    fields = {"MessageSid": sid or message.provider_id, "MessageStatus": status, "To": PHONE}
    if code:
        fields["ErrorCode"] = code
    answered: int = twilio_calls(caller, f"status?message={message.pk}", fields).status_code
    return answered


def event(message: Notification, kind: str, **more: Any) -> dict[str, Any]:
    told = {"event": kind, "email": MAIL, "notification_id": str(message.pk), "anymail_id": message.provider_id}
    return told | more


def sendgrid_says(caller: Api, *events: Any) -> int:
    answered: int = sendgrid_calls(caller, list(events), datetime.now(UTC)).status_code
    return answered


@pytest.mark.parametrize(
    ("status", "code", "known", "suppressed"),
    [
        ("queued", "", (Status.SENT, ""), False),
        ("sent", "", (Status.SENT, ""), False),
        ("delivered", "", (Status.DELIVERED, ""), False),
        ("read", "", (Status.DELIVERED, ""), False),
        ("undelivered", "30003", (Status.FAILED, "Twilio 30003"), False),
        ("undelivered", "30004", (Status.FAILED, "Twilio 30004"), True),
        ("undelivered", "30005", (Status.FAILED, "Twilio 30005"), True),
        ("undelivered", "30006", (Status.FAILED, "Twilio 30006"), True),
        ("undelivered", "30007", (Status.FAILED, "Twilio 30007"), False),
        ("failed", "21610", (Status.FAILED, "Twilio 21610"), True),
        ("failed", "", (Status.FAILED, "Twilio"), False),
        ("received", "", (Status.SENT, ""), False),
        ("", "", (Status.SENT, ""), False),
    ],
)
def test_twilio_tells_how_far_a_text_has_come(
    anonymous: Api, text: Notification, status: str, code: str, known: tuple[str, str], suppressed: bool
) -> None:
    assert twilio_says(anonymous, text, status, code) == 204

    assert facts(text) == known
    assert text.delivered_at == (NOW if known[0] == Status.DELIVERED else None)
    found = list(Suppression.objects.values_list("channel", "address", "reason"))
    assert found == ([("sms", PHONE, known[1])] if suppressed else [])
    assert Event.objects.filter(type="notifications.suppression.created").count() == int(suppressed)


@pytest.mark.parametrize(
    ("kind", "more", "known", "suppressed"),
    [
        ("processed", {}, (Status.SENT, ""), ""),
        ("deferred", {"response": "450 later", "attempt": "5"}, (Status.SENT, ""), ""),
        ("delivered", {}, (Status.DELIVERED, ""), ""),
        ("open", {}, (Status.SENT, ""), ""),
        ("bounce", {"status": "5.1.1", "type": "bounce"}, (Status.FAILED, "SendGrid bounce 5.1.1"),
         "SendGrid bounce 5.1.1"),
        ("bounce", {"status": "4.7.1", "type": "blocked"}, (Status.FAILED, "SendGrid bounce 4.7.1"), ""),
        ("bounce", {"status": "kim@mail.example is no mailbox"}, (Status.FAILED, "SendGrid bounce"), "SendGrid bounce"),
        ("dropped", {"reason": "Bounced Address"}, (Status.FAILED, "SendGrid dropped"), "SendGrid dropped"),
        ("dropped", {"reason": "Spam Content"}, (Status.FAILED, "SendGrid dropped"), ""),
        ("spamreport", {}, (Status.SENT, ""), "Was reported as spam."),
        ("unsubscribe", {}, (Status.SENT, ""), "Has unsubscribed at SendGrid."),
    ],
)  # fmt: skip
def test_sendgrid_tells_how_far_a_mail_has_come(
    anonymous: Api, letter: Notification, kind: str, more: dict[str, Any], known: tuple[str, str], suppressed: str
) -> None:
    assert sendgrid_says(anonymous, event(letter, kind, **more)) == 204

    assert facts(letter) == known
    found = list(Suppression.objects.values_list("channel", "address", "reason"))
    assert found == ([("email", MAIL, suppressed)] if suppressed else [])


def test_calls_in_any_order_and_more_than_once_end_where_the_first_end_is(
    anonymous: Api, text: Notification, letter: Notification, clock: Any
) -> None:
    for status in ("delivered", "sent", "queued", "undelivered", "delivered"):
        assert twilio_says(anonymous, text, status, "30005" if status == "undelivered" else "") == 204
        clock.shift(timedelta(seconds=1))
    bounced = event(letter, "bounce", status="5.1.1")
    told = (event(letter, "delivered"), bounced, bounced, event(letter, "processed"))

    assert [sendgrid_says(anonymous, *told), sendgrid_says(anonymous, *reversed(told))] == [204, 204]
    assert [facts(text), facts(letter)] == [(Status.DELIVERED, ""), (Status.DELIVERED, "")]
    assert (text.sent_at, text.delivered_at) == (NOW, NOW)
    # That an address is no good is worth knowing whenever it is said.
    assert sorted(Suppression.objects.values_list("address", flat=True)) == [PHONE, MAIL]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_message_of_which_nobody_knew_is_known_by_its_callback_and_not_sent_again(
    anonymous: Api, branch: Branch, provider: Provider, clock: Any, channel: Channel
) -> None:
    provider.mood.lost = 1.0
    message = written(branch, channel)
    send([message.pk])
    before = facts(message)[0]
    provider.mood.lost = 0.0
    (taken,) = provider.taken

    if channel == Channel.SMS:
        answered = twilio_says(anonymous, message, "sent", sid=taken.sid)
    else:
        answered = sendgrid_says(anonymous, event(message, "processed", anymail_id="a-1"))
    clock.shift(timedelta(minutes=30))
    sweep()

    assert (answered, before, facts(message)) == (204, Status.UNCERTAIN, (Status.SENT, ""))
    assert message.provider_id == (taken.sid if channel == Channel.SMS else "a-1")
    assert (message.recipient, message.sent_at) == (PHONE if channel == Channel.SMS else MAIL, NOW)
    assert (message.lease_owner, len(provider.taken)) == (None, 1)


def test_a_callback_that_comes_before_the_answer_takes_the_message_from_its_sender(
    anonymous: Api, branch: Branch, provider: Provider
) -> None:
    message = written(branch, Channel.SMS)
    held = {"lease_owner": new_id(), "lease_until": NOW + timedelta(minutes=1), "in_flight_at": NOW}
    Notification.objects.filter(pk=message.pk).update(status=Status.SENDING, **held)

    assert twilio_says(anonymous, message, "delivered", sid="SM1") == 204

    assert facts(message) == (Status.DELIVERED, "")
    assert (message.provider_id, message.lease_owner, message.sent_at) == ("SM1", None, NOW)


def test_a_message_that_waits_again_hears_nothing_of_its_earlier_try(anonymous: Api, text: Notification) -> None:
    earlier = text.provider_id
    assert twilio_says(anonymous, text, "undelivered", "30003") == 204
    Notification.objects.filter(pk=text.pk).update(status=Status.PENDING, last_error="")

    assert twilio_says(anonymous, text, "undelivered", "30003") == 204
    waiting = facts(text)
    sent(text)
    assert twilio_says(anonymous, text, "undelivered", "30003", sid=earlier) == 204

    assert waiting == (Status.PENDING, "")
    assert facts(text) == (Status.SENT, "")
    assert text.provider_id != earlier


def test_a_text_is_found_by_twilios_name_too(anonymous: Api, text: Notification) -> None:
    fields = {"MessageSid": text.provider_id, "MessageStatus": "delivered"}

    assert twilio_calls(anonymous, "status", fields).status_code == 204
    assert facts(text) == (Status.DELIVERED, "")


def test_what_is_unknown_is_answered_and_changes_nothing(
    anonymous: Api, text: Notification, letter: Notification
) -> None:
    stranger = {"MessageSid": "SM0", "MessageStatus": "failed", "ErrorCode": "30005"}
    answers = [
        twilio_calls(anonymous, f"status?message={new_id()}", stranger).status_code,
        twilio_calls(anonymous, f"status?message={letter.pk}", stranger).status_code,
        twilio_calls(anonymous, "status?message=%00", stranger | {"MessageSid": "\0"}).status_code,
        twilio_calls(anonymous, "status", {}).status_code,
        sendgrid_says(anonymous, event(text, "bounce"), event(letter, "bounce") | {"notification_id": str(new_id())}),
        sendgrid_says(anonymous, None, 1, "bounce", [], {}, {"event": ["bounce"]}, {"event": "bounce"}),
        sendgrid_says(anonymous, event(letter, "bounce") | {"notification_id": {"a": 1}}),
        sendgrid_says(anonymous),
    ]

    assert answers == [204] * 8
    assert [facts(text), facts(letter)] == [(Status.SENT, ""), (Status.SENT, "")]
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b"\xff", b"[" * 100_000, b"1" * 5_000, b'"\\ud800"', b"null"])
def test_rubbish_that_is_signed_is_refused(anonymous: Api, letter: Notification, body: bytes) -> None:
    answer = sendgrid_calls(anonymous, body, NOW)

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_JSON")
    assert facts(letter) == (Status.SENT, "")


def test_a_word_that_no_database_holds_is_left_out(anonymous: Api, letter: Notification) -> None:
    told = event(letter, "bounce", status="5.1.1\0", email="k\0im@mail.example", anymail_id="\ud800")

    assert sendgrid_says(anonymous, told) == 204
    assert facts(letter) == (Status.FAILED, "SendGrid bounce")
    assert Suppression.objects.get().address == MAIL


def refused(answer: Any) -> tuple[int, str, bool]:
    return answer.status_code, answer.json()["code"], answer.json()["success"]


def test_who_has_not_signed_is_refused_and_changes_nothing(
    anonymous: Api, text: Notification, letter: Notification, settings: Any
) -> None:
    fields = {"MessageSid": text.provider_id, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    bounced = [event(letter, "bounce")]
    path = f"status?message={text.pk}"
    answers = [
        twilio_calls(anonymous, path, fields, signature=""),
        twilio_calls(anonymous, path, fields, signature="0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
        sendgrid_calls(anonymous, bounced, NOW, signature=""),
        sendgrid_calls(anonymous, bounced, NOW, timestamp=""),
        sendgrid_calls(anonymous, bounced, NOW, timestamp=str(int(NOW.timestamp()) + 1)),
        sendgrid_calls(anonymous, bounced, NOW - timedelta(minutes=11)),
    ]
    settings.TWILIO_AUTH_TOKEN = settings.SENDGRID_WEBHOOK_KEY = ""
    answers += [twilio_calls(anonymous, path, fields), sendgrid_calls(anonymous, bounced, NOW)]

    assert [refused(answer) for answer in answers] == [(403, "FORBIDDEN", False)] * 8
    assert [facts(text), facts(letter)] == [(Status.SENT, ""), (Status.SENT, "")]
    assert Suppression.objects.count() == 0


def test_bodies_are_bounded_and_of_the_providers_kind(anonymous: Api, provider: Provider) -> None:
    long = b"x" * (1024 * 1024 + 1)
    form = {"content_type": "application/x-www-form-urlencoded"}
    many = "&".join(f"a{n}=1" for n in range(201))
    status = "/api/v1/hooks/twilio/status"
    answers = [
        sendgrid_calls(anonymous, long, NOW),
        anonymous.client.post(status, long, **form),
        anonymous.client.post(status, many, **form),
        anonymous.client.post(status, "{}", content_type="application/json"),
        anonymous.client.post(EVENTS, "a=1", **form),
        anonymous.client.post(EVENTS),
    ]

    assert [answer.status_code for answer in answers] == [413, 413, 400, 415, 415, 415]


def test_only_who_does_not_sign_is_limited(anonymous: Api, text: Notification, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": ["2/m"]}
    fields = {"MessageSid": text.provider_id, "MessageStatus": "sent"}

    signed = [twilio_says(anonymous, text, "sent") for _ in range(4)]
    tried = [twilio_calls(anonymous, "status", fields, signature="x").status_code for _ in range(4)]

    assert (signed, tried) == ([204] * 4, [403, 403, 429, 429])
