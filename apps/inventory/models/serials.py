"""Units that are known one by one."""

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.inventory.enums import SerialState
from apps.inventory.models.branches import Branch
from apps.inventory.models.items import Item
from apps.inventory.models.stock import Reservation, StockMovement


class Serial(Record):
    """One unit of an item that tracks serials, in exactly one place. Changes only under the lock of its level."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="serials", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=SerialState, default=SerialState.IN_STOCK)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, related_name="serials", db_index=False)
    # Chosen for what is promised, so that no other movement takes it.
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, related_name="serials")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="inventory_serial_is_unique_for_its_item"),
            models.CheckConstraint(
                condition=Q(state=SerialState.IN_STOCK, branch__isnull=False)
                | (~Q(state=SerialState.IN_STOCK) & Q(branch=None, reservation=None)),
                name="inventory_serial_is_in_one_place",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "branch"], name="inventory_serial_by_place"),
            models.Index(fields=["branch"], name="inventory_serial_by_branch"),
            # A scan names no item.
            models.Index(fields=["number"], name="inventory_serial_by_number"),
        ]

    def __str__(self) -> str:
        return self.number


class MovedSerial(Record):
    """That a movement moved a unit. Append-only."""

    movement = models.ForeignKey(StockMovement, on_delete=models.PROTECT, related_name="moved_serials", db_index=False)
    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["movement", "serial"], name="inventory_serial_once_per_movement")
        ]

    def __str__(self) -> str:
        return f"{self.serial_id} by {self.movement_id}"
