"""Promising stock to a source, handing it out, and giving it back: each at most once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.rules import Reach, Right, require
from apps.core import writing
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ValidationFailed
from apps.core.ids import new_id
from apps.inventory import events
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.exceptions import SerialElsewhere, SerialsMissing
from apps.inventory.models import Reservation, Serial, StockMovement
from apps.inventory.registry import Waiting, is_order_of, waiting_at
from apps.inventory.rules.queues import claimed, turn
from apps.inventory.rules.serials import named
from apps.inventory.selectors import branches_within
from apps.inventory.services.ledger import Ledger, Place, open_ledger

EXPIRED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Need:
    """What a source needs: units of an item at a branch, for a document that a person knows by its label."""

    source_id: UUID
    item_id: UUID
    branch_id: UUID
    quantity: int
    document_id: UUID
    document_label: str
    # For what is only offered: released by itself after this.
    expires_at: datetime | None = None
    # When the document was made, and for when it was promised: who comes before that is served first. Without the first,
    # everybody who waits is.
    since: datetime | None = None
    promised: datetime | None = None


@transaction.atomic
def reserve(source_type: str, needs: Iterable[Need], *, actor: Actor) -> set[UUID]:
    """Promise each need in full, or not at all where there is not enough; the source ids that now hold a promise.

    Needs that hold one already keep it: asking twice reserves once. The order of ``needs`` decides who gets the last, but
    nobody gets what those whose turn comes before would take: what has just arrived is theirs, also before they are told.
    """
    wanted = list(needs)
    if not wanted:
        return set()
    ledger = open_ledger(((need.item_id, need.branch_id) for need in wanted), actor=actor)
    held = set(_live(source_type, [need.source_id for need in wanted]).values_list("source_id", flat=True))
    asking = [need for need in wanted if need.source_id not in held]
    queues = _queues(ledger, asking)
    made = [need for need in asking if _promise(ledger, need, queues)]
    writing.insert([_row(ledger, source_type, need) for need in made])
    ledger.close()
    return held | {need.source_id for need in made}


@transaction.atomic
def issue(source_type: str, source_ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Take what is promised to the sources out of stock, each with its OUT movement; the sources that had a promise.

    A promise is handed out once: a second call finds none. Raises ``SerialsMissing`` for units with serial numbers that
    nobody has picked.
    """
    ledger, found = _open(source_type, source_ids, actor)
    for reservation in found:
        place = (reservation.level.item_id, reservation.level.branch_id)
        ledger.set_balance(place, ledger.balance(place).with_reserved(-reservation.quantity))
        movement = StockMovement(
            id=new_id(),
            item_id=place[0],
            movement_type=MovementType.OUT,
            quantity=reservation.quantity,
            currency=reservation.level.branch.currency,
            from_branch_id=place[1],
            reference_number=reservation.document_label,
            repair_order_id=reservation.document_id,
            reservation=reservation,
        )
        ledger.book(movement, serials=_picked(reservation, ledger), picked=reservation.pk)
    _close(found, ReservationStatus.ISSUED)
    ledger.close()
    return {reservation.source_id for reservation in found}


@transaction.atomic
def release(
    source_type: str,
    source_ids: Iterable[UUID],
    *,
    actor: Actor,
    awaited: Iterable[Place] = (),
    also: Iterable[Place] = (),
) -> set[UUID]:
    """Take back what is promised to the sources; those that had a promise. A second call finds none.

    ``awaited`` is where one of them waited for more and no longer does: those behind it are told that it is their turn.
    ``also`` is what the transaction needs afterwards, locked now: all levels of a transaction are locked in one order.
    """
    ledger, found = _open(source_type, source_ids, actor, [*awaited, *also])
    ledger.told += [
        events.StockBecameAvailable(aggregate_id=item_id, branch_id=branch_id)
        for item_id, branch_id in sorted(set(awaited))
        if ledger.balance((item_id, branch_id)).available > 0
    ]
    for reservation in found:
        _give_back(ledger, reservation, reservation.quantity)
    _close(found, ReservationStatus.RELEASED)
    ledger.close()
    return {reservation.source_id for reservation in found}


@transaction.atomic
def reduce(source_type: str, source_id: UUID, quantity: int, *, actor: Actor) -> bool:
    """Promise no more than ``quantity`` units (at least 1) to a source; whether it had a promise of more.

    Raises ``ValidationFailed`` for less than 1: that is a release.
    """
    if quantity < 1:
        raise ValidationFailed.on("quantity", "min_value", "A reservation of nothing is released instead.")
    ledger, found = _open(source_type, [source_id], actor)
    larger = [reservation for reservation in found if reservation.quantity > quantity]
    for reservation in larger:
        _give_back(ledger, reservation, reservation.quantity - quantity)
        reservation.quantity = quantity
        reservation.save(update_fields=["quantity"])
    ledger.close()
    return bool(larger)


def release_expired(*, actor: Actor, now: datetime) -> int:
    """Release what was offered until a moment before ``now``; the number of reservations. Running it again finds none."""
    over = Reservation.objects.filter(status=ReservationStatus.LIVE, expires_at__lte=now).order_by("expires_at", "pk")
    # One transaction for each: a long list of old quotes must not hold the stock.
    return sum(_expire(pk, actor) for pk in list(over.values_list("pk", flat=True)[:EXPIRED_AT_ONCE]))


@transaction.atomic
def _expire(reservation_id: UUID, actor: Actor) -> int:
    live = Reservation.objects.filter(pk=reservation_id, status=ReservationStatus.LIVE)
    ledger, found = _open_live(live, actor)
    for reservation in found:
        _give_back(ledger, reservation, reservation.quantity)
    _close(found, ReservationStatus.EXPIRED)
    ledger.close()
    return len(found)


@transaction.atomic
def pick_serials(reservation_id: UUID, numbers: Sequence[str], *, actor: Actor) -> Reservation:
    """Choose the units that will be handed out for a reservation; an empty list takes the choice back.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` if the promise is over, ``ValidationFailed`` unless it is
    one unit for each that is promised, and ``SerialElsewhere``.
    """
    reservation = Reservation.objects.filter(
        pk=reservation_id, level__branch__in=branches_within(actor, Right.STOCK_RECORD)
    ).first()
    if reservation is None or not _is_for_own_work(reservation, actor):
        raise NotFound("There is no such reservation.")
    _, found = _open_live(Reservation.objects.filter(pk=reservation_id, status=ReservationStatus.LIVE), actor)
    if not found:
        raise Conflict("What was reserved has been handed out or released.")
    reservation = found[0]
    kept = named(numbers, reservation.quantity, tracked=reservation.level.item.tracks_serials) if numbers else []
    Serial.objects.filter(reservation=reservation).update(reservation=None, updated_at=timezone.now())
    here = Serial.objects.filter(item=reservation.level.item_id, branch=reservation.level.branch_id, reservation=None)
    chosen = here.filter(number__in=kept).update(reservation=reservation, updated_at=timezone.now())
    if chosen != len(kept):
        raise SerialElsewhere("Not all of these units are in stock there and free.")
    return reservation


def _is_for_own_work(reservation: Reservation, actor: Actor) -> bool:
    if require(actor, Right.STOCK_RECORD) is not Reach.OWN:
        return True
    return reservation.document_id is not None and is_order_of(reservation.document_id, actor)


def _picked(reservation: Reservation, ledger: Ledger) -> list[str]:
    if not ledger.levels[reservation.level.item_id, reservation.level.branch_id].item.tracks_serials:
        return []
    numbers = list(Serial.objects.filter(reservation=reservation).order_by("number").values_list("number", flat=True))
    if len(numbers) != reservation.quantity:
        raise SerialsMissing(
            f"Pick the serial numbers of {reservation.level.item} for {reservation.document_label} first."
        )
    return numbers


def _give_back(ledger: Ledger, reservation: Reservation, units: int) -> None:
    place = (reservation.level.item_id, reservation.level.branch_id)
    ledger.set_balance(place, ledger.balance(place).with_reserved(-units))
    Serial.objects.filter(reservation=reservation).update(reservation=None, updated_at=timezone.now())
    ledger.told.append(
        events.StockReleased(aggregate_id=place[0], branch_id=place[1], quantity=units, source_id=reservation.source_id)
    )


def _queues(ledger: Ledger, needs: Sequence[Need]) -> dict[Place, list[Waiting]]:
    """Who else waits where some of the needs could be met; read under the locks, so that it is so until the commit."""
    asking = {need.source_id for need in needs}
    fitting = [need for need in needs if need.quantity <= ledger.balance((need.item_id, need.branch_id)).available]
    queues: dict[Place, list[Waiting]] = {}
    for branch_id in sorted({need.branch_id for need in fitting}):
        for one in waiting_at(branch_id, {need.item_id for need in fitting if need.branch_id == branch_id}):
            if one.source_id not in asking:
                queues.setdefault((one.item_id, branch_id), []).append(one)
    return queues


def _is_before(one: Waiting, need: Need) -> bool:
    return need.since is None or one.turn < turn(need.promised, need.since, need.document_id)


def _promise(ledger: Ledger, need: Need, queues: Mapping[Place, list[Waiting]]) -> bool:
    place = (need.item_id, need.branch_id)
    available = ledger.balance(place).available
    earlier = claimed(available, [one.quantity for one in queues.get(place, ()) if _is_before(one, need)])
    if need.quantity > available - earlier:
        return False
    ledger.set_balance(place, ledger.balance(place).with_reserved(need.quantity))
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
        expires_at=need.expires_at,
    )


def _live(source_type: str, source_ids: Iterable[UUID]) -> "QuerySet[Reservation]":
    return Reservation.objects.filter(
        source_type=source_type, source_id__in=list(source_ids), status=ReservationStatus.LIVE
    )


def _open(
    source_type: str, source_ids: Iterable[UUID], actor: Actor, also: Iterable[Place] = ()
) -> tuple[Ledger, list[Reservation]]:
    return _open_live(_live(source_type, source_ids), actor, also)


def _open_live(
    live: "QuerySet[Reservation]", actor: Actor, also: Iterable[Place] = ()
) -> tuple[Ledger, list[Reservation]]:
    """Lock the levels first, then look again at what is still promised: reservations change only under those locks."""
    places = live.values_list("level__item_id", "level__branch_id")
    ledger = open_ledger([*places, *also], actor=actor)
    found = list(live.select_related("level__item", "level__branch").order_by("pk")) if ledger.levels else []
    return ledger, found


def _close(reservations: list[Reservation], status: ReservationStatus) -> None:
    if reservations:
        Reservation.objects.filter(pk__in=[reservation.pk for reservation in reservations]).update(
            status=status, closed_at=timezone.now(), updated_at=timezone.now()
        )
