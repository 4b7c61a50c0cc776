"""The table of statuses: which may follow which, for whom, what blocks a move and what it does.

Every door draws on this table: the interface, the admin, the dashboard and the jobs. The table itself is section 6 of
the HTTP contract.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.enums import Role
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, ValidationFailed
from apps.repairs.enums import OrderStatus as S
from apps.repairs.enums import Outcome
from apps.repairs.exceptions import InvalidTransition
from apps.repairs.rules import outcomes
from apps.repairs.rules.authorisation import NOTHING_SAID, Consent

TRANSITIONS: Mapping[S, tuple[S, ...]] = {
    S.PENDING: (S.IN_PROGRESS, S.AWAITING_APPROVAL, S.WAITING_PARTS, S.CANCELLED),
    S.AWAITING_APPROVAL: (S.IN_PROGRESS, S.WAITING_PARTS, S.CANCELLED),
    S.IN_PROGRESS: (S.AWAITING_APPROVAL, S.WAITING_PARTS, S.COMPLETED, S.CANCELLED),
    S.WAITING_PARTS: (S.IN_PROGRESS, S.AWAITING_APPROVAL, S.CANCELLED),
    S.COMPLETED: (S.READY_PICKUP, S.IN_PROGRESS),
    S.READY_PICKUP: (S.DELIVERED, S.IN_PROGRESS),
    S.CANCELLED: (S.READY_PICKUP, S.PENDING),
    S.DELIVERED: (),
}

_BACK_TO_WORK = {(S.COMPLETED, S.IN_PROGRESS), (S.READY_PICKUP, S.IN_PROGRESS)}
_REOPENING = (S.CANCELLED, S.PENDING)
_MANAGERS = frozenset({Role.ADMIN, Role.MANAGER})
# The counter hands over, and takes back what nobody has worked on yet; the rest is the bench's.
_OF_SELLERS = {
    (S.READY_PICKUP, S.DELIVERED),
    (S.PENDING, S.CANCELLED),
    (S.AWAITING_APPROVAL, S.CANCELLED),
    (S.CANCELLED, S.READY_PICKUP),
}
_BEFORE_WORK = frozenset({S.PENDING, S.AWAITING_APPROVAL})
_WORK = frozenset({S.PENDING, S.IN_PROGRESS})  # where a repair that was given up is taken up again
_LINES_OPEN = _BEFORE_WORK | {S.IN_PROGRESS, S.WAITING_PARTS}


@dataclass(frozen=True)
class Situation:
    """What the rules need to know of an order. ``parts_*`` count lines with a part from stock."""

    status: S
    unrepaired: bool
    parts_reserved: int
    parts_missing: int
    paid: Decimal
    balance: Decimal
    currency: str
    has_password: bool
    parts_unpicked: tuple[str, ...] = ()  # reserved parts whose units have serial numbers that nobody has picked yet
    order_number: str = ""
    charge: Decimal = money.ZERO  # what it costs as it stands
    diagnosis_fee: Decimal = money.ZERO
    return_fee: Decimal = money.ZERO
    invoiced: bool = False  # it stands on an invoice that holds
    outcome: str = ""
    declined: bool = False  # the newest quote was
    parts_given_up: int = 0  # parts that were returned or have failed, with none in their place
    running: int = 0  # people whose time runs on the order
    quality_missing: bool = False  # the branch asks for a quality check, and none was passed since the completion
    total: Decimal = money.ZERO
    consent: Consent = NOTHING_SAID

    def money(self, amount: Decimal) -> str:
        """An amount as it is said."""
        return f"{money.text(amount, self.currency)} {self.currency}"


@dataclass(frozen=True)
class Blocker:
    """Why a legal move cannot be made now; an ``overridable`` one yields to the actor's reason."""

    code: str
    message: str
    overridable: bool = False


@dataclass(frozen=True)
class Transition:
    """One legal move for one actor: what it would do, and what still blocks it.

    ``allowed`` says whether it succeeds now, given a reason where ``needs_reason`` says so.
    """

    to: S
    needs_reason: bool
    effects: tuple[str, ...]
    blockers: tuple[Blocker, ...]

    @property
    def allowed(self) -> bool:
        return all(found.overridable for found in self.blockers)


def before_work(status: str) -> bool:
    """Whether nobody has worked on the device yet, so that the counter may still edit everything."""
    return status in _BEFORE_WORK


def lines_may_change(status: str) -> bool:
    """Whether work is still being decided on: later the lines are what was done."""
    return status in _LINES_OPEN


def is_rework(situation: Situation, to: S) -> bool:
    """Whether a move takes up work again that was called done."""
    return (situation.status, to) in _BACK_TO_WORK and not situation.unrepaired


def possible(situation: Situation, actor: Actor) -> Iterator[Transition]:
    """The moves from here that ``actor``'s role may make, blocked ones included, in the order of the table."""
    for to in TRANSITIONS[situation.status]:
        if _role_may(actor, situation.status, to):
            blockers = _blockers(situation, to, actor)
            needs_reason = _needs_reason(situation.status, to) or any(found.overridable for found in blockers)
            yield Transition(to, needs_reason, _effects(situation, to), blockers)


def require_transition(situation: Situation, to: S, actor: Actor, note: str) -> None:
    """Raise unless ``actor`` may make this move now, with this note.

    ``InvalidTransition`` for a move that the table does not have, ``Forbidden`` for another role's,
    ``ValidationFailed`` without a needed reason, ``Conflict`` for what still blocks it.
    """
    if to not in TRANSITIONS[situation.status]:
        raise InvalidTransition(f"An order that is {situation.status.label} cannot become {to.label}.")
    if not _role_may(actor, situation.status, to):
        raise Forbidden(f"Your role may not make an order {to.label} that is {situation.status.label}.")
    if _needs_reason(situation.status, to) and not note.strip():
        raise ValidationFailed.on("notes", "required", "This step needs a reason.")
    standing = [found for found in _blockers(situation, to, actor) if not (found.overridable and note.strip())]
    if standing:
        raise Conflict(" ".join(found.message for found in standing))


def _is_manager(actor: Actor) -> bool:
    return actor.is_system or actor.role in _MANAGERS


def _role_may(actor: Actor, status: S, to: S) -> bool:
    if _is_manager(actor):
        return True
    if actor.role == Role.SELLER:
        return (status, to) in _OF_SELLERS
    return actor.role == Role.TECHNICIAN and (status, to) != _REOPENING


def _needs_reason(status: S, to: S) -> bool:
    return (status, to) in _BACK_TO_WORK or (status, to) == _REOPENING


def _blockers(situation: Situation, to: S, actor: Actor) -> tuple[Blocker, ...]:
    found = _without_approval(situation, to)
    if to is S.COMPLETED and situation.parts_missing:
        found.append(Blocker("parts_missing", _missing(situation.parts_missing)))
    if to is S.COMPLETED and situation.parts_unpicked:
        parts = ", ".join(situation.parts_unpicked)
        message = f"Pick the serial numbers of {parts} for {situation.order_number} first."
        found.append(Blocker("serials_missing", message))
    if (situation.status, to) == (S.COMPLETED, S.READY_PICKUP) and situation.quality_missing:
        found.append(_quality_missing(actor))
    if to is S.DELIVERED and situation.balance > 0:
        owed = f"{situation.money(situation.balance)} is still to be paid."
        may = _is_manager(actor)
        hint = " A manager may hand it over with a reason." if may else ""
        found.append(Blocker("balance_due", owed + hint, overridable=may))
    if situation.invoiced and _changes_the_charge(situation, to):
        found.append(Blocker("invoiced", "It has been invoiced: the invoice needs a credit note first."))
    return tuple(found)


def return_fee_after(situation: Situation, to: S) -> Decimal:
    """The fee that is charged once the order is there: for a look that led to no repair, until there is one again."""
    if to is S.CANCELLED:
        return money.ZERO if situation.status is S.PENDING else situation.diagnosis_fee
    return money.ZERO if to in _WORK else situation.return_fee


def is_invoiced_by(situation: Situation, to: S) -> bool:
    """Whether the hand-over issues an invoice: whatever costs something has one by then."""
    return to is S.DELIVERED and situation.charge > 0 and not situation.invoiced


def _changes_the_charge(situation: Situation, to: S) -> bool:
    return to is S.CANCELLED or (situation.unrepaired and to in _WORK)


def _quality_missing(actor: Actor) -> Blocker:
    may = _is_manager(actor)
    hint = " A manager may go on with a reason." if may else ""
    return Blocker("quality_check_missing", "The quality check was not passed." + hint, overridable=may)


def _without_approval(situation: Situation, to: S) -> list[Blocker]:
    """Work that the customer has not agreed to; who makes the move may have their word by telephone, and says so."""
    if to not in {S.IN_PROGRESS, S.COMPLETED}:
        return []
    words = situation.consent.lacking_for(situation.total, situation.currency)
    return [Blocker("approval_missing", words, overridable=True)] if words else []


def _missing(lines: int) -> str:
    return "1 line still waits for its part." if lines == 1 else f"{lines} lines still wait for their part."


def _reserved(situation: Situation, one: str, several: str) -> str:
    number = situation.parts_reserved
    return f"1 reserved part {one}" if number == 1 else f"{number} reserved parts {several}"


def _given_up(lines: int) -> str:
    return "1 line is left without its part." if lines == 1 else f"{lines} lines are left without their parts."


def outcome_of_move(situation: Situation, to: S) -> str:
    """The outcome after a move in which none is named."""
    return outcomes.outcome_after(
        situation.status,
        to,
        unrepaired=situation.unrepaired,
        present=situation.outcome,
        declined=situation.declined,
    )


def _outcome_effects(situation: Situation, to: S) -> list[str]:
    after = outcome_of_move(situation, to)
    if after == situation.outcome:
        return []
    return [f"The outcome becomes {Outcome(after).label}." if after else "The outcome is open again."]


def _part_effects(situation: Situation, to: S) -> list[str]:
    effects = []
    if to is S.COMPLETED and situation.parts_reserved:
        effects.append(_reserved(situation, "leaves the stock.", "leave the stock."))
    if to is S.COMPLETED and situation.parts_given_up:
        effects.append(_given_up(situation.parts_given_up))
    if to is S.CANCELLED and situation.parts_reserved:
        effects.append(_reserved(situation, "becomes available again.", "become available again."))
    effects += _effects_on_money(situation, to)
    if situation.unrepaired and to in _WORK:
        effects.append("Parts are reserved again as far as there are any.")
    return effects


def _effects(situation: Situation, to: S) -> tuple[str, ...]:
    effects = _part_effects(situation, to)
    effects += _outcome_effects(situation, to)
    if to in {S.CANCELLED, S.DELIVERED} and situation.running:
        effects.append("Time that still runs is stopped.")
    if to is S.DELIVERED and not situation.unrepaired:
        effects.append("The warranty starts.")
    if to is S.DELIVERED and situation.has_password:
        effects.append("The device password is wiped.")
    return tuple(effects)


def _effects_on_money(situation: Situation, to: S) -> Iterator[str]:
    fee = return_fee_after(situation, to)
    if to is S.CANCELLED and fee:
        yield f"The diagnosis fee of {situation.money(fee)} is charged."
    if to is S.CANCELLED and situation.paid > fee:
        yield "Money that was paid is to be given back."
    if to in _WORK and situation.return_fee:
        yield "The diagnosis fee is no longer charged."
    if is_invoiced_by(situation, to):
        yield "The invoice is issued."
