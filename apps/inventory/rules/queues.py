"""Who gets what there is, when there is not enough for everybody: the oldest promise first."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

Turn = tuple[bool, datetime, datetime, UUID]


def turn(promised: datetime | None, since: datetime, document_id: UUID) -> Turn:
    """The place of a document in a queue: what was promised for a time comes before what was not, then the older one."""
    return (promised is None, promised or since, since, document_id)


def claimed(available: int, waiting: Iterable[int]) -> int:
    """How many of ``available`` units go to those who wait, each in full or not at all, the first one first.

    Who needs more than is left waits on, and does not keep a smaller one from its part.
    """
    left = available
    for quantity in waiting:
        if quantity <= left:
            left -= quantity
    return available - left


def uncovered(covered: int, waiting: Iterable[int]) -> list[int]:
    """Of each quantity what ``covered`` units leave open, when the first ones are covered first."""
    open_quantities = []
    for quantity in waiting:
        taken = min(covered, quantity)
        covered -= taken
        open_quantities.append(quantity - taken)
    return open_quantities
