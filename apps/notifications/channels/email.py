"""E-mail over what ``EMAIL_BACKEND`` names: SMTP, a folder that can be read, or SendGrid through Anymail."""

import smtplib
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from apps.notifications.channels.base import Outgoing, Result
from apps.notifications.enums import Outcome

TOO_MANY = 429
NO_MAILBOX = frozenset({550, 551, 553})
_NEVER_REACHED = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)


class EmailChannel:
    """Letters with a plain and an HTML form. Both kinds of provider answer with exceptions of their own."""

    @property
    def provider(self) -> str:
        return "sendgrid" if "sendgrid" in settings.EMAIL_BACKEND else "smtp"

    @property
    def per_second(self) -> float:
        return float(settings.EMAILS_PER_SECOND)

    @property
    def is_on(self) -> bool:
        return bool(settings.EMAIL_BACKEND)

    def send(self, message: Outgoing) -> Result:
        letter = self._letter(message)
        try:
            letter.send()
        except (ValueError, OSError, smtplib.SMTPException, AnymailError) as error:
            return _failed(error)
        answered: Any = getattr(letter, "anymail_status", None)
        return Result(Outcome.SENT, provider_id=str(getattr(answered, "message_id", None) or ""))

    def look_up(self, message: Outgoing, since: datetime) -> Result:
        """Neither SMTP nor SendGrid's mail send can be asked what it has taken."""
        return Result(Outcome.TRANSIENT)

    def _letter(self, message: Outgoing) -> EmailMultiAlternatives:
        # RFC 3834: so that no absent person's mail program answers. The same id again lets a mailbox see a repetition.
        headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<{message.id}@{_domain()}>"}
        if message.unsubscribe:
            headers |= _unsubscribing(message.unsubscribe)
        letter = EmailMultiAlternatives(
            message.subject, message.text, _sender(message.sender_name), [message.to], headers=headers
        )
        if message.reply_to:
            letter.reply_to = [message.reply_to]
        if message.html:
            letter.attach_alternative(message.html, "text/html")
        letter.metadata = {"notification_id": str(message.id)}  # type: ignore[attr-defined] # Anymail: custom_args
        return letter


def _sender(name: str) -> str:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name, address)) if name else settings.DEFAULT_FROM_EMAIL


def _unsubscribing(url: str) -> dict[str, str]:
    """RFC 2369, and RFC 8058 for mail programs that do it by themselves, which is for HTTPS only."""
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{url}>"} | one_click


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _failed(error: Exception) -> Result:
    match error:
        case AnymailRecipientsRefused():
            return Result(Outcome.BLOCKED, _named(error))
        case AnymailAPIError():
            return _of_api(error)
        case smtplib.SMTPRecipientsRefused():
            return _of_recipient(error)
        case smtplib.SMTPResponseException():
            return _of_smtp(error)
        case ValueError() | AnymailError():  # what no mail server is asked for
            return Result(Outcome.PERMANENT, _named(error))
    # No connection, no answer, no TLS; what smtplib raises besides is one too.
    return Result(Outcome.OUTAGE, _named(error))


def _of_recipient(error: smtplib.SMTPRecipientsRefused) -> Result:
    """RFC 5321: 4yz is worth another try, 5yz is not; some of those say that there is no such mailbox."""
    code = max(code for code, _ in error.recipients.values())
    outcome = Outcome.TRANSIENT if code < 500 else Outcome.BLOCKED if code in NO_MAILBOX else Outcome.PERMANENT
    return Result(outcome, _named(error, code))


def _of_smtp(error: smtplib.SMTPResponseException) -> Result:
    """What the server says of itself, and not of the recipient: a refused log-in is ours to mend, and mail waits for it."""
    wrong_message = isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
    return Result(Outcome.PERMANENT if wrong_message else Outcome.OUTAGE, _named(error, error.smtp_code))


def _of_api(error: AnymailAPIError) -> Result:
    cause, status = error.__cause__, getattr(error, "status_code", None)
    if status is None:
        lost = isinstance(cause, requests.exceptions.RequestException) and not isinstance(cause, _NEVER_REACHED)
        refused = isinstance(cause, requests.exceptions.ConnectionError) and "refused" in str(cause)
        return Result(Outcome.UNKNOWN if lost and not refused else Outcome.OUTAGE, _named(cause or error))
    if status == TOO_MANY or status >= 500 or status in {401, 403}:
        return Result(Outcome.OUTAGE, _named(error, status), retry_after=_retry_after(error))
    return Result(Outcome.PERMANENT, _named(error, status))


def _retry_after(error: Any) -> float:
    text = getattr(error, "response", None) is not None and error.response.headers.get("Retry-After", "")
    return float(text) if text and text.isdigit() else 0.0


def _named(error: BaseException, code: int | None = None) -> str:
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
