"""The lines of an order: what is done, with which part, for how much."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from apps.catalog.models import PartType, RepairType
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.models import Item
from apps.repairs.enums import LineState
from apps.repairs.models.orders import RepairOrder


class RepairLine(Record):
    """One kind of work. With an ``item`` it needs that many units from the branch's stock."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    repair_type = models.ForeignKey(RepairType, on_delete=models.PROTECT, related_name="+")
    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="repair_lines")
    quantity = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    unit_price = MoneyField()
    # What the unit price was taken from, while nobody has set it: see `rules.estimates`.
    estimate = models.JSONField(null=True, editable=False)
    discount = MoneyField(default=0)
    total_price = MoneyField(editable=False)
    # The rate that held when the line was priced, and the tax on, or within, its total: see `rules.amounts`.
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3, default=0, editable=False)
    tax_amount = MoneyField(default=0, editable=False)
    state = models.CharField(max_length=15, choices=LineState, default=LineState.PLANNED, editable=False)
    warranty_months = models.PositiveSmallIntegerField(default=0)
    warranty_until = models.DateField(null=True, editable=False)
    # The warranty of an earlier repair that pays for this line.
    covered_by = models.ForeignKey(
        "repairs.Warranty", on_delete=models.PROTECT, null=True, editable=False, related_name="claimed_by"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="repairs_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, total_price__gte=0), name="repairs_line_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["item", "created_at"],
                condition=Q(state__in=["backordered", "on_order"]),
                name="repairs_line_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.repair_type_id}"
