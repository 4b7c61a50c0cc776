"""The messages and what became of them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.models import Record
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.rules import SENT_AGAIN_WHEN_UNCERTAIN

OPEN = (Status.PENDING, Status.SENDING, Status.UNCERTAIN)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> "NotificationQuerySet":
        """To be sent now: waiting, or lost by a sender that died where a second message does no harm."""
        again = Q(status=Status.UNCERTAIN, event__in=SENT_AGAIN_WHEN_UNCERTAIN)
        return self.filter(Q(status=Status.PENDING) | again, next_try_at__lte=now, expires_at__gt=now)

    def overdue(self, now: datetime) -> "NotificationQuerySet":
        """Not sent in the time in which it was worth sending."""
        return self.filter(status=Status.PENDING, expires_at__lte=now)

    def abandoned(self, now: datetime) -> "NotificationQuerySet":
        """Claimed by a sender whose lease has run out."""
        return self.filter(status=Status.SENDING, lease_until__lte=now)


class Notification(Record):
    """One message to one person over one channel. It holds no address and no code: both are looked up to be sent.

    ``source_id`` is the event that it tells of; ``in_flight_at`` is set just before it is handed over.
    """

    event = models.CharField(max_length=30, choices=MessageEvent)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    purpose = models.CharField(max_length=20, blank=True)
    source_id = models.UUIDField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    in_flight_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["source_id", "user", "channel"], name="notifications_one_per_event"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status__in=OPEN), name="notifications_open"),
            models.Index(fields=["created_at", "id"], name="notifications_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} by {self.channel}"
