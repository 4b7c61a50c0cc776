"""Questions about levels, movements and reservations, within what the asker may see."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.enums import ReservationStatus, TransferStatus
from apps.inventory.models import (
    Item,
    MovedSerial,
    Reservation,
    Serial,
    StockLevel,
    StockMovement,
    TransferLine,
)
from apps.inventory.rules.serials import normal
from apps.inventory.selectors.branches import branches_within


def levels_visible_to(actor: Actor) -> QuerySet[StockLevel]:
    """The stock levels of the branches whose stock ``actor`` may read."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return StockLevel.objects.all()
    return StockLevel.objects.filter(branch__in=branches_within(actor, Right.STOCK_READ))


def movements_visible_to(actor: Actor) -> QuerySet[StockMovement]:
    """The movements that touch a branch whose stock ``actor`` may read."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return StockMovement.objects.all()
    within = branches_within(actor, Right.STOCK_READ).values("pk")
    return StockMovement.objects.filter(Q(from_branch__in=within) | Q(to_branch__in=within))


def reservations_visible_to(actor: Actor) -> QuerySet[Reservation]:
    """The reservations at the branches whose stock ``actor`` may read."""
    return Reservation.objects.filter(level__in=levels_visible_to(actor))


def units_picked_for(source_type: str) -> Coalesce:
    """For each row of a query of sources: how many units are picked for what is reserved for it."""
    picked = Serial.objects.filter(reservation__source_type=source_type, reservation__source_id=OuterRef("pk"))
    units = picked.order_by().values("reservation__source_id").annotate(units=Count("pk"))
    return Coalesce(Subquery(units.values("units")), 0)


def reservations_to_pick(source_type: str, source_ids: Iterable[UUID]) -> dict[UUID, Reservation]:
    """What is reserved of items that track serials, by its source, with the units that are picked."""
    live = Reservation.objects.filter(
        source_type=source_type,
        source_id__in=source_ids,
        status=ReservationStatus.LIVE,
        level__item__tracks_serials=True,
    )
    return {found.source_id: found for found in live.prefetch_related("serials")}


def serials_visible_to(actor: Actor) -> QuerySet[Serial]:
    """The units of the branches whose stock ``actor`` may read; those that are nowhere, if they have been there."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return Serial.objects.all()
    moved = MovedSerial.objects.filter(movement__in=movements_visible_to(actor).values("pk"))
    within = branches_within(actor, Right.STOCK_READ).values("pk")
    return Serial.objects.filter(Q(branch__in=within) | Q(branch=None, pk__in=moved.values("serial")))


def serials_found_by(serials: QuerySet[Serial], text: str) -> QuerySet[Serial]:
    """Those whose number holds ``text``, however it is written."""
    return serials.filter(number__contains=normal(text))


def movements_of_serial(serial_id: UUID, *, actor: Actor) -> QuerySet[StockMovement]:
    """The movements of a unit that ``actor`` may see."""
    return movements_visible_to(actor).filter(moved_serials__serial=serial_id)


def has_units(item_id: UUID) -> bool:
    """Whether any unit of an item is on hand or in transit somewhere."""
    under_way = TransferLine.objects.filter(
        item_id=item_id,
        transfer__status__in=[TransferStatus.SENT, TransferStatus.PARTLY_RECEIVED],
        quantity__gt=F("received") + F("missing"),
    )
    return StockLevel.objects.filter(item_id=item_id, quantity__gt=0).exists() or under_way.exists()


def of_items_found_by(records: QuerySet[Any], text: str, of: str = "item") -> QuerySet[Any]:
    """Those of the records whose item, at the end of the path ``of``, the search for items finds."""
    return records.filter(**{f"{of}__in": Item.objects.found_by(text)})


def levels_of_branch(branch_id: UUID, *, actor: Actor) -> QuerySet[StockLevel]:
    """Raises ``NotFound`` for a branch whose stock ``actor`` may not read."""
    if not branches_within(actor, Right.STOCK_READ).filter(pk=branch_id).exists():
        raise NotFound("There is no such branch.")
    return StockLevel.objects.filter(branch_id=branch_id)


def low_levels(branch_id: UUID | None = None, *, actor: Actor) -> QuerySet[StockLevel]:
    """What is available at or below its reorder level. Raises ``NotFound`` as ``levels_of_branch`` does."""
    within = levels_visible_to(actor) if branch_id is None else levels_of_branch(branch_id, actor=actor)
    return StockLevel.objects.low().filter(pk__in=within.values("pk"))


def levels_of_item(item_id: UUID, *, actor: Actor) -> QuerySet[StockLevel]:
    """Raises ``NotFound`` for an unknown item."""
    if not Item.objects.filter(pk=item_id).exists():
        raise NotFound("There is no such item.")
    return levels_visible_to(actor).filter(item_id=item_id)


def stock_figures() -> tuple[int, int]:
    """How many levels and how many movements there are."""
    return StockLevel.objects.count(), StockMovement.objects.count()
