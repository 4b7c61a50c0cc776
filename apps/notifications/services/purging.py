"""Messages to accounts are not kept for ever; what a customer was told of an order is part of its history."""

from datetime import timedelta

from django.utils import timezone

from apps.notifications.models import Notification

KEPT_FOR = timedelta(days=90)


def purge() -> int:
    """Delete messages to accounts of more than 90 days ago, which is long after any was worth sending; how many."""
    deleted, _ = Notification.objects.filter(customer=None, created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
