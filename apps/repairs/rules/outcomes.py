"""How a repair ended: which outcomes fit where an order is, and which one a move gives it if nobody names another."""

from apps.core.exceptions import ValidationFailed
from apps.repairs.enums import OrderStatus as S
from apps.repairs.enums import Outcome

# Nothing found is an end of either kind: the look was the work, or the device goes back without one.
OF_WORK = (Outcome.REPAIRED, Outcome.PARTLY_REPAIRED, Outcome.NO_FAULT_FOUND)
OF_GIVING_UP = (Outcome.DECLINED, Outcome.BEYOND_ECONOMIC_REPAIR, Outcome.UNREPAIRABLE, Outcome.NO_FAULT_FOUND)
_DONE = frozenset({S.COMPLETED, S.READY_PICKUP, S.DELIVERED})
_ENDED = _DONE | {S.CANCELLED}


def fitting(status: str, unrepaired: bool) -> tuple[Outcome, ...]:
    """The outcomes that an order may have there. While it is being worked on, any may be noted beforehand."""
    if unrepaired or status == S.CANCELLED:
        return OF_GIVING_UP
    return OF_WORK if status in _DONE else tuple(Outcome)


def outcome_after(status: S, to: S, *, unrepaired: bool, present: str, declined: bool) -> str:
    """The outcome of an order after a move in which none is named; ``declined`` says that its newest quote was.

    What was noted before and fits stays; work that is taken up again has none.
    """
    if to not in _ENDED:
        return "" if status in _ENDED else present
    if present in fitting(to, unrepaired):
        return present
    if to is S.CANCELLED:
        return Outcome.DECLINED if declined else ""
    return Outcome.REPAIRED if to is S.COMPLETED else present


def require_fitting(outcome: str, to: S, *, unrepaired: bool) -> None:
    """Raise ``ValidationFailed`` unless an order that moves to a status may end there with this outcome."""
    if to not in _ENDED:
        message = "How it ended is said when the work is completed, given up or handed back."
        raise ValidationFailed.on("outcome", "not_allowed", message)
    require_known(outcome, to, unrepaired=unrepaired)


def require_known(outcome: str, status: str, *, unrepaired: bool) -> None:
    """Raise ``ValidationFailed`` unless an order in a status may have this outcome; one that is done has one."""
    if not outcome and status not in _DONE:
        return
    allowed = fitting(status, unrepaired)
    if outcome not in allowed and not (unrepaired and not outcome):
        words = ", ".join(one.label for one in allowed)
        raise ValidationFailed.on("outcome", "contradicts", f"The outcome can be: {words}.")
