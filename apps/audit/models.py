"""The event log and its deliveries."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.audit.enums import DeliveryStatus
from apps.core.ids import new_id


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, aggregate: str, aggregate_id: object) -> "EventQuerySet":
        """The history of one record, oldest first."""
        return self.filter(aggregate=aggregate, aggregate_id=aggregate_id).order_by("created_at", "id")


class Event(models.Model):
    """One thing that happened. Append-only; the actor is kept as it was, without a foreign key, and outlives its user."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=80)
    aggregate = models.CharField(max_length=60)
    aggregate_id = models.UUIDField()
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["aggregate", "aggregate_id", "created_at"], name="audit_event_of_record"),
            models.Index(fields=["created_at", "id"], name="audit_event_by_time"),
            models.Index(fields=["actor_id", "created_at"], name="audit_event_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.type} by {self.actor_label}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: object) -> "DeliveryQuerySet":
        """Pending, their time has come, and no worker holds them."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, status=DeliveryStatus.PENDING, next_attempt_at__lte=now)

    def dead(self) -> "DeliveryQuerySet":
        """Given up; waiting for a person."""
        return self.filter(status=DeliveryStatus.DEAD)


class Delivery(models.Model):
    """One subscriber's turn at one event; claimed with a lease, done in the transaction of the subscriber's effect."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    subscriber = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="audit_one_delivery_per_subscriber"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status=DeliveryStatus.PENDING), name="audit_delivery_pending"
            ),
            models.Index(
                fields=["next_attempt_at"], condition=Q(status=DeliveryStatus.DEAD), name="audit_delivery_dead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.event_id}"
