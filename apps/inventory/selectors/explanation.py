"""Why a stock number is what it is."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.enums import DocumentType, PurchaseStatus, ReservationStatus, TransferStatus
from apps.inventory.models import (
    MovedSerial,
    PurchaseLine,
    Reservation,
    StockLevel,
    StockMovement,
    TransferLine,
)
from apps.inventory.selectors.stock import levels_visible_to

EXPLAINED_AT_MOST = 5_000


@dataclass(frozen=True)
class Entry:
    """One movement as seen from one branch: what it changed, also in value (millionths), and what was on hand then."""

    movement: StockMovement
    change: int
    balance: int
    value_change: int | None
    serials: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Expected:
    """Units of a document that are on their way to the branch."""

    document_type: str
    document_id: UUID
    number: str
    quantity: int


@dataclass(frozen=True)
class Explanation:
    """Why a level is what it is.

    ``opening`` is the balance before the first entry: 0, unless ``left_out`` older movements are not among the entries.
    """

    level: StockLevel
    opening: int
    left_out: int
    entries: list[Entry]
    reservations: list[Reservation]
    expected: list[Expected]


def explain(level_id: UUID, *, actor: Actor, before: UUID | None = None, most: int = EXPLAINED_AT_MOST) -> Explanation:
    """The movements, live reservations and open documents behind a level; of the movements at most the latest ``most``.

    ``before`` goes on with those before one that has been answered. Raises ``NotFound`` outside the actor's scope.
    """
    level = levels_visible_to(actor).select_related("item", "branch").filter(pk=level_id).first()
    if level is None:
        raise NotFound("There is no such stock level.")
    touching = _movements_of(level)
    if before is not None:
        touching = _older_than(touching, before)
    latest = list(touching.order_by("-created_at", "-id")[:most])[::-1]
    serials = _serials_of(latest) if level.item.tracks_serials else {}
    entries = [_entry(movement, level.branch_id, serials.get(movement.pk, [])) for movement in latest]
    opening = entries[0].balance - entries[0].change if entries else 0
    left_out = touching.count() - len(entries) if len(entries) == most else 0
    live = level.reservations.filter(status=ReservationStatus.LIVE).select_related("level").prefetch_related("serials")
    return Explanation(level, opening, left_out, entries, list(live), expected_at(level))


def expected_at(level: StockLevel) -> list[Expected]:
    """The documents whose units are on their way to a level's branch, the oldest first."""
    return [*_in_transit_to(level), *_on_order_for(level)]


def _in_transit_to(level: StockLevel) -> list[Expected]:
    under_way = [TransferStatus.SENT, TransferStatus.PARTLY_RECEIVED]
    lines = TransferLine.objects.filter(
        item=level.item_id, transfer__to_branch=level.branch_id, transfer__status__in=under_way
    ).filter(quantity__gt=F("received") + F("missing"))
    return [
        Expected(DocumentType.TRANSFER.value, line.transfer_id, line.transfer.number, line.outstanding)
        for line in lines.select_related("transfer").order_by("transfer__created_at")
    ]


def _on_order_for(level: StockLevel) -> list[Expected]:
    under_way = [PurchaseStatus.ORDERED, PurchaseStatus.PARTLY_RECEIVED]
    lines = PurchaseLine.objects.filter(
        item=level.item_id, order__branch=level.branch_id, order__status__in=under_way
    ).filter(quantity__gt=F("received") + F("cancelled"))
    return [
        Expected(DocumentType.PURCHASE_ORDER.value, line.order_id, line.order.number, line.outstanding)
        for line in lines.select_related("order").order_by("order__created_at", "position")
    ]


def _movements_of(level: StockLevel) -> QuerySet[StockMovement]:
    touching = Q(from_branch_id=level.branch_id) | Q(to_branch_id=level.branch_id)
    return StockMovement.objects.filter(touching, item_id=level.item_id)


def _older_than(movements: QuerySet[StockMovement], pk: UUID) -> QuerySet[StockMovement]:
    """Raises ``NotFound`` if it is not one of them."""
    mark = movements.filter(pk=pk).first()
    if mark is None:
        raise NotFound("There is no such movement behind this level.")
    return movements.filter(Q(created_at__lt=mark.created_at) | Q(created_at=mark.created_at, pk__lt=mark.pk))


def _serials_of(movements: list[StockMovement]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    moved: Any = MovedSerial.objects.filter(movement__in=[movement.pk for movement in movements]).order_by(
        "serial__number"
    )
    for movement_id, number in moved.values_list("movement_id", "serial__number"):
        found[movement_id].append(number)
    return found


def _entry(movement: StockMovement, branch_id: UUID, serials: list[str]) -> Entry:
    if movement.from_branch_id == branch_id:
        return Entry(movement, -movement.quantity, movement.from_balance or 0, movement.from_value_micros, serials)
    return Entry(movement, movement.quantity, movement.to_balance or 0, movement.to_value_micros, serials)
