"""What each event is: why it is told, by which statuses, and what of it nobody may hold back."""

from collections.abc import Mapping

from apps.notifications.enums import Channel, MessageEvent, Purpose
from apps.repairs.enums import OrderStatus

PURPOSES: Mapping[MessageEvent, Purpose] = {
    MessageEvent.OTP: Purpose.ACCOUNT,
    MessageEvent.ACCOUNT_NOTICE: Purpose.ACCOUNT,
    MessageEvent.REPORT: Purpose.STAFF,
    MessageEvent.STOCK_LOW: Purpose.STAFF,
    MessageEvent.PAYMENT_REMINDER: Purpose.REMINDER,
    MessageEvent.PICKUP_REMINDER: Purpose.REMINDER,
    MessageEvent.BOOKING_REMINDER: Purpose.REMINDER,
}
OF_STATUS: Mapping[OrderStatus, MessageEvent] = {
    OrderStatus.IN_PROGRESS: MessageEvent.REPAIR_IN_PROGRESS,
    OrderStatus.COMPLETED: MessageEvent.REPAIR_COMPLETED,
    OrderStatus.READY_PICKUP: MessageEvent.REPAIR_READY_PICKUP,
    OrderStatus.DELIVERED: MessageEvent.REPAIR_DELIVERED,
}
# How a customer's messages can go out, in the order in which a preview names them.
CUSTOMER_CHANNELS = (Channel.EMAIL, Channel.SMS)
# Sent before everything else, in quiet hours too, and counted apart.
FIRST, USUAL = 0, 5


def purpose_of(event: MessageEvent) -> Purpose:
    return PURPOSES.get(event, Purpose.SERVICE)


def priority_of(event: MessageEvent) -> int:
    return FIRST if event == MessageEvent.OTP else USUAL


def is_replaced_by_newer(event: MessageEvent) -> bool:
    """Whether a message that waits says what is not true any more once there is a newer one; of money each counts."""
    return event != MessageEvent.PAYMENT_RECEIVED


def waits_for_morning(event: MessageEvent) -> bool:
    """Whether quiet hours hold it back; what somebody has just asked for, or the shop's own people need, is not."""
    return purpose_of(event) in {Purpose.SERVICE, Purpose.REMINDER}


# What every message about a repair can say, and what only some can. All are texts in the customer's language.
_OF_PEOPLE = frozenset({"first_name", "name", "shop", "shop_phone", "shop_address", "shop_hours", "link", "device"})
_OF_ORDERS = _OF_PEOPLE | {"order_number", "total", "balance", "promised"}
_VARIABLES: Mapping[MessageEvent, frozenset[str]] = {
    MessageEvent.PAYMENT_RECEIVED: _OF_ORDERS | {"amount"},
    MessageEvent.PAYMENT_REMINDER: _OF_ORDERS | {"ready_since"},
    MessageEvent.PICKUP_REMINDER: _OF_ORDERS | {"ready_since"},
    MessageEvent.QUOTE_SENT: _OF_ORDERS | {"valid_until", "message"},
    MessageEvent.BOOKING_REMINDER: _OF_PEOPLE | {"starts_at"},
}
# Those that customers are told, and that a shop may word itself.
WORDED = tuple(event for event in MessageEvent if purpose_of(event) in {Purpose.SERVICE, Purpose.REMINDER})


def variables_of(event: MessageEvent) -> frozenset[str]:
    """The words that a template of this event may use."""
    return _VARIABLES.get(event, _OF_ORDERS)
