"""Changes of many prices at once, and what each of them was before."""

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.pricing.enums import ChangeStatus
from apps.pricing.models.prices import Price, today


class BulkChange(Record):
    """One change of all prices that a selection finds. Previewed as a draft, then applied, and undone at most once."""

    selection = models.JSONField(default=dict)  # the filters of the price list, by their names in the interface
    operation = models.JSONField()  # {"kind", "value", "roundingStep", "roundingEnding"}
    reason = models.CharField(max_length=200)
    # From this day; the prices of before end on the day before, and stay as they were.
    valid_from = models.DateField(default=today)
    status = models.CharField(max_length=10, choices=ChangeStatus, default=ChangeStatus.DRAFT, editable=False)
    affected = models.PositiveIntegerField(default=0, editable=False)
    actor_kind = models.CharField(max_length=10, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    actor_label = models.CharField(max_length=200, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["created_at", "id"], name="pricing_change_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.DRAFT) | Q(applied_at__isnull=False), name="pricing_change_applied_when"
            ),
            models.CheckConstraint(
                condition=~Q(status=ChangeStatus.UNDONE) | Q(undone_at__isnull=False), name="pricing_change_undone_when"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class BulkChangeLine(Record):
    """What a bulk change did to one price: ended it or changed it, and which price it made of it.

    ``before`` and ``after`` are the columns as they were and as the change left them; to undo asks that they still are.
    """

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    price = models.ForeignKey(Price, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.ForeignKey(Price, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    kept_because = models.CharField(max_length=200, blank=True)  # why it was left as it is, or could not be undone

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint("change", "position", name="pricing_change_line_is_unique")]

    def __str__(self) -> str:
        return f"{self.position}"
