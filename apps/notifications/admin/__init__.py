"""The back office of messages."""

from apps.notifications.admin.messages import NotificationAdmin, ProviderAdmin, SuppressionAdmin
from apps.notifications.admin.settings import MessageTemplateAdmin, MessagingSettingsAdmin, SwitchedOffAdmin

__all__ = [
    "MessageTemplateAdmin", "MessagingSettingsAdmin", "NotificationAdmin", "ProviderAdmin", "SuppressionAdmin",
    "SwitchedOffAdmin",
]  # fmt: skip
