"""Parts that come out again: back to the shelf, or broken; and the next one in their place."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed
from apps.inventory import services as inventory
from apps.inventory.selectors import last_issued, serials_of, supplier_of
from apps.repairs import events, rules, selectors
from apps.repairs.enums import GIVEN_UP, LineState, OrderStatus
from apps.repairs.models import FaultyPart, RepairLine, RepairOrder
from apps.repairs.rules.parts import failed_unit, failed_units, parts_may_come_out
from apps.repairs.services import stock
from apps.repairs.services.locking import actor_columns, locked_for


@dataclass(frozen=True)
class Failure:
    """What failed of a line: all of its units unless fewer are named. ``replace`` asks for new ones at once."""

    reason: str
    serial_number: str = ""
    quantity: int | None = None
    replace: bool = False


@transaction.atomic
def return_part(order_id: UUID, line_id: UUID, reason: str, *, actor: Actor) -> RepairLine:
    """Put the issued part of a line back into stock, the same units. The line needs none until it is reserved anew.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` unless it is issued and the work still open.
    """
    order, line = _with_issued_part(order_id, line_id, reason, actor)
    inventory.take_back(stock.SOURCE, line.pk, reason, actor=actor)
    _become(order, line, LineState.RETURNED)
    assert line.item_id is not None
    event = events.PartReturned(aggregate_id=order.pk, line_id=line.pk, item_id=line.item_id, reason=reason)
    audit.record(event, actor=actor)
    return line


@transaction.atomic
def report_faulty(order_id: UUID, line_id: UUID, failure: Failure, *, actor: Actor) -> RepairLine:
    """Write down that the issued part of a line is broken, with its supplier and serial number as far as known.

    It does not come back into stock. Raises as ``return_part``, and ``ValidationFailed`` for units that the line does
    not have.
    """
    order, line = _with_issued_part(order_id, line_id, failure.reason, actor)
    note_failure(order, line, failure, actor=actor)
    _become(order, line, LineState.FAULTY)
    if failure.replace:
        _reserve_anew(order, line, actor)
    return line


@transaction.atomic
def reserve_part(order_id: UUID, line_id: UUID, *, actor: Actor) -> RepairLine:
    """Reserve new units for a line whose part was returned or has failed; back-ordered if there are none.

    What is reserved is issued by the next completion, beside what was issued before. Raises ``NotFound`` outside the
    actor's scope, ``Conflict`` for a line that has its part, or of which only some units have failed.
    """
    order = locked_for(actor, Right.ORDERS_PARTS, order_id)
    line = selectors.get_line(order, line_id)
    if line.state not in GIVEN_UP:
        raise Conflict(f"The part of this line is {LineState(line.state).label}; it is not to be reserved anew.")
    last = line.faulty_parts.order_by("-created_at", "-id").first()
    if line.state == LineState.FAULTY and last is not None and last.quantity < line.quantity:
        raise Conflict("Only some units of this line have failed: add a line for those.")
    _reserve_anew(order, line, actor)
    return line


def note_failure(order: RepairOrder, line: RepairLine, failure: Failure, *, actor: Actor) -> FaultyPart:
    """The row that says which part of ``line`` failed, and that ``order`` found it. Both are locked by the caller."""
    if line.item_id is None:
        raise Conflict("This line has no part from stock.")
    went = last_issued(stock.SOURCE, line.pk)
    number = failed_unit(failure.serial_number, serials_of(went) if went else [])
    branch_id = went.from_branch_id if went and went.from_branch_id else order.branch_id
    supplier = supplier_of(line.item_id, branch_id, number)
    found = FaultyPart(
        order=order,
        line=line,
        item_id=line.item_id,
        supplier=supplier,
        serial_number=number,
        quantity=failed_units(failure.quantity, line.quantity, replace=failure.replace),
        reason=failure.reason,
        **actor_columns(actor),
    )
    found.save(force_insert=True)
    event = events.PartFaulty(
        aggregate_id=order.pk,
        faulty_part_id=found.pk,
        line_id=line.pk,
        item_id=line.item_id,
        supplier_id=supplier.pk if supplier else None,
        quantity=found.quantity,
        reason=failure.reason,
    )
    audit.record(event, actor=actor)
    return found


def _with_issued_part(order_id: UUID, line_id: UUID, reason: str, actor: Actor) -> tuple[RepairOrder, RepairLine]:
    order = locked_for(actor, Right.ORDERS_PARTS, order_id)
    line = selectors.get_line(order, line_id)
    if not reason.strip():
        raise ValidationFailed.on("reason", "required", "Say why.")
    open_to_all = parts_may_come_out(order.status, order.unrepaired)
    if not open_to_all or (actor.role == Role.SELLER and not rules.before_work(order.status)):
        raise Conflict(f"Parts of an order that is {OrderStatus(order.status).label} stay where they are.")
    if line.state != LineState.ISSUED:
        raise Conflict("No part was issued for this line.")
    return order, line


def _reserve_anew(order: RepairOrder, line: RepairLine, actor: Actor) -> None:
    may = rules.before_work if actor.role == Role.SELLER else rules.lines_may_change
    if not may(order.status):
        raise Conflict(f"An order that is {OrderStatus(order.status).label} takes no parts.")
    line.state = LineState.PLANNED
    stock.reserve(order, [line], actor=actor)
    _become(order, line, LineState(line.state))
    event = events.LinesChanged(aggregate_id=order.pk, line_id=line.pk, what="reserved", total=order.total)
    audit.record(event, actor=actor)


def _become(order: RepairOrder, line: RepairLine, state: LineState) -> None:
    line.state = state
    line.save(update_fields=["state"])
    order.save(update_fields=["updated_at"])
