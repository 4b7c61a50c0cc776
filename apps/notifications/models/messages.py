"""The messages and what became of them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Customer
from apps.core.models import Record
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent, Status
from apps.notifications.rules import USUAL
from apps.repairs.models import RepairOrder

OPEN = (Status.PENDING, Status.SENDING, Status.UNCERTAIN)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> "NotificationQuerySet":
        """To be sent now: waiting, or perhaps not sent by a sender that died."""
        waiting = (Status.PENDING, Status.UNCERTAIN)
        return self.filter(status__in=waiting, next_try_at__lte=now, expires_at__gt=now)

    def in_order(self) -> "NotificationQuerySet":
        """As they are sent: codes first, then by their time."""
        return self.order_by("priority", "next_try_at", "id")

    def overdue(self, now: datetime) -> "NotificationQuerySet":
        """Not sent in the time in which it was worth sending."""
        return self.filter(status=Status.PENDING, expires_at__lte=now)

    def abandoned(self, now: datetime) -> "NotificationQuerySet":
        """Claimed by a sender whose lease has run out."""
        return self.filter(status=Status.SENDING, lease_until__lte=now)


class Notification(Record):
    """One message to one person over one channel.

    It goes to a customer, as what was written when it was made, or to a user, whose address and words are looked up to
    be sent: a code is never kept. ``source_id`` is the event that it tells of, ``dedupe_key`` what there is once;
    ``template_version`` is 0 where it is in Mendery's own words, ``recipient`` the address that it goes to, and
    ``in_flight_at`` is set just before it is handed over.
    """

    event = models.CharField(max_length=30, choices=MessageEvent)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications"
    )
    order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=20, blank=True)
    source_id = models.UUIDField()
    dedupe_key = models.CharField(max_length=120, unique=True)
    language = models.CharField(max_length=20, blank=True)
    template_version = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    merged = models.PositiveSmallIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=USUAL)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    in_flight_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=30, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(customer__isnull=False), name="notifications_one_recipient"
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "next_try_at"], condition=Q(status__in=OPEN), name="notifications_open"),
            models.Index(fields=["created_at", "id"], name="notifications_by_time"),
            models.Index(fields=["customer", "channel", "in_flight_at"], name="notifications_of_customer"),
            models.Index(fields=["order", "event"], name="notifications_of_order"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="notifications_by_provider"),
            models.Index(fields=["created_at"], condition=Q(status=Status.FAILED), name="notifications_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.event} by {self.channel}"
