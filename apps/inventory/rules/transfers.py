"""What may arrive of a transfer, and which units it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.core.exceptions import FieldError
from apps.inventory.rules.serials import normal

LONGEST_TRANSFER = 200  # lines: their levels are held until all of them are written


@dataclass(frozen=True)
class Arrival:
    """What arrived of one line: ``received`` units as they were sent, ``missing`` ones that never will, and ``surplus``
    ones that nobody had sent, the last two with a ``reason``.

    The serial numbers name the units of each kind, where the item tracks them.
    """

    line_id: UUID
    received: int = 0
    missing: int = 0
    surplus: int = 0
    reason: str = ""
    serials: Sequence[str] = ()
    missing_serials: Sequence[str] = ()
    surplus_serials: Sequence[str] = ()


def arrival_errors(arrival: Arrival, outstanding: int, path: str) -> list[FieldError]:
    """Why this cannot have arrived of a line of which ``outstanding`` units are under way; ``path`` names it."""
    gone, errors = arrival.received + arrival.missing, []
    if min(arrival.received, arrival.missing, arrival.surplus) < 0:
        return [FieldError(f"{path}.received", "min_value", "Numbers of units are 0 or more.")]
    if not gone and not arrival.surplus:
        errors.append(FieldError(f"{path}.received", "required", "Say what has arrived, or leave the line out."))
    if gone > outstanding:
        field = "received" if arrival.received > outstanding else "missing"
        message = f"Only {outstanding} are under way; what came beyond them is a surplus."
        errors.append(FieldError(f"{path}.{field}", "max_value", message))
    if arrival.surplus and gone < outstanding:
        message = f"There is no surplus while {outstanding - gone} are still under way."
        errors.append(FieldError(f"{path}.surplus", "invalid", message))
    if (arrival.missing or arrival.surplus) and not arrival.reason.strip():
        errors.append(FieldError(f"{path}.reason", "required", "A difference says why."))
    return errors


def units_of(arrival: Arrival, under_way: Sequence[str]) -> tuple[list[str], list[str]]:
    """The serial numbers that are received and those that are missing.

    What is not named is what remains of those ``under_way``, if that is exactly so many.
    """
    received, missing = [normal(one) for one in arrival.serials], [normal(one) for one in arrival.missing_serials]
    if not received:
        received = _remaining(under_way, missing, arrival.received)
    if not missing:
        missing = _remaining(under_way, received, arrival.missing)
    return received, missing


def _remaining(under_way: Sequence[str], others: Sequence[str], units: int) -> list[str]:
    left = [number for number in under_way if number not in set(others)]
    return left if len(left) == units else []
