"""Counting: what an entry makes of a line, and which counts would count the same shelf twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from apps.core.exceptions import ValidationFailed
from apps.inventory.rules.balances import LARGEST_QUANTITY
from apps.inventory.rules.costs import average, micros


@dataclass(frozen=True)
class Books:
    """What the books say at the moment of an entry: units on hand, and the last movement that touched them."""

    on_hand: int
    last_movement_id: UUID | None


@dataclass(frozen=True)
class Tally:
    """What a line says: how many were counted, against what was on hand when counting it began."""

    counted: int | None
    on_hand: int
    last_movement_id: UUID | None
    disturbed: bool = False


def added(tally: Tally, units: int, books: Books, *, tracked: bool = False) -> Tally:
    """After ``units`` more were counted, or fewer if negative; stock that moved since the first of them disturbs.

    Units that are ``tracked`` are known one by one, so that what moved since can be told from what was counted. Raises
    ``ValidationFailed`` for less than nothing, or more than a movement moves.
    """
    counted = (tally.counted or 0) + units
    if counted < 0:
        raise ValidationFailed.on("quantity", "min_value", f"Only {tally.counted or 0} were counted.")
    if counted > LARGEST_QUANTITY:
        raise ValidationFailed.on("quantity", "max_value", f"At most {LARGEST_QUANTITY} of an item are counted.")
    if tally.counted is None:
        return Tally(counted, books.on_hand, books.last_movement_id)
    moved = books != Books(tally.on_hand, tally.last_movement_id)
    return replace(tally, counted=counted, disturbed=not tracked and (tally.disturbed or moved))


def set_to(total: int, books: Books) -> Tally:
    """After ``total`` was counted in one go: whatever moved before is in it already."""
    return Tally(total, books.on_hand, books.last_movement_id)


def unit_value(value: int, quantity: int, last: int | None, listed: int) -> int:
    """What one unit is worth, in millionths: by the moving average, else as the last one, else as listed."""
    known = average(value, quantity, last)
    return listed if known is None else micros(known)


def below(category_id: UUID, parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    """A category and everything below it; ``parents`` is the tree."""
    children: dict[UUID | None, list[UUID]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    found, waiting = {category_id}, [category_id]
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def overlap(first: UUID | None, second: UUID | None, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether two categories of one branch have items in common; ``None`` is the whole branch."""
    if first is None or second is None:
        return True
    return first in below(second, parents) or second in below(first, parents)
