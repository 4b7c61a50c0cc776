"""The one place where stock numbers change: under row locks taken in a fixed order, beside what explains the change."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from apps.audit import services as audit
from apps.core import writing
from apps.core.actor import Actor
from apps.core.db import MOST_NAMED
from apps.core.events import DomainEvent
from apps.inventory import events
from apps.inventory.models import StockLevel, StockMovement
from apps.inventory.rules import Balance, costs, crosses_reorder_level
from apps.inventory.services.units import Units

Place = tuple[UUID, UUID]  # item id, branch id
ALL_AT_ONCE = 50  # places that are named one by one in a statement
_TICK = timedelta(microseconds=1)
_NUMBERS = ("quantity", "reserved", "incoming", "value_micros", "last_cost_micros", "updated_at")


@dataclass
class Ledger:
    """Locked levels and what has been decided about them; ``close`` writes it all. Lives within one transaction."""

    levels: dict[Place, StockLevel]
    actor: Actor
    before: dict[Place, Balance] = field(default_factory=dict)
    movements: list[StockMovement] = field(default_factory=list)
    told: list[DomainEvent] = field(default_factory=list)
    units: Units = field(default_factory=Units)
    last: datetime | None = None

    def balance(self, place: Place) -> Balance:
        level = self.levels[place]
        return Balance(level.quantity, level.reserved, level.incoming, level.value_micros)

    def set_balance(self, place: Place, balance: Balance) -> None:
        level = self.levels[place]
        self.before.setdefault(place, self.balance(place))
        level.quantity, level.reserved = balance.quantity, balance.reserved
        level.incoming, level.value_micros = balance.incoming, balance.value

    def book(
        self,
        movement: StockMovement,
        *,
        value: int | None = None,
        value_there: int | None = None,
        serials: Sequence[str] = (),
        picked: UUID | None = None,
    ) -> StockMovement:
        """Let the units of ``movement`` leave and arrive where it says, with their value and their serial numbers.

        ``value`` is what they are worth in all, where that is known: the cost of an arrival, or that of the arrival
        which is being undone. ``value_there`` is the same for the other end of a transfer that reckons in another
        currency. ``picked`` is the reservation whose chosen units may go. Raises ``InsufficientStock``,
        ``ValidationFailed`` and ``SerialElsewhere``.
        """
        leaving, arriving = movement.from_branch_id, movement.to_branch_id
        units = abs(movement.quantity)
        self.units.move(movement, self._item_is_tracked(movement), serials, picked)
        if leaving is not None:
            after, moved = self._leave((movement.item_id, leaving), units, value)
            movement.from_balance, movement.from_value_micros = after.quantity, -moved
            if arriving is not None:
                is_same_money = self._currency(movement, leaving) == self._currency(movement, arriving)
                value = moved if is_same_money else value_there
        if arriving is not None and movement.quantity < 0:
            after, moved = self._leave((movement.item_id, arriving), units, value)
            movement.to_balance, movement.to_value_micros = after.quantity, -moved
        elif arriving is not None:
            after, moved = self._arrive((movement.item_id, arriving), units, value)
            movement.to_balance, movement.to_value_micros = after.quantity, moved
        self._add(movement)
        return movement

    def expect(self, place: Place, change: int) -> None:
        """``change`` more units are on order or in transit to a branch, or fewer."""
        if change:
            self.set_balance(place, self.balance(place).expecting(change))

    def _item_is_tracked(self, movement: StockMovement) -> bool:
        where = movement.from_branch_id or movement.to_branch_id
        assert where is not None
        return bool(self.levels[movement.item_id, where].item.tracks_serials)

    def _currency(self, movement: StockMovement, branch_id: UUID) -> str:
        return str(self.levels[movement.item_id, branch_id].branch.currency)

    def _leave(self, place: Place, units: int, wanted: int | None) -> tuple[Balance, int]:
        level, before = self.levels[place], self.balance(place)
        # Checked before the value: of what is not there nothing has a share.
        before.moved(-units)
        value = costs.taken(before.value, before.quantity, units, wanted)
        after = before.moved(-units, -value)
        self.set_balance(place, after)
        if before.quantity:
            level.last_cost_micros = costs.share(before.value, before.quantity, 1)
        return after, value

    def _arrive(self, place: Place, units: int, value: int | None) -> tuple[Balance, int]:
        level, before = self.levels[place], self.balance(place)
        if value is None:
            listed = costs.micros(level.item.cost_price) if level.item.currency == level.branch.currency else 0
            value = costs.brought(units, before.value, before.quantity, level.last_cost_micros, listed)
        after = before.moved(units, value)
        self.set_balance(place, after)
        return after, value

    def _add(self, movement: StockMovement) -> None:
        movement.actor_kind, movement.actor_id = self.actor.kind, self.actor.id
        movement.actor_label = self.actor.label[:200]
        movement.created_at = self.last = self._next_moment(movement)
        self.movements.append(movement)
        self.told.append(
            events.MovementRecorded(
                aggregate_id=movement.item_id,
                movement_id=movement.pk,
                movement_type=str(movement.movement_type),
                quantity=movement.quantity,
                from_branch_id=movement.from_branch_id,
                to_branch_id=movement.to_branch_id,
                repair_order_id=movement.repair_order_id,
            )
        )

    def _next_moment(self, movement: StockMovement) -> datetime:
        """Now, but after the last change of the places that it touches.

        The locks are held, so that the times are in the order of the balances, also where machines' clocks differ.
        """
        branches = [branch for branch in (movement.from_branch_id, movement.to_branch_id) if branch is not None]
        before = [self.levels[movement.item_id, branch].updated_at for branch in branches]
        if self.last is not None:
            before.append(self.last)
        return max(timezone.now(), *(moment + _TICK for moment in before))

    def close(self) -> None:
        """Write levels, movements, units and events: together, because others wait for the locks."""
        self._tell_of_crossings()
        moved = self.units.write()
        with writing.together():
            self._write_levels()
            writing.insert(self.movements)
            writing.insert(moved)
            if self.told:
                audit.record_many(self.told, actor=self.actor)

    def _write_levels(self) -> None:
        changed = [self.levels[place] for place in self.before]
        now = timezone.now()
        for level in changed:
            # Never before its last movement, whichever machine's clock that had.
            level.updated_at = max(now, self.last or now)
        writing.update(changed, _NUMBERS)

    def _tell_of_crossings(self) -> None:
        for (item_id, branch_id), before in self.before.items():
            level = self.levels[item_id, branch_id]
            if level.available > before.available:
                self.told.append(events.StockBecameAvailable(aggregate_id=item_id, branch_id=branch_id))
            elif crosses_reorder_level(before.available, level.available, level.item.reorder_level):
                self.told.append(
                    events.StockLow(
                        aggregate_id=item_id,
                        branch_id=branch_id,
                        available=level.available,
                        reorder_level=level.item.reorder_level,
                    )
                )


def open_ledger(places: Iterable[Place], *, actor: Actor) -> Ledger:
    """Lock the levels of all places, in the order of item and branch; missing levels are made, empty.

    Everything that changes stock locks all it needs here, at once and in this order, so that no two can deadlock: first
    the document, then the levels, then the serial numbers.
    """
    wanted = set(places)
    levels = _lock(wanted)
    missing = wanted - levels.keys()
    if missing:
        StockLevel.objects.bulk_create(
            [StockLevel(item_id=item_id, branch_id=branch_id) for item_id, branch_id in sorted(missing)],
            ignore_conflicts=True,
        )
        levels = _lock(wanted)
    return Ledger(levels, actor)


def _lock(places: Collection[Place]) -> dict[Place, StockLevel]:
    if not places:
        return {}
    held = StockLevel.objects.select_for_update(of=("self",)).select_related("item", "branch").filter(_among(places))
    return {(level.item_id, level.branch_id): level for level in held.order_by("item_id", "branch_id")}


def _among(places: Collection[Place]) -> Q:
    """The levels of these places; of many of them, also the other pairs of the same items and branches, and of very many
    all of the same branches.
    """
    if len(places) > ALL_AT_ONCE:
        items, here = {item for item, _ in places}, Q(branch_id__in={branch for _, branch in places})
        return here & Q(item_id__in=items) if len(items) <= MOST_NAMED else here
    matching = Q()
    for item_id, branch_id in places:
        matching |= Q(item_id=item_id, branch_id=branch_id)
    return matching
