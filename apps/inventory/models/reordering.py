"""When and how much to order, as it was last computed."""

from django.db import models

from apps.core.models import Record
from apps.inventory.models.stock import StockLevel


class ReorderPoint(Record):
    """What usage says about ordering an item for a branch, and every number that led to it."""

    level = models.OneToOneField(StockLevel, on_delete=models.PROTECT, related_name="reorder_point")
    computed_at = models.DateTimeField()
    # Order when what is available, on its way and not waited for is this many units or fewer (−1: never for the
    # shelf), …
    reorder_at = models.IntegerField()
    # … and then so many, in whole packs.
    order_quantity = models.PositiveIntegerField()
    pack_size = models.PositiveIntegerField(default=1)
    minimum_quantity = models.PositiveIntegerField(default=1)
    basis = models.CharField(max_length=20, default="NOTHING")
    # Plain numbers and words by name.
    explanation = models.JSONField(default=dict)

    class Meta:
        ordering = ["level__item__name"]

    def __str__(self) -> str:
        return f"at {self.reorder_at} order {self.order_quantity}"
