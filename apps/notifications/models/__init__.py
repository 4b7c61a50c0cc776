"""Messages, what became of them, and what decides whether they go out."""

from apps.notifications.models.consents import Consent
from apps.notifications.models.messages import OPEN, Notification
from apps.notifications.models.providers import Provider, Suppression
from apps.notifications.models.settings import MessagingSettings, OrderMute, SwitchedOff
from apps.notifications.models.templates import MessageTemplate

__all__ = [
    "OPEN", "Consent", "MessageTemplate", "MessagingSettings", "Notification", "OrderMute", "Provider", "Suppression",
    "SwitchedOff",
]  # fmt: skip
