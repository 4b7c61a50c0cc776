"""Questions about messages."""

from apps.notifications.selectors.messages import found_by, get_notification, notifications_visible_to
from apps.notifications.selectors.planning import Planned, messaging_of, plan
from apps.notifications.selectors.telling import order_to_tell, told_by, told_of_status
from apps.notifications.selectors.wording import Worded, default_wording, wording_of
from apps.notifications.selectors.words import Told, told_of_booking, told_of_order

__all__ = [
    "Planned", "Told", "Worded", "default_wording", "found_by", "get_notification", "messaging_of",
    "notifications_visible_to", "order_to_tell", "plan", "told_by", "told_of_booking", "told_of_order",
    "told_of_status", "wording_of",
]  # fmt: skip
