"""What providers say of messages that they have taken, in our words.

https://www.twilio.com/docs/messaging/api/message-resource#message-status-values and
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.notifications.enums import Status

# No such number, a landline, one that has answered STOP, a carrier that blocks it: when it is handed over …
BLOCKED_CODES = frozenset({21211, 21217, 21401, 21407, 21421, 21604, 21610, 21612, 21614})
# … or later. A handset that is switched off (30003) takes the next message perhaps, and a text that carriers filter
# (30007) is no fault of the number.
_BLOCKED_LATER = BLOCKED_CODES | {30004, 30005, 30006}
_TWILIO: Mapping[str, Status] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), Status.SENT),
    **dict.fromkeys(("delivered", "read", "partially_delivered"), Status.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), Status.FAILED),
}
_SENDGRID: Mapping[str, Status | None] = {
    **dict.fromkeys(("processed", "deferred"), Status.SENT),
    "delivered": Status.DELIVERED,
    **dict.fromkeys(("bounce", "dropped"), Status.FAILED),
    **dict.fromkeys(("spamreport", "unsubscribe", "group_unsubscribe"), None),
}
_REFUSALS: Mapping[str, str] = {
    "spamreport": "Was reported as spam.", "unsubscribe": "Has unsubscribed at SendGrid.",
    "group_unsubscribe": "Has unsubscribed at SendGrid.",
}  # fmt: skip
_DROPPED_FOR_ITS_ADDRESS = frozenset({"bounced address", "unsubscribed address", "spam reporting address", "invalid"})
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Said:
    """A provider's word on one message. ``id`` is ours, ``sid`` the provider's; one of them is there.

    ``status`` is ``None`` where it says nothing on how far the message has come, ``refusal`` why its address, which may be
    ``to``, takes no messages any more, or empty.
    """

    id: UUID | None
    sid: str
    status: Status | None
    to: str = ""
    error: str = ""
    refusal: str = ""


def said_by_twilio(fields: Mapping[str, str], our_id: str) -> Said | None:
    """What a status callback says; ``None`` for one that says nothing of use."""
    status, sid = _TWILIO.get(fields.get("MessageStatus", "")), _named(fields.get("MessageSid"))
    if status is None or not sid:
        return None
    code = fields.get("ErrorCode", "")
    code = code if status == Status.FAILED and code.isascii() and code.isdigit() and len(code) <= 6 else ""
    error = f"Twilio {code}".strip() if status == Status.FAILED else ""
    refusal = error if code and int(code) in _BLOCKED_LATER else ""
    return Said(_id_of(our_id), sid, status, _address(fields.get("To")), error, refusal)


def said_by_sendgrid(event: Any) -> Said | None:
    """What one event of a call says; ``None`` for one that says nothing of use, or of no message of ours."""
    if not isinstance(event, dict):
        return None
    kind, our_id = event.get("event"), _id_of(event.get("notification_id"))
    if not isinstance(kind, str) or kind not in _SENDGRID or our_id is None:
        return None
    status = _SENDGRID[kind]
    error = f"SendGrid {kind} {_code(event)}".strip() if status == Status.FAILED else ""
    # Anymail names each message that it hands over, and SendGrid tells that name again.
    sid = _named(event.get("anymail_id"))
    return Said(our_id, sid, status, _address(event.get("email")), error, _refusal(kind, event, error))


def _refusal(kind: str, event: Mapping[str, Any], error: str) -> str:
    """A bounce of type ``blocked`` is for this once."""
    if kind == "bounce":
        return error if event.get("type", "bounce") == "bounce" else ""
    if kind == "dropped":
        return error if str(event.get("reason", "")).strip().lower() in _DROPPED_FOR_ITS_ADDRESS else ""
    return _REFUSALS.get(kind, "")


def _code(event: Mapping[str, Any]) -> str:
    status = event.get("status")
    return status if isinstance(status, str) and _ENHANCED.fullmatch(status) else ""


def _id_of(value: Any) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _named(value: Any) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def _address(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 254 else ""
