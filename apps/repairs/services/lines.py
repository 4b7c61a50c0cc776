"""Lines that are added, changed or taken off after the intake."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.repairs import events, rules, selectors
from apps.repairs.enums import LineState, OrderStatus
from apps.repairs.models import QuoteLine, RepairLine, RepairOrder
from apps.repairs.services import estimating, stock
from apps.repairs.services.drafting import LineRequest, draft_lines, tax_line
from apps.repairs.services.intake import set_totals
from apps.repairs.services.locking import locked_for
from apps.repairs.services.quoting import ask_again

_REQUEST_FIELDS = ("repair_type_id", "part_type_id", "quantity", "unit_price", "discount", "item_id", "covered_by_id")


@transaction.atomic
def add_line(order_id: UUID, request: LineRequest, *, actor: Actor) -> RepairLine:
    """One more line, its part reserved if there is enough.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` when the order's lines can no longer change, and what
    ``draft_lines`` raises.
    """
    order = _open_order(order_id, actor)
    last = order.lines.order_by("-position").values_list("position", flat=True).first() or 0
    line = draft_lines(order, [request], path="", first=last + 1)[0]
    if line.item_id is not None:
        stock.reserve(order, [line], actor=actor)
    line.save(force_insert=True)
    estimating.keep(order, [line], actor=actor)
    _finish(order, line, "added", actor)
    ask_again(order, actor=actor)
    return line


@transaction.atomic
def change_line(order_id: UUID, line_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> RepairLine:
    """Change fields of a line (those of a ``LineRequest`` but the id); a changed part or quantity is reserved anew.

    A price that is named is somebody's word, and settles the estimate that the line had. Without one, a line that had an
    estimate and becomes another repair or part is priced anew. Raises ``NotFound`` for a line of another order,
    ``Conflict`` when its part has been issued or when it would cost something though a warranty pays for it, and as
    ``add_line``.
    """
    order = _open_order(order_id, actor)
    changed = change_held(order, selectors.get_line(order, line_id), changes, actor=actor)
    ask_again(order, actor=actor)
    return changed


def change_held(
    order: RepairOrder, line: RepairLine, changes: Mapping[str, Any], *, actor: Actor, offered: QuoteLine | None = None
) -> RepairLine:
    """``change_line`` on an order that is locked already, and whose lines may change.

    A line that becomes what was ``offered`` has the tax and the warranty of the offer, whatever they would be today.
    """
    _require_not_issued(line)
    present = LineRequest(**{name: getattr(line, name) for name in _REQUEST_FIELDS}, id=line.pk)
    wanted = replace(present, **{**changes, "id": line.pk})
    anew = _is_priced_anew(line, wanted, changes)
    if anew:
        wanted = replace(wanted, unit_price=None)
    drafted = draft_lines(order, [wanted], path="", first=line.position)[0]
    _carry_over(line, drafted, estimate=not anew and "unit_price" not in changes)
    if offered or _is_same_work(line, wanted):
        _on_terms_of(offered or line, order, drafted)
    _require_still_free(drafted)
    if _keeps_its_part(line, wanted):
        stock.reduce_line(line, wanted.quantity, actor=actor)
    elif (wanted.item_id, wanted.quantity) != (present.item_id, present.quantity):
        stock.release_line(order, line, actor=actor, then=[drafted])
        drafted.state = LineState.PLANNED
        stock.reserve(order, [drafted], actor=actor)
    drafted._state.adding = False
    drafted.save(force_update=True)
    if anew:
        estimating.keep(order, [drafted], actor=actor)
    if line.estimate is not None and "unit_price" in changes and _is_same_work(line, wanted):
        estimating.settle(drafted, actor=actor)
    _finish(order, drafted, "changed", actor)
    return drafted


@transaction.atomic
def remove_line(order_id: UUID, line_id: UUID, *, actor: Actor) -> None:
    """Take a line off, and give its part back. Raises as ``change_line``, and ``Conflict`` for the last line."""
    order = _open_order(order_id, actor)
    remove_held(order, selectors.get_line(order, line_id), actor=actor)
    ask_again(order, actor=actor)


def remove_held(order: RepairOrder, line: RepairLine, *, actor: Actor) -> None:
    """``remove_line`` on an order that is locked already, and whose lines may change."""
    line_id = line.pk
    _require_not_issued(line)
    if order.lines.count() == 1:
        raise Conflict("An order has at least one line; cancel the order instead.")
    if line.faulty_parts.exists():
        raise Conflict("A part of this line has failed, and stays on record with it.")
    stock.release_line(order, line, actor=actor)
    line.delete()
    line.pk = line_id
    _finish(order, line, "removed", actor)


def _open_order(order_id: UUID, actor: Actor) -> RepairOrder:
    order = locked_for(actor, Right.ORDERS_PARTS, order_id)
    may = rules.before_work if actor.role == Role.SELLER else rules.lines_may_change
    if not may(order.status):
        raise Conflict(
            f"The lines of an order that is {OrderStatus(order.status).label} cannot be changed by your role."
        )
    selectors.require_not_invoiced(order)
    return order


def _carry_over(line: RepairLine, drafted: RepairLine, *, estimate: bool) -> None:
    """What a line keeps when it is drafted again."""
    drafted.created_at, drafted.state = line.created_at, line.state
    if estimate:
        drafted.estimate = line.estimate


def _on_terms_of(agreed: RepairLine | QuoteLine, order: RepairOrder, drafted: RepairLine) -> None:
    """What was agreed on the same work stays: its rate of tax, and for how long it is warranted."""
    drafted.warranty_months = agreed.warranty_months
    tax_line(order, drafted, agreed.tax_percent)


def _is_priced_anew(line: RepairLine, wanted: LineRequest, changes: Mapping[str, Any]) -> bool:
    """Whether the line's estimate was for something else than what it is to be."""
    return line.estimate is not None and not _is_same_work(line, wanted) and "unit_price" not in changes


def _is_same_work(line: RepairLine, wanted: LineRequest) -> bool:
    """Whether it stays what its estimate was for: the price of other work says nothing about that."""
    return (line.repair_type_id, line.part_type_id) == (wanted.repair_type_id, wanted.part_type_id)


def _keeps_its_part(line: RepairLine, wanted: LineRequest) -> bool:
    """Whether fewer of the units that are reserved for the line will do: given back, they would go to who waits."""
    same = line.state == LineState.RESERVED and wanted.item_id == line.item_id
    return same and wanted.quantity < line.quantity


def _require_still_free(line: RepairLine) -> None:
    if line.covered_by_id is not None and line.total_price > 0:
        raise Conflict("A warranty pays for this line; a manager may charge it with a reason.")


def _require_not_issued(line: RepairLine) -> None:
    if line.state == LineState.ISSUED:
        raise Conflict("The part of this line has left the stock; it can no longer be changed.")


def _finish(order: RepairOrder, line: RepairLine, what: str, actor: Actor) -> None:
    set_totals(order, list(order.lines.all()), field="unitPrice")
    order.save(update_fields=["subtotal", "discount_total", "tax_total", "total"])
    event = events.LinesChanged(aggregate_id=order.pk, line_id=line.pk, what=what, total=order.total)
    audit.record(event, actor=actor)
