"""Messages are made from events, sent once, and a sender that dies leaves nothing undecided that could be known."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from apps.accounts.enums import CodePurpose
from apps.accounts.events import RegisteredAgain
from apps.accounts.models import OneTimeCode, User
from apps.accounts.services.codes import judge, request_code
from apps.audit import services as audit
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.notifications import tasks
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.models import Notification
from apps.notifications.rules import ATTEMPTS, LEASE, wait_after
from apps.notifications.services import purge, send, sweep, tell_by_email
from apps.notifications.services.sending import FATAL, _claim, _mark_in_flight, _tidy
from apps.notifications.subscribers import send_code
from tests.factories import UserFactory
from tests.racing import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
STRANGER = Actor.anonymous()
REFUSED = smtplib.SMTPRecipientsRefused({"kim@mail.example": (550, b"no such user kim@mail.example")})
BUSY = smtplib.SMTPRecipientsRefused({"kim@mail.example": (450, b"mailbox kim@mail.example is busy")})


class MoodyBackend(EmailBackend):
    """A mail server that raises what it was told to, as smtplib does."""

    raises: ClassVar[Exception | None] = None

    def send_messages(self, messages: Any) -> int:
        if type(self).raises is not None:
            raise type(self).raises
        sent: int = super().send_messages(messages)
        return sent


@pytest.fixture
def server(settings: Any) -> Iterator[type[MoodyBackend]]:
    settings.EMAIL_BACKEND = "tests.notifications.test_messages.MoodyBackend"
    yield MoodyBackend
    MoodyBackend.raises = None


@pytest.fixture
def user() -> User:
    made: User = UserFactory(email="kim@mail.example", is_verified=False)
    return made


def message_for(user: User, purpose: CodePurpose = CodePurpose.VERIFY_EMAIL) -> Notification:
    source = new_id()
    tell_by_email(user.pk, MessageEvent.OTP, source_id=source, purpose=purpose)
    return Notification.objects.get(source_id=source)


def notice_for(user: User) -> Notification:
    source = new_id()
    tell_by_email(user.pk, MessageEvent.ACCOUNT_NOTICE, source_id=source)
    return Notification.objects.get(source_id=source)


def status(message: Notification) -> str:
    return Notification.objects.get(pk=message.pk).status


def test_a_requested_code_becomes_one_message_however_often_the_event_is_heard(user: User) -> None:
    with time_machine.travel(NOW, tick=False):
        request_code(user, CodePurpose.VERIFY_EMAIL, actor=STRANGER)
        audit.sweep()
        event = Event.objects.get()
        send_code(event)

    message = Notification.objects.get()
    assert (message.event, message.channel, message.status) == (MessageEvent.OTP, Channel.EMAIL, Status.PENDING)
    assert (message.user_id, message.purpose, message.source_id) == (user.pk, "verify_email", event.pk)
    assert (message.attempts, message.expires_at) == (0, NOW + timedelta(minutes=10))
    assert OneTimeCode.objects.count() == 0


def test_an_owner_is_told_and_nobody_else() -> None:
    owner = UserFactory(email="kim@mail.example")
    with transaction.atomic():
        audit.record(RegisteredAgain(aggregate_id=owner.pk), actor=STRANGER)
    request_code(None, CodePurpose.RESET_PASSWORD, actor=STRANGER)

    audit.sweep()

    message = Notification.objects.get()
    assert (message.event, message.user_id, message.purpose) == (MessageEvent.ACCOUNT_NOTICE, owner.pk, "")


def test_the_code_is_made_while_it_is_sent_and_only_the_mail_has_it(user: User) -> None:
    message = message_for(user)
    made_before = OneTimeCode.objects.count()

    with time_machine.travel(NOW, tick=False):
        Notification.objects.update(next_try_at=NOW, expires_at=NOW + timedelta(minutes=10))
        sent = send([str(message.pk)])
        (letter,) = mail.outbox
        found = re.search(r"\b\d{6}\b", str(letter.body))
        assert found is not None
        right = judge(user.pk, CodePurpose.VERIFY_EMAIL, found.group(), actor=STRANGER)

    message.refresh_from_db()
    assert (made_before, sent, right is not None) == (0, 1, True)
    assert (message.status, message.attempts, message.sent_at) == (Status.SENT, 1, NOW)
    assert (message.lease_owner, message.lease_until, message.last_error) == (None, None, "")
    kept = [str(value) for row in Notification.objects.values() for value in row.values()]
    assert not any(found.group() in value or "kim@" in value for value in kept)


@pytest.mark.parametrize(
    ("purpose", "verified", "subject", "words"),
    [
        (CodePurpose.VERIFY_EMAIL, False, "Your code to confirm your e-mail address", "where you registered"),
        (CodePurpose.RESET_PASSWORD, True, "Your code for a new password", "where you asked for a new password"),
    ],
)
def test_a_mail_with_a_code_is_plain_text_without_names_and_links(
    purpose: CodePurpose, verified: bool, subject: str, words: str
) -> None:
    user = UserFactory(email="kim@mail.example", is_verified=verified, first_name="<b>http://evil.example</b>")

    send([message_for(user, purpose).pk])

    (letter,) = mail.outbox
    code = re.search(r"\d{6}", str(letter.body))
    assert code is not None
    assert (letter.to, letter.subject, letter.content_subtype) == (["kim@mail.example"], subject, "plain")
    assert str(letter.body).startswith(
        f"Your code is {code.group()}. It is valid for 10 minutes and works once.\n\nEnter it {words},"
    )
    assert not re.search(r"https?:|<|&|evil", str(letter.body))
    message = Notification.objects.get()
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<{message.pk}@localhost>"}
    assert (letter.extra_headers, letter.alternatives) == (headers, [])
    assert code.group() not in letter.subject


def test_a_message_is_sent_once_however_often_it_is_asked_for(user: User) -> None:
    message = message_for(user)

    counts = [send([message.pk, message.pk]), send([message.pk]), sweep()]

    assert (counts, len(mail.outbox)) == ([1, 0, 0], 1)


def test_the_tasks_send_and_sweep_by_their_names(user: User) -> None:
    woken, missed = message_for(user), notice_for(UserFactory())

    tasks.send.apply(args=[[str(woken.pk)]])
    after_wake_up = (status(woken), status(missed))
    tasks.sweep.apply()

    assert (tasks.send.name, tasks.sweep.name) == ("notifications.send", "notifications.sweep")
    assert after_wake_up == (Status.SENT, Status.PENDING)
    assert status(missed) == Status.SENT


@pytest.mark.parametrize("why", ["verified since", "deactivated", "somebody else has verified the address"])
def test_a_code_that_nobody_needs_any_more_is_not_made(user: User, why: str) -> None:
    message = message_for(user)
    match why:
        case "verified since":
            User.objects.filter(pk=user.pk).update(is_verified=True)
        case "deactivated":
            User.objects.filter(pk=user.pk).update(is_active=False)
        case _:
            UserFactory(email=user.email)

    assert send([message.pk]) == 0
    assert (status(message), len(mail.outbox), OneTimeCode.objects.count()) == (Status.CANCELLED, 0, 0)


@pytest.mark.parametrize(
    ("error", "words", "used_up"),
    [
        (ConnectionRefusedError("kim@mail.example"), "ConnectionRefusedError", 0),
        (TimeoutError("timed out"), "TimeoutError", 0),
        (smtplib.SMTPServerDisconnected("kim@mail.example"), "SMTPServerDisconnected", 0),
        (smtplib.SMTPResponseException(421, b"kim@mail.example"), "SMTPResponseException 421", 0),
        (smtplib.SMTPAuthenticationError(535, b"kim@mail.example"), "SMTPAuthenticationError 535", 0),
        (BUSY, "SMTPRecipientsRefused 450", 1),
    ],
)
def test_what_may_pass_is_tried_again_later_and_an_outage_uses_up_no_try(
    user: User, server: type[MoodyBackend], error: Exception, words: str, used_up: int
) -> None:
    server.raises = error
    with time_machine.travel(NOW, tick=False) as clock:
        message = message_for(user)
        first = sweep()
        message.refresh_from_db()
        waiting = (message.status, message.attempts, message.last_error, message.lease_owner)
        too_soon = sweep()
        server.raises = None
        clock.move_to(message.next_try_at)
        later = sweep()

    assert (first, too_soon, later) == (0, 0, 1)
    assert waiting == (Status.PENDING, used_up, words, None)
    assert timedelta(seconds=1) <= message.next_try_at - NOW <= timedelta(seconds=3)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == (Status.SENT, used_up + 1, "")
    assert OneTimeCode.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (REFUSED, "SMTPRecipientsRefused 550"),
        (smtplib.SMTPDataError(554, b"kim@mail.example"), "SMTPDataError 554"),
    ],
)
def test_what_will_never_work_is_given_up_at_once(
    user: User, server: type[MoodyBackend], error: Exception, words: str, caplog: Any
) -> None:
    server.raises = error
    message = message_for(user)

    sweep()

    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == (Status.FAILED, 1, words)
    assert f"Message {message.pk} was given up: {words}." in caplog.text
    assert "kim@" not in caplog.text


def test_an_address_that_cannot_be_sent_to_keeps_nobody_else_waiting(user: User, caplog: Any) -> None:
    odd = message_for(UserFactory(email="ada@" + "ü" * 60 + ".example", is_verified=False))
    good = message_for(user)

    sent = sweep()

    assert sent == 1
    assert [message.to for message in mail.outbox] == [["kim@mail.example"]]
    assert (status(odd), status(good)) == (Status.FAILED, Status.SENT)
    assert f"Message {odd.pk} was given up: UnicodeError." in caplog.text


def test_after_the_last_attempt_it_has_failed(server: type[MoodyBackend]) -> None:
    server.raises = BUSY
    with time_machine.travel(NOW, tick=False) as clock:
        message = notice_for(UserFactory())
        for _ in range(ATTEMPTS + 1):
            sweep()
            clock.shift(timedelta(hours=1))

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.FAILED, ATTEMPTS)


@pytest.mark.parametrize(("minutes", "expected"), [(9.9, Status.SENT), (10, Status.CANCELLED)])
def test_a_code_does_not_go_out_after_its_ten_minutes(user: User, minutes: float, expected: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = message_for(user)
        clock.shift(timedelta(minutes=minutes))
        sweep()

    assert status(message) == expected
    assert len(mail.outbox) == (expected == Status.SENT)


def test_a_sender_that_dies_before_the_mail_server_leaves_a_message_that_waits(user: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = notice_for(UserFactory())
        assert _claim(message.pk, NOW) is not None
        held = (sweep(), status(message))
        clock.shift(LEASE)
        later = sweep()

    assert held == (0, Status.SENDING)
    assert (later, status(message), len(mail.outbox)) == (1, Status.SENT, 1)


def test_a_sender_that_dies_at_the_mail_server_leaves_an_uncertain_message_that_goes_again(caplog: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = notice_for(UserFactory())
        claimed = _claim(message.pk, NOW)
        assert claimed is not None
        _mark_in_flight(claimed.message)
        clock.shift(LEASE)
        _tidy(NOW + LEASE)
        message.refresh_from_db()
        found = (message.status, message.last_error, len(mail.outbox))
        later = [sweep(), sweep()]

    message.refresh_from_db()
    (letter,) = mail.outbox
    assert found == (Status.UNCERTAIN, "The sender died.", 0)
    assert "1 messages may or may not have been sent" in caplog.text
    assert (later, message.status, message.attempts) == ([1, 0], Status.SENT, 2)
    assert letter.extra_headers["Message-ID"] == f"<{message.pk}@localhost>"  # a mailbox that has it sees that


def test_a_message_at_which_every_sender_dies_is_given_up(caplog: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = notice_for(UserFactory())
        for _ in range(FATAL):
            assert _claim(message.pk, timezone.now()) is not None
            clock.shift(LEASE)
            _tidy(timezone.now())

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.FAILED, FATAL)
    assert message.last_error == "The sender died at each try."
    assert "1 messages were given up: the sender died at each try." in caplog.text


def test_who_has_lost_the_lease_changes_nothing_any_more(user: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = message_for(user)
        slow = _claim(message.pk, NOW)
        assert slow is not None
        clock.shift(LEASE)
        sweep()

    assert not _mark_in_flight(slow.message)
    assert (status(message), len(mail.outbox)) == (Status.SENT, 1)


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_it_once(user: User) -> None:
    message = message_for(user)

    sent = race(*[lambda: send([message.pk])] * 3, sweep)

    assert sorted(sent) == [0, 0, 0, 1]
    assert (status(message), Notification.objects.get().attempts) == (Status.SENT, 1)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (5, 32), (10, 1024), (11, 1800), (30, 1800)]
)  # fmt: skip
def test_waits_double_up_to_half_an_hour(attempts: int, seconds: int) -> None:
    waits = [wait_after(attempts, jitter) for jitter in (0.0, 0.5, 1.0)]

    assert waits == [timedelta(seconds=seconds * factor) for factor in (0.5, 1.0, 1.5)]


@pytest.mark.parametrize("status", Status.values)
def test_messages_of_a_quarter_ago_are_purged(user: User, status: str) -> None:
    message = message_for(user)
    Notification.objects.filter(pk=message.pk).update(status=status, created_at=NOW)

    with time_machine.travel(NOW + timedelta(days=90), tick=False):
        early = purge()
    with time_machine.travel(NOW + timedelta(days=90, seconds=1), tick=False):
        tasks.purge.apply()

    assert (early, Notification.objects.exists()) == (0, False)
    assert tasks.purge.name == "notifications.purge"
