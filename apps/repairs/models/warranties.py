"""Warranties, one for each line that has one, and the parts that failed."""

from django.db import models

from apps.core.models import Record
from apps.inventory.models import Item, Supplier
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.lines import RepairLine
from apps.repairs.models.orders import RepairOrder


class Warranty(Record):
    """What is promised for a line from the hand-over on, in the words of that day. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="warranties")
    line = models.OneToOneField(RepairLine, on_delete=models.PROTECT, related_name="warranty")
    # A part that was replaced under warranty is warranted for as long as the one before it.
    continues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="continued_by")
    description = models.CharField(max_length=300)
    months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    terms = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "warranties"
        ordering = ["starts_on", "id"]

    def __str__(self) -> str:
        return f"{self.description} until {self.ends_on}"


class FaultyPart(Record, ActorColumns):
    """A part that failed: from whom it was, and its serial number as far as it is known. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="faulty_parts")
    line = models.ForeignKey(
        RepairLine, on_delete=models.PROTECT, related_name="faulty_parts"
    )  # that it was built in by
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="faulty_parts")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="faulty_parts")
    serial_number = models.CharField(max_length=100, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.reason
