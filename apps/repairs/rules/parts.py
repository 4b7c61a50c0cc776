"""When parts that were built in may come out again."""

from apps.core.exceptions import ValidationFailed
from apps.repairs.enums import OrderStatus
from apps.repairs.rules.transitions import lines_may_change


def parts_may_come_out(status: str, unrepaired: bool) -> bool:
    """While work goes on, and of a device that goes back unrepaired: what is called done holds its parts."""
    return lines_may_change(status) or (unrepaired and status != OrderStatus.DELIVERED)


def failed_units(asked: int | None, quantity: int, *, replace: bool) -> int:
    """How many of a line's units have failed, all unless fewer are named; raises ``ValidationFailed``."""
    failed = quantity if asked is None else asked
    if not 1 <= failed <= quantity:
        raise ValidationFailed.on("quantity", "max_value", f"The line has {quantity}.")
    if replace and failed < quantity:
        message = "A line is replaced as a whole: add a line for the units that are needed anew."
        raise ValidationFailed.on("quantity", "not_allowed", message)
    return failed


def failed_unit(named: str, known: list[str]) -> str:
    """The serial number of the unit that failed: the named one, or the only one; raises ``ValidationFailed``."""
    if named and known and named not in known:
        raise ValidationFailed.on("serialNumber", "does_not_exist", "This unit was not built in by this line.")
    return named or (known[0] if len(known) == 1 else "")
