"""Messages are not kept for ever."""

from datetime import timedelta

from django.utils import timezone

from apps.notifications.models import Notification

KEPT_FOR = timedelta(days=90)


def purge() -> int:
    """Delete messages of more than 90 days ago, which is long after any was worth sending; the number of rows deleted."""
    deleted, _ = Notification.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
