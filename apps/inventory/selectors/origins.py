"""What was handed out, and from whom it had come."""

from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce

from apps.inventory.models import (
    MovedSerial,
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceiptLine,
    StockLevel,
    StockMovement,
    Supplier,
    SupplierItem,
)


def last_issued(source_type: str, source_id: UUID) -> StockMovement | None:
    """The movement by which a source last got what was promised to it."""
    out = StockMovement.objects.filter(reservation__source_type=source_type, reservation__source_id=source_id)
    return out.order_by("-created_at", "-id").first()


def serials_of(movement: StockMovement) -> list[str]:
    """The numbers of the units that a movement moved."""
    moved = MovedSerial.objects.filter(movement=movement).order_by("serial__number")
    return list(moved.values_list("serial__number", flat=True))


def supplier_of(item_id: UUID, branch_id: UUID, serial_number: str = "") -> Supplier | None:
    """From whom a unit was bought, as far as that is known for certain.

    By its serial number the one who delivered it; without one whoever alone has delivered the item to the branch, or,
    where nothing was ever delivered, whoever alone offers it.
    """
    came = PurchaseReceiptLine.objects.filter(line__item_id=item_id, movement__reversed_by=None)
    if serial_number:
        with_unit = came.filter(movement__moved_serials__serial__number=serial_number)
        found = with_unit.order_by("-created_at", "-id").values_list("receipt__order__supplier", flat=True).first()
        if found is not None:
            return Supplier.objects.get(pk=found)
    here = came.filter(receipt__order__branch_id=branch_id).order_by()
    known = set(here.values_list("receipt__order__supplier", flat=True).distinct()[:2])
    if not known:
        known = set(SupplierItem.objects.filter(item_id=item_id).values_list("supplier", flat=True)[:2])
    return Supplier.objects.get(pk=known.pop()) if len(known) == 1 else None


def covered_by_purchases(item_id: UUID, branch_id: UUID) -> int:
    """How many units those who wait at a branch can have once suppliers have brought what is on order.

    0 where nothing is: what is free now is nobody's order.
    """
    open_ones = PurchaseLine.objects.filter(
        item_id=item_id, order__branch_id=branch_id, order__in=PurchaseOrder.objects.under_way()
    )
    sums = open_ones.aggregate(
        ordered=Coalesce(Sum("quantity"), 0), came=Coalesce(Sum("received"), 0), gone=Coalesce(Sum("cancelled"), 0)
    )
    coming = int(sums["ordered"] - sums["came"] - sums["gone"])
    level = StockLevel.objects.filter(item_id=item_id, branch_id=branch_id).first()
    return coming + (level.available if level else 0) if coming else 0


def items_of_purchase(order_id: UUID) -> set[UUID]:
    """What a purchase order is for."""
    return set(PurchaseLine.objects.filter(order_id=order_id).values_list("item_id", flat=True))
