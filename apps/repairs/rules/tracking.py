"""The customer's link: what its token says, who could have made it, and how a status is told to whom it is for."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from apps.repairs.enums import OrderStatus as S
from apps.repairs.rules.links import proven, signed

_PURPOSE = "apps.repairs.tracking.v1"
_ID, _NUMBER = 16, 2

PUBLIC_WORDS: Mapping[S, str] = {
    S.PENDING: "We have received your device",
    S.AWAITING_APPROVAL: "We are waiting for your answer",
    S.IN_PROGRESS: "We are repairing your device",
    S.WAITING_PARTS: "We are waiting for parts",
    S.COMPLETED: "The work is done, and we are checking your device",
    S.READY_PICKUP: "Your device is ready to be collected",
    S.DELIVERED: "You have your device back",
    S.CANCELLED: "The repair was cancelled",
}


def token_for(order_id: UUID, number: int, keys: Sequence[str]) -> str:
    """The token of an order's ``number``-th link, proven with the first of ``keys``."""
    return signed(order_id.bytes + number.to_bytes(_NUMBER, "big"), _PURPOSE, keys)


def read_token(token: str, keys: Sequence[str]) -> tuple[UUID, int] | None:
    """The order and the number that a token is for; ``None`` for one that none of ``keys`` has made."""
    said = proven(token, _ID + _NUMBER, _PURPOSE, keys)
    return None if said is None else (UUID(bytes=said[:_ID]), int.from_bytes(said[_ID:], "big"))


def tracking_path(token: str) -> str:
    """Where the customer's page is."""
    return f"/track/{token}/"


def masked(number: str) -> str:
    """An IMEI or serial number by which its owner knows the device, and with which nobody else can do anything."""
    return "•" * (len(number) - 4) + number[-4:] if len(number) > 8 else ""
