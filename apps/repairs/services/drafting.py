"""Turns lines as they are asked for into lines that are priced, checked and ready to be stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from apps.catalog.models import PartType, RepairType
from apps.core import composed, money
from apps.core.exceptions import DomainError, FieldError, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.models import Item
from apps.pricing.selectors import Answer, price_of_line
from apps.repairs import rules
from apps.repairs.models import RepairLine, RepairOrder
from apps.repairs.selectors import PriceTerms, price_terms


@dataclass(frozen=True)
class LineRequest:
    """A line as it is asked for. Without a unit price it takes the listed one, else an estimate; a total must be right."""

    repair_type_id: UUID
    part_type_id: UUID | None = None
    quantity: int = 1
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    total_price: Decimal | None = None
    item_id: UUID | None = None
    id: UUID | None = None
    # The warranty of an earlier repair that pays for it.
    covered_by_id: UUID | None = None


def draft_lines(
    order: RepairOrder,
    requests: Sequence[LineRequest],
    *,
    path: str = "items.{}.",
    first: int = 1,
    terms: PriceTerms | None = None,
) -> list[RepairLine]:
    """Unsaved lines for an order; ``path`` is how the client names the fields of the n-th one.

    Their tax is that of today, or of the intake's day where its ``terms`` are given.

    Raises ``ReferenceMissing`` for a repair type, part type or item that does not exist, ``ValidationFailed`` for wrong
    amounts, a wrong total, or a line without any price. Four look-ups, however many lines.
    """
    part_types = _check_references(requests, path)
    on = (order.created_at if terms else timezone.now()).astimezone(order.branch.zone).date()
    terms = terms or price_terms(order.branch_id)
    lines = []
    errors: list[FieldError] = []
    for number, request in enumerate(requests):
        prefix = path.format(number)
        part = part_types.get(request.part_type_id) if request.part_type_id else None
        try:
            line = _draft(order, request, part, prefix)
        except DomainError as refusal:
            errors += refusal.details
            continue
        line.position = first + number
        percent = rules.tax_percent(
            terms.taxes, branch_id=order.branch_id, repair_type_id=line.repair_type_id,
            part_type_id=line.part_type_id, on=on,
        )  # fmt: skip
        tax_line(order, line, percent)
        lines.append(line)
    if errors:
        raise ValidationFailed(errors[0].message if len(errors) == 1 else f"{len(errors)} fields are wrong.", errors)
    return lines


def tax_line(order: RepairOrder, line: RepairLine, percent: Decimal) -> None:
    """Set the tax of a line whose total stands."""
    line.tax_percent = percent
    line.tax_amount = rules.tax_of(line.total_price, percent, order.currency, included=order.prices_include_tax)


def _check_references(requests: Iterable[LineRequest], path: str) -> dict[UUID, PartType]:
    wanted = list(requests)
    repair_types = existing(RepairType, {request.repair_type_id for request in wanted})
    items = existing(Item, {request.item_id for request in wanted if request.item_id})
    part_types = _part_types({request.part_type_id for request in wanted if request.part_type_id})
    errors = []
    for number, request in enumerate(wanted):
        for field, pk, known in (
            ("repairTypeId", request.repair_type_id, repair_types),
            ("partTypeId", request.part_type_id, part_types),
            ("inventoryItemId", request.item_id, items),
        ):
            if pk is not None and pk not in known:
                errors.append(FieldError(path.format(number) + field, "does_not_exist", "There is no such record."))
    if errors:
        raise ReferenceMissing("A line refers to a record that does not exist.", errors)
    return part_types


def _part_types(ids: set[UUID]) -> dict[UUID, PartType]:
    found = composed.records(PartType, *composed.with_ids(PartType, ids)) if ids else []
    return {part.pk: part for part in found}


def existing(model: type[Model], ids: set[UUID]) -> set[UUID]:
    """Those of ``ids`` that there are."""
    if not ids:
        return set()
    key, make, named = composed.with_ids(model, ids)
    return {row[0] for row in composed.rows((key, "pk"), lambda: make().values_list("pk"), named)}


def _draft(order: RepairOrder, request: LineRequest, part_type: PartType | None, prefix: str) -> RepairLine:
    unit_price, estimate = request.unit_price, None
    if unit_price is None:
        found = _priced(order, request, part_type, prefix)
        unit_price, estimate = found.price, _kept(found)
    assert unit_price is not None
    total = checked_total(request, unit_price, order.currency, prefix)
    return RepairLine(
        id=request.id or new_id(),
        order=order,
        repair_type_id=request.repair_type_id,
        part_type_id=request.part_type_id,
        item_id=request.item_id,
        covered_by_id=request.covered_by_id,
        quantity=request.quantity,
        unit_price=unit_price,
        estimate=estimate,
        discount=request.discount,
        total_price=total,
        warranty_months=part_type.warranty_months if part_type else 0,
    )


def _priced(order: RepairOrder, request: LineRequest, part_type: PartType | None, prefix: str) -> Answer:
    """The listed price of a line, or an estimate; raises ``ValidationFailed`` where neither can be told."""
    day = order.created_at.astimezone(order.branch.zone).date()
    found = price_of_line(order.device_model, request.repair_type_id, part_type, order.branch, order.currency, on=day)
    if found.price is None:
        message = f"There is no single listed price for this repair; name one. {found.reason or ''}".strip()
        raise ValidationFailed.on(f"{prefix}unitPrice", "required", message)
    return found


def _kept(found: Answer) -> dict[str, Any] | None:
    if found.price is None or found.low is None or found.high is None or not found.is_estimated:
        return None
    return rules.kept_estimate(
        price=found.price,
        low=found.low,
        high=found.high,
        currency=found.currency,
        confidence=found.confidence_score,
        method=found.method,
        version=found.version,
    )


def checked_total(request: LineRequest, unit_price: Decimal, currency: str, prefix: str) -> Decimal:
    """The line's total; raises ``ValidationFailed`` for amounts that are none, and for a total that is not the sum."""
    for field, amount in (("unitPrice", unit_price), ("discount", request.discount)):
        if not money.fits(amount, currency):
            raise ValidationFailed.on(f"{prefix}{field}", "invalid", f"This is not an amount of {currency}.")
    total = rules.line_total(rules.LineAmounts(request.quantity, unit_price, request.discount), currency)
    if total < 0:
        raise ValidationFailed.on(f"{prefix}discount", "max_value", "The discount is larger than the line.")
    if total > money.LARGEST:
        raise ValidationFailed.on(f"{prefix}unitPrice", "max_value", "This amount is too large.")
    if request.total_price is not None and request.total_price != total:
        message = f"The total of this line is {money.text(total, currency)}."
        raise ValidationFailed.on(f"{prefix}totalPrice", "mismatch", message)
    return total
