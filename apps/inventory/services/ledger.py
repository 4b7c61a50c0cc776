"""The one place where stock numbers change: under row locks taken in a fixed order, beside what explains the change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.events import DomainEvent
from apps.inventory import events
from apps.inventory.models import StockLevel, StockMovement
from apps.inventory.rules import Balance, crosses_reorder_level

Place = tuple[UUID, UUID]  # item id, branch id


@dataclass
class Ledger:
    """Locked levels and what has been decided about them; ``close`` writes it all. Lives within one transaction."""

    levels: dict[Place, StockLevel]
    actor: Actor
    before: dict[Place, Balance] = field(default_factory=dict)
    movements: list[StockMovement] = field(default_factory=list)
    told: list[DomainEvent] = field(default_factory=list)

    def balance(self, place: Place) -> Balance:
        level = self.levels[place]
        return Balance(level.quantity, level.reserved)

    def set_balance(self, place: Place, balance: Balance) -> None:
        level = self.levels[place]
        self.before.setdefault(place, Balance(level.quantity, level.reserved))
        level.quantity, level.reserved = balance.quantity, balance.reserved

    def add(self, movement: StockMovement) -> None:
        """Book a movement whose effect on the levels has been set; the lock is held, so its time is in order."""
        movement.actor_kind, movement.actor_id = self.actor.kind, self.actor.id
        movement.actor_label = self.actor.label[:200]
        movement.created_at = timezone.now()
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

    def close(self) -> None:
        """Write levels, movements and events."""
        changed = [self.levels[place] for place in self.before]
        for level in changed:
            level.updated_at = timezone.now()
        if changed:
            StockLevel.objects.bulk_update(changed, ["quantity", "reserved", "updated_at"])
        for movement in self.movements:
            movement.save(force_insert=True)
        self._tell_of_crossings()
        if self.told:
            audit.record_many(self.told, actor=self.actor)

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

    Everything that changes stock locks all it needs here, at once and in this order, so that no two can deadlock.
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


def _lock(places: set[Place]) -> dict[Place, StockLevel]:
    if not places:
        return {}
    matching = Q()
    for item_id, branch_id in places:
        matching |= Q(item_id=item_id, branch_id=branch_id)
    held = StockLevel.objects.select_for_update(of=("self",)).select_related("item").filter(matching)
    return {(level.item_id, level.branch_id): level for level in held.order_by("item_id", "branch_id")}
