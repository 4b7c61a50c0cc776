"""What customers may refuse, the links by which they do so, and the words by which they do so in an SMS."""

import re
from collections.abc import Sequence
from uuid import UUID

from apps.notifications.enums import Purpose
from apps.repairs.rules.links import proven, signed

# By their number in a link. Neither codes nor warnings about one's own account can be refused.
_REFUSABLE = (Purpose.SERVICE, Purpose.REMINDER)
REFUSABLE = frozenset(_REFUSABLE)
_LINK = "apps.notifications.unsubscribe.v1"
_ID = 16
_NUMBER = re.compile(r"\+[0-9]{6,15}")
# As Twilio and the carriers know them (https://help.twilio.com/articles/223134027).
_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
_START = frozenset({"START", "YES", "UNSTOP"})


def unsubscribe_path(customer_id: UUID, purpose: Purpose, keys: Sequence[str]) -> str:
    """Where a customer ends the e-mails of this purpose, proven with the first of ``keys``."""
    said = customer_id.bytes + bytes([_REFUSABLE.index(purpose)])
    return f"/unsubscribe/{signed(said, _LINK, keys)}/"


def read_unsubscribe_token(token: str, keys: Sequence[str]) -> tuple[UUID, Purpose] | None:
    """The customer and the purpose that a token is for; ``None`` for one that none of ``keys`` has made."""
    said = proven(token, _ID + 1, _LINK, keys)
    if said is None or said[_ID] >= len(_REFUSABLE):
        return None
    return UUID(bytes=said[:_ID]), _REFUSABLE[said[_ID]]


def is_number(text: str) -> bool:
    """Whether this is a phone number as Twilio and we write it."""
    return _NUMBER.fullmatch(text) is not None


def granted_by(text: str) -> bool | None:
    """What an SMS decides: ``False`` for no more, ``True`` for yes again, ``None`` for what is no such word."""
    word = text.strip().upper()
    return False if word in _STOP else True if word in _START else None
