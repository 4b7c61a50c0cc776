"""A device that comes back: what is still warranted is done again for nothing, visibly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, ValidationFailed
from apps.pricing.selectors import price_of_line
from apps.repairs import events, selectors
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.services.drafting import LineRequest
from apps.repairs.services.intake import Intake, create_order, require_warranty
from apps.repairs.services.lines import change_line
from apps.repairs.services.locking import locked_for
from apps.repairs.services.parts import Failure, note_failure


@transaction.atomic
def claim_warranty(order_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """A new order for a device that came back: linked, for the same customer and device.

    ``fields`` are those of an ``Intake``, ``line_ids`` of the first order that are done again, and ``faulty_parts``,
    pairs of the id of one of its lines and what failed of it. Without ``line_ids`` and ``items`` all lines are done
    again. What a warranty pays for has its old price and all of it off; what it pays for no longer has the listed price,
    or else the old one. Raises ``Conflict`` while the first order has not been handed over, ``ValidationFailed`` for
    lines of another order, and what ``create_order`` raises.
    """
    first = locked_for(actor, Right.ORDERS_CREATE, order_id)
    require_warranty(first)
    given = dict(fields)
    asked: list[LineRequest] = list(given.pop("items", ()))
    line_ids: Collection[UUID] | None = given.pop("line_ids", None)
    failures: Sequence[tuple[UUID, Failure]] = given.pop("faulty_parts", ())
    again = [] if asked and line_ids is None else _lines_again(first, line_ids)
    device = {"device_imei": first.device_imei, "device_serial": first.device_serial}
    intake = Intake(
        customer_id=first.customer_id,
        device_model_id=first.device_model_id,
        branch_id=first.branch_id,
        warranty_of_id=first.pk,
        **{**device, **given, "items": [*asked, *again]},
    )
    order = create_order(intake, actor=actor)
    for number, (line_id, failure) in enumerate(failures):
        note_failure(order, _failed_line(first, line_id, number), failure, actor=actor)
    return order


@transaction.atomic
def charge_line(order_id: UUID, line_id: UUID, reason: str, *, actor: Actor) -> RepairLine:
    """A line for which a warranty pays is charged after all, at its full price. A manager says why.

    Raises ``NotFound`` outside the actor's scope, ``Forbidden``, and ``Conflict`` for a line that is charged already.
    """
    order = locked_for(actor, Right.ORDERS_PARTS, order_id)
    if not actor.is_system and actor.role not in {Role.ADMIN, Role.MANAGER}:
        raise Forbidden("A manager says whether a warranty pays.")
    line = selectors.get_line(order, line_id)
    if not reason.strip():
        raise ValidationFailed.on("reason", "required", "Say why.")
    if line.covered_by_id is None:
        raise Conflict("No warranty pays for this line.")
    event = events.LineCharged(aggregate_id=order.pk, line_id=line.pk, warranty_id=line.covered_by_id, reason=reason)
    line.covered_by = None
    line.save(update_fields=["covered_by"])
    audit.record(event, actor=actor)
    return change_line(order_id, line_id, {"discount": Decimal(0)}, actor=actor)


def _lines_again(first: RepairOrder, line_ids: Collection[UUID] | None) -> list[LineRequest]:
    today = selectors.day_at(first, timezone.now())
    covers = selectors.covers_of(first, today)
    if line_ids is not None:
        known = {cover.line.pk for cover in covers}
        if not line_ids or set(line_ids) - known:
            raise ValidationFailed.on("lineIds", "does_not_exist", "The first repair has no such line.")
        covers = [cover for cover in covers if cover.line.pk in set(line_ids)]
    return [_again(first, cover, today) for cover in covers]


def _again(first: RepairOrder, cover: selectors.Cover, today: date) -> LineRequest:
    line = cover.line
    price = line.unit_price if cover.is_covered else _price_now(first, line, today)
    return LineRequest(
        line.repair_type_id,
        line.part_type_id,
        line.quantity,
        price,
        discount=price * line.quantity if cover.is_covered else Decimal(0),
        item_id=line.item_id,
        covered_by_id=cover.warranty_id if cover.is_covered else None,
    )


def _price_now(first: RepairOrder, line: RepairLine, today: date) -> Decimal:
    found = price_of_line(
        first.device_model, line.repair_type_id, line.part_type, first.branch, first.currency, on=today
    )
    return line.unit_price if found.price is None or found.is_estimated else found.price


def _failed_line(first: RepairOrder, line_id: UUID, number: int) -> RepairLine:
    line = first.lines.filter(pk=line_id, item__isnull=False).first()
    if line is None:
        message = "The first repair has no such line with a part from stock."
        raise ValidationFailed.on(f"faultyParts.{number}.lineId", "does_not_exist", message)
    return line
