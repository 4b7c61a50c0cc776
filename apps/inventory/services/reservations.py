"""Promising stock to a source, handing it out, and giving it back: each at most once."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory import events
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import Reservation, StockMovement
from apps.inventory.services.ledger import Ledger, open_ledger


@dataclass(frozen=True)
class Need:
    """What a source needs: units of an item at a branch, for a document that a person knows by its label."""

    source_id: UUID
    item_id: UUID
    branch_id: UUID
    quantity: int
    document_id: UUID
    document_label: str


@transaction.atomic
def reserve(source_type: str, needs: Iterable[Need], *, actor: Actor) -> set[UUID]:
    """Promise each need in full, or not at all where there is not enough; the source ids that now hold a promise.

    Needs that hold one already keep it: asking twice reserves once. The order of ``needs`` decides who gets the last.
    """
    wanted = list(needs)
    if not wanted:
        return set()
    ledger = open_ledger(((need.item_id, need.branch_id) for need in wanted), actor=actor)
    held = set(_live(source_type, [need.source_id for need in wanted]).values_list("source_id", flat=True))
    made = [need for need in wanted if need.source_id not in held and _promise(ledger, need)]
    Reservation.objects.bulk_create(_row(ledger, source_type, need) for need in made)
    ledger.close()
    return held | {need.source_id for need in made}


@transaction.atomic
def issue(source_type: str, source_ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Take what is promised to the sources out of stock, each with its OUT movement; the sources that had a promise.

    A promise is handed out once: a second call finds none.
    """
    ledger, found = _open(source_type, source_ids, actor)
    for reservation in found:
        place = (reservation.level.item_id, reservation.level.branch_id)
        after = ledger.balance(place).with_reserved(-reservation.quantity).moved(-reservation.quantity)
        ledger.set_balance(place, after)
        ledger.add(
            StockMovement(
                id=new_id(),
                item_id=place[0],
                movement_type=MovementType.OUT,
                quantity=reservation.quantity,
                currency=reservation.level.branch.currency,
                from_branch_id=place[1],
                from_balance=after.quantity,
                reference_number=reservation.document_label,
                repair_order_id=reservation.document_id,
                reservation=reservation,
            )
        )
    _close(found, ReservationStatus.ISSUED)
    ledger.close()
    return {reservation.source_id for reservation in found}


@transaction.atomic
def release(source_type: str, source_ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Take back what is promised to the sources; those that had a promise. A second call finds none."""
    ledger, found = _open(source_type, source_ids, actor)
    for reservation in found:
        place = (reservation.level.item_id, reservation.level.branch_id)
        ledger.set_balance(place, ledger.balance(place).with_reserved(-reservation.quantity))
        ledger.told.append(
            events.StockReleased(
                aggregate_id=place[0],
                branch_id=place[1],
                quantity=reservation.quantity,
                source_id=reservation.source_id,
            )
        )
    _close(found, ReservationStatus.RELEASED)
    ledger.close()
    return {reservation.source_id for reservation in found}


def _promise(ledger: Ledger, need: Need) -> bool:
    place = (need.item_id, need.branch_id)
    try:
        ledger.set_balance(place, ledger.balance(place).with_reserved(need.quantity))
    except InsufficientStock:
        return False
    ledger.told.append(
        events.StockReserved(
            aggregate_id=need.item_id, branch_id=need.branch_id, quantity=need.quantity, source_id=need.source_id
        )
    )
    return True


def _row(ledger: Ledger, source_type: str, need: Need) -> Reservation:
    return Reservation(
        level=ledger.levels[need.item_id, need.branch_id],
        quantity=need.quantity,
        source_type=source_type,
        source_id=need.source_id,
        document_id=need.document_id,
        document_label=need.document_label,
    )


def _live(source_type: str, source_ids: Iterable[UUID]) -> "QuerySet[Reservation]":
    return Reservation.objects.filter(
        source_type=source_type, source_id__in=list(source_ids), status=ReservationStatus.LIVE
    )


def _open(source_type: str, source_ids: Iterable[UUID], actor: Actor) -> tuple[Ledger, list[Reservation]]:
    """Lock the levels first, then look again at what is still promised: reservations change only under those locks."""
    live = _live(source_type, source_ids)
    ledger = open_ledger(live.values_list("level__item_id", "level__branch_id"), actor=actor)
    found = list(live.select_related("level__branch").order_by("pk")) if ledger.levels else []
    return ledger, found


def _close(reservations: list[Reservation], status: ReservationStatus) -> None:
    if reservations:
        Reservation.objects.filter(pk__in=[reservation.pk for reservation in reservations]).update(
            status=status, closed_at=timezone.now(), updated_at=timezone.now()
        )
