"""Stock levels, the movements that they are the sum of, and reservations."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.enums import DocumentType, MovementType, ReservationStatus
from apps.inventory.models.branches import Branch, default_currency
from apps.inventory.models.items import Item


class StockLevelQuerySet(models.QuerySet[Any]):
    def low(self) -> "StockLevelQuerySet":
        """Available stock at or below the item's reorder level."""
        return self.filter(item__is_active=True, item__reorder_level__gte=F("quantity") - F("reserved"))


class StockLevel(Record):
    """What a branch holds of an item. Changes only under its row lock, beside what explains the change.

    ``incoming`` is on order or in transit to the branch. ``value_micros`` is what the units on hand have cost, in
    millionths of the branch's currency: whole numbers, which both databases add up exactly.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="stock_levels")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="stock_levels", db_index=False)
    quantity = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    incoming = models.IntegerField(default=0)
    value_micros = models.BigIntegerField(default=0)
    # What the last unit was worth when the last one left: an empty shelf has no average of its own.
    last_cost_micros = models.BigIntegerField(null=True)

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        ordering = ["item__name", "branch__name"]
        constraints = [
            models.UniqueConstraint(fields=["item", "branch"], name="inventory_one_level_per_item_and_branch"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="inventory_quantity_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("quantity")), name="inventory_reserved_within_quantity"
            ),
            models.CheckConstraint(condition=Q(incoming__gte=0), name="inventory_incoming_not_negative"),
            models.CheckConstraint(
                condition=Q(value_micros__gte=0) & (Q(quantity__gt=0) | Q(value_micros=0)),
                name="inventory_value_belongs_to_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} ({self.reserved} reserved)"

    @property
    def available(self) -> int:
        return self.quantity - self.reserved


class Reservation(Record):
    """Units of an item at a branch that are promised to one source, such as a line of a repair order."""

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    source_type = models.CharField(max_length=60)
    source_id = models.UUIDField()
    # What the source belongs to, such as the repair order of a line; for the explanation of a number.
    document_id = models.UUIDField(null=True)
    document_label = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=ReservationStatus, default=ReservationStatus.LIVE)
    # For what is only offered, such as a quote: released by itself after this.
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id"],
                condition=Q(status=ReservationStatus.LIVE),
                name="inventory_one_live_reservation_per_source",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_reservation_not_empty"),
        ]
        indexes = [
            models.Index(
                fields=["level"], condition=Q(status=ReservationStatus.LIVE), name="inventory_reservation_live"
            ),
            models.Index(fields=["source_type", "source_id"], name="inventory_reservation_source"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=ReservationStatus.LIVE, expires_at__isnull=False),
                name="inventory_reservation_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.document_label or self.source_type}"


_ONE_SIDE = {
    MovementType.IN: Q(from_branch=None, to_branch__isnull=False),
    MovementType.RETURN: Q(from_branch=None, to_branch__isnull=False),
    MovementType.ADJUSTMENT: Q(from_branch=None, to_branch__isnull=False),
    MovementType.OUT: Q(from_branch__isnull=False, to_branch=None),
    MovementType.TRANSFER: Q(from_branch__isnull=False, to_branch__isnull=False) & ~Q(from_branch=F("to_branch")),
}


# What is sent goes from a branch into transit, and from there to another.
_IN_TRANSIT = Q(movement_type=MovementType.TRANSFER, document_type=DocumentType.TRANSFER) & (
    Q(from_branch__isnull=False, to_branch=None) | Q(from_branch=None, to_branch__isnull=False)
)


def _sides_fit() -> Q:
    fits = Q() | _IN_TRANSIT
    for kind, sides in _ONE_SIDE.items():
        fits |= Q(movement_type=kind) & sides
    return fits


class StockMovement(Record):
    """Units that came, went, moved or were found different. Append-only, and the truth about stock.

    ``quantity`` is positive, signed for an ADJUSTMENT. ``from_balance`` and ``to_balance`` are what was on hand at each
    branch afterwards, ``from_value_micros`` and ``to_value_micros`` by how much the value of its stock changed there, in
    millionths of its currency. The actor is kept as in an event, without a foreign key.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="movements", db_index=False)
    movement_type = models.CharField(max_length=20, choices=MovementType)
    quantity = models.IntegerField()
    unit_price = MoneyField(null=True)
    currency = models.CharField(max_length=3, default=default_currency)
    from_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, related_name="movements_out")
    to_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, related_name="movements_in")
    from_balance = models.IntegerField(null=True)
    to_balance = models.IntegerField(null=True)
    from_value_micros = models.BigIntegerField(null=True)
    to_value_micros = models.BigIntegerField(null=True)
    reference_number = models.CharField(max_length=100, blank=True)
    notes = models.TextField(max_length=1000, blank=True)
    # The repair order is in an app above: its id is kept without a key.
    repair_order_id = models.UUIDField(null=True)
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, null=True, related_name="movement")
    # What booked it, by a number that is also its reference; no key, because the kinds of document are many.
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_id = models.UUIDField(null=True)
    document_line_id = models.UUIDField(null=True)
    # One-to-one: nothing is undone twice.
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=_sides_fit(), name="inventory_movement_sides_fit_its_kind"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) | Q(movement_type=MovementType.ADJUSTMENT),
                name="inventory_movement_moves_something",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="inventory_movement_by_time"),
            models.Index(fields=["item", "from_branch", "created_at"], name="inventory_movement_out_of"),
            models.Index(fields=["item", "to_branch", "created_at"], name="inventory_movement_into"),
            models.Index(fields=["repair_order_id"], name="inventory_movement_of_order"),
            models.Index(
                fields=["document_id"], condition=Q(document_id__isnull=False), name="inventory_movement_of_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movement_type} {self.quantity}"
