"""Upkeep of what the core itself keeps."""

from django.conf import settings
from django.utils import timezone

from apps.core.models import IdempotencyRecord


def purge_idempotency() -> int:
    """Delete answers that are too old to be replayed; the number of rows deleted."""
    too_old = timezone.now() - settings.IDEMPOTENCY_LIFETIME
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=too_old).delete()
    return deleted
