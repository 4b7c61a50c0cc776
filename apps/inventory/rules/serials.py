"""Numbers of single units."""

from collections.abc import Sequence

from apps.core.exceptions import ValidationFailed

LONGEST = 100


def normal(number: str) -> str:
    """A serial number as it is kept: scanners and people differ in case and in spaces."""
    return "".join(number.split()).upper()


def named(numbers: Sequence[str], units: int, *, tracked: bool) -> list[str]:
    """The serial numbers that a movement of ``units`` names, in their kept form.

    Raises ``ValidationFailed`` unless there is one for each unit, each once; for an item that is not ``tracked`` there
    must be none.
    """
    kept = [normal(number) for number in numbers]
    if not tracked:
        if kept:
            raise ValidationFailed.on("serials", "not_allowed", "The units of this item have no serial numbers.")
        return []
    if any(not number or len(number) > LONGEST for number in kept):
        raise ValidationFailed.on("serials", "invalid", f"A serial number has between 1 and {LONGEST} characters.")
    if len(set(kept)) != len(kept):
        raise ValidationFailed.on("serials", "duplicate", "A serial number is named twice.")
    if len(kept) != units:
        raise ValidationFailed.on(
            "serials", "invalid", f"Name {units} serial numbers, one for each unit: {len(kept)} are named."
        )
    return kept
