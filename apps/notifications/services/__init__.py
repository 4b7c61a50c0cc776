"""Making messages and sending them."""

from apps.notifications.services.messages import tell_by_email, tell_customer
from apps.notifications.services.purging import purge
from apps.notifications.services.sending import send, sweep

__all__ = ["purge", "send", "sweep", "tell_by_email", "tell_customer"]
