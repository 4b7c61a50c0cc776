"""The work itself: time that was spent, and work that had to be done again."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.core.models import Record
from apps.inventory.models import Item
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.lines import RepairLine
from apps.repairs.models.orders import RepairOrder


class WorkEntry(Record):
    """Time that somebody worked on an order, or on one line of it. Without an end they are at it now."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="work_entries")
    # The line may be taken off again; the time was spent all the same.
    line = models.ForeignKey(RepairLine, on_delete=models.SET_NULL, null=True, related_name="work_entries")
    technician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="work_entries")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["technician"], condition=Q(stopped_at=None), name="repairs_works_on_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="repairs_work_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class WorkCorrection(Record, ActorColumns):
    """That times were corrected, from what and why. Append-only."""

    entry = models.ForeignKey(WorkEntry, on_delete=models.PROTECT, related_name="corrections")
    old_started_at = models.DateTimeField()
    old_stopped_at = models.DateTimeField(null=True)
    new_started_at = models.DateTimeField()
    new_stopped_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.reason


class Rework(Record, ActorColumns):
    """That work had to be done again: whose it was, on which part, and why. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="reworks")
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="reworks"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="reworks")
    line_id_then = models.UUIDField(null=True)
    reason = models.CharField(max_length=1000)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.reason
