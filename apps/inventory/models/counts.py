"""Counting what is really on the shelf."""

from typing import Any

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.inventory.enums import CountStatus
from apps.inventory.models.branches import Branch
from apps.inventory.models.documents import Document
from apps.inventory.models.items import Category, Item
from apps.inventory.models.serials import Serial


class StockCountQuerySet(models.QuerySet[Any]):
    def open(self) -> "StockCountQuerySet":
        return self.filter(status=CountStatus.OPEN)


class StockCount(Document):
    """A count of a branch, or of one category (and all below it) there. Posted in one step, once."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="stock_counts")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="stock_counts")
    status = models.CharField(max_length=20, choices=CountStatus, default=CountStatus.OPEN)
    # Whether those who enter counts are not told what is expected.
    is_blind = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = StockCountQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["created_at", "id"], name="inventory_count_by_time")]


class CountLine(Record):
    """What was counted of one item, against what was on hand at that moment.

    The difference is ``counted - on_hand``: movements after the counting change both shelf and books alike. Stock that
    moved between two entries of one line makes it ``disturbed``: nobody can tell which units were already counted, so
    that it must be counted again in one entry. Units with serial numbers are known one by one, so that their lines are
    never disturbed. Counting a line again begins its next ``round``: entries of earlier ones no longer count.
    """

    count = models.ForeignKey(StockCount, on_delete=models.PROTECT, related_name="lines", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="count_lines")
    counted = models.PositiveIntegerField(null=True)  # null while nobody has counted it
    on_hand = models.IntegerField(default=0)
    # The last movement of the item at the branch when counting began: another one later disturbs.
    last_movement_id = models.UUIDField(null=True)
    disturbed = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)
    round = models.PositiveIntegerField(default=1)
    # What one unit was worth when the line was counted, in millionths of the branch's currency.
    unit_micros = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["item__name", "id"]
        constraints = [models.UniqueConstraint(fields=["count", "item"], name="inventory_item_once_per_count")]

    def __str__(self) -> str:
        return f"{self.counted} of {self.item_id}"

    @property
    def difference(self) -> int | None:
        return None if self.counted is None else self.counted - self.on_hand


class CountEntry(Record):
    """One scan or one typed number; its id comes from the phone, so that a scan sent twice counts once. Append-only."""

    line = models.ForeignKey(CountLine, on_delete=models.PROTECT, related_name="entries")
    round = models.PositiveIntegerField(default=1)
    # What was added to the line, or, if ``total``, what the line was set to.
    quantity = models.IntegerField()
    total = models.BooleanField(default=False)
    # None for a unit that nobody had on the books.
    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, null=True, related_name="count_entries")
    serial_number = models.CharField(max_length=100, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "count entries"
        constraints = [
            models.UniqueConstraint(
                fields=["line", "round", "serial_number"],
                condition=~Q(serial_number=""),
                name="inventory_serial_once_per_count",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"
