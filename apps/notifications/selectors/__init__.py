"""Questions about messages."""

from apps.notifications.selectors.consents import refused_channels, unsubscriber
from apps.notifications.selectors.messages import found_by, get_notification, notifications_visible_to
from apps.notifications.selectors.settings import held_until, messaging_of
from apps.notifications.selectors.telling import order_by_number, order_to_tell, told_by, told_of_status
from apps.notifications.selectors.templates import (
    default_templates,
    is_muted,
    may_word,
    templates_visible_to,
    templates_worded_by,
)
from apps.notifications.selectors.wording import Worded, default_wording, wording_of
from apps.notifications.selectors.words import Told, told_of_booking, told_of_order

__all__ = [
    "Told", "Worded", "default_templates", "default_wording", "found_by", "get_notification", "held_until",
    "is_muted", "may_word", "messaging_of", "notifications_visible_to", "order_by_number", "order_to_tell",
    "refused_channels", "templates_visible_to", "templates_worded_by", "told_by", "told_of_booking", "told_of_order",
    "told_of_status", "unsubscriber", "wording_of",
]  # fmt: skip
