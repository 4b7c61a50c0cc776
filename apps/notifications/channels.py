"""The only code that talks to a mail server."""

import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from apps.notifications.enums import Outcome


@dataclass(frozen=True)
class Result:
    """What became of one try; ``error`` names the kind of failure, never an address or a word of the message."""

    outcome: Outcome
    error: str = ""


def send_email(address: str, template: str, words: dict[str, Any]) -> Result:
    """Send ``templates/notifications/<template>.txt`` to one address; its first line is the subject.

    Never raises for what a mail server answers or fails to answer (RFC 5321: 4yz is worth another try, 5yz is not).
    """
    subject, _, body = render_to_string(f"notifications/{template}.txt", words).partition("\n\n")
    # RFC 3834: so that no absent person's mail program answers.
    message = EmailMessage(subject, body, to=[address], headers={"Auto-Submitted": "auto-generated"})
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        return _answered(error, max(code for code, _ in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return _answered(error, error.smtp_code)
    except ValueError as error:  # an address that no mail server is asked for
        return Result(Outcome.PERMANENT, type(error).__name__)
    except OSError as error:  # no connection, no answer, no TLS; what smtplib raises besides is one too
        return Result(Outcome.TRANSIENT, type(error).__name__)
    return Result(Outcome.SENT)


def _answered(error: Exception, code: int) -> Result:
    outcome = Outcome.PERMANENT if 500 <= code < 600 else Outcome.TRANSIENT
    return Result(outcome, f"{type(error).__name__} {code}")
