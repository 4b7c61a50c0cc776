"""SMS through Twilio's Messages API (https://www.twilio.com/docs/messaging/api/message-resource)."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from apps.notifications.channels.base import Outgoing, Result
from apps.notifications.enums import Outcome
from apps.notifications.rules import BLOCKED_CODES

TOO_MANY = 429
TIMEOUT = 10.0
# Two clocks do not agree to the second; a message of the same words cannot have been sent by us before its claim.
_SLACK = timedelta(minutes=1)


class _AtAddress(TwilioHttpClient):
    """Twilio's own client, which knows no other address than Twilio's: another can be set, for a proxy or a test."""

    def request(self, method: str, uri: str, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        base = urlsplit(settings.TWILIO_API_URL)
        asked = urlsplit(uri)
        there = urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + asked.path, asked.query, ""))
        return super().request(method, there, *args, **kwargs)


class SmsChannel:
    """A client is made for each message: it holds no connection of its own that a fork could share."""

    provider = "twilio"

    @property
    def per_second(self) -> float:
        return float(settings.SMS_PER_SECOND)

    @property
    def is_on(self) -> bool:
        return bool(settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN and settings.TWILIO_SENDER)

    def send(self, message: Outgoing) -> Result:
        # Names the message, so that Twilio's word on one whose answer was lost finds it.
        callback = {"status_callback": f"{settings.PUBLIC_URL}/api/v1/hooks/twilio/status?message={message.id}"}
        try:
            made = _client().messages.create(
                to=message.to, body=message.text, **_sender(), **(callback if _is_public() else {})
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return _answered(error)
        except (requests.exceptions.RequestException, TwilioException) as error:
            return Result(Outcome.OUTAGE if _never_reached(error) else Outcome.UNKNOWN, type(error).__name__)
        return Result(Outcome.SENT, provider_id=str(made.sid))

    def look_up(self, message: Outgoing, since: datetime) -> Result:
        try:
            # One that waits at Twilio has no date of sending yet, by which lists can be cut.
            listed = _client().messages.list(to=message.to, limit=50)
        except (TwilioException, requests.exceptions.RequestException) as error:
            return Result(Outcome.OUTAGE, type(error).__name__)
        for found in listed:
            made = found.date_created
            if found.body == message.text and made is not None and made >= since - _SLACK:
                return Result(Outcome.SENT, provider_id=str(found.sid))
        return Result(Outcome.TRANSIENT)


def _client() -> Client:
    http = _AtAddress(timeout=TIMEOUT, pool_connections=False, max_retries=0)
    return Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=http)


def _sender() -> dict[str, str]:
    sender = settings.TWILIO_SENDER
    return {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}


def _is_public() -> bool:
    """Twilio takes no call back to an address that it cannot reach, and refuses the message then."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return "." in host and not host.replace(".", "").isdigit()


def _never_reached(error: Exception) -> bool:
    early = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)
    return isinstance(error, early) or "refused" in str(error)


def _answered(error: TwilioRestException | TwilioServiceException) -> Result:
    words = f"Twilio {error.status} {error.code or ''}".strip()
    if error.code in BLOCKED_CODES:
        return Result(Outcome.BLOCKED, words)
    if error.status == TOO_MANY or error.status >= 500 or error.status in {401, 403}:
        return Result(Outcome.OUTAGE, words)
    return Result(Outcome.PERMANENT, words)
