"""Changes of many prices at once: drafted with a preview of each, applied once, and undone at most once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import writing
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, FieldError, NotFound, ValidationFailed
from apps.core.ids import new_id
from apps.pricing.enums import ChangeKind, ChangeStatus
from apps.pricing.models import BulkChange, BulkChangeLine, MarginRule, Price
from apps.pricing.rules.changes import (
    Operation,
    Priced,
    Selection,
    Skipped,
    check_operation,
    later_ones,
    new_amount,
    require_changeable,
    source_after,
    state_of,
)
from apps.pricing.selectors import best_margin_rule, margin_rules_on, today_for
from apps.pricing.selectors.changes import prices_selected
from apps.pricing.services.bulk_writing import CHUNK

LONGEST_CHANGE = 20_000


@dataclass(frozen=True)
class ChangeRequest:
    """A change as it is asked for; without a day it is from today on."""

    selection: Selection
    operation: Operation
    reason: str
    valid_from: date | None = None
    id: UUID | None = None


@transaction.atomic
def draft_change(request: ChangeRequest, *, actor: Actor) -> BulkChange:
    """Keep what the change would make of every price that it finds; the prices stay as they are.

    Raises ``Forbidden``, and ``ValidationFailed`` for an operation that cannot be meant, a day that is past, and a
    selection that finds no price or too many.
    """
    require(actor, Right.PRICES_WRITE)
    check_operation(request.operation)
    begins = request.valid_from or today_for(actor)
    if begins < today_for(actor):
        raise ValidationFailed.on("validFrom", "min_value", "A change begins today or later.")
    prices = list(prices_selected(request.selection, begins, actor=actor)[: LONGEST_CHANGE + 1])
    _require_some(prices)
    change = BulkChange(
        id=request.id or new_id(),
        selection=request.selection.as_asked(),
        operation=_said(request.operation),
        reason=request.reason,
        valid_from=begins,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    lines = _Preview(request, change, prices).lines()
    change.affected = sum(bool(line.after) for line in lines)
    with audit.creating(actor=actor, reason=request.reason) as created:
        change.save(force_insert=True)
        created.append(change)
    writing.insert(lines)
    return change


@transaction.atomic
def discard_change(change_id: UUID, *, actor: Actor) -> None:
    """Delete a draft. Raises ``Forbidden``, ``NotFound``, and ``Conflict`` for a change that was applied."""
    require(actor, Right.PRICES_WRITE)
    locked_change(change_id, ChangeStatus.DRAFT)
    audit.delete(BulkChange.objects.all(), change_id, actor=actor)


def locked_change(change_id: UUID, status: ChangeStatus) -> BulkChange:
    """The change under its row lock. Raises ``NotFound``, and ``Conflict`` unless it has this status."""
    change = BulkChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise NotFound("There is no such change.")
    if change.status != status:
        said = "has not been applied" if change.status == ChangeStatus.DRAFT else f"was {change.status} already"
        raise Conflict(f"This change {said}.")
    return change


def finish(change: BulkChange, status: ChangeStatus, *, actor: Actor) -> None:
    """Say that the change is applied or undone, with its event."""
    before = audit.columns(change)
    change.status = status
    if status == ChangeStatus.APPLIED:
        change.applied_at = timezone.now()
    else:
        change.undone_at = timezone.now()
    change.save(update_fields=["status", "applied_at", "undone_at"])
    audit.record_all_saved([(change, before, audit.columns(change))], actor=actor, reason=change.reason)


class PricesChanged(Conflict):
    """Prices are no longer what the preview showed; ``details`` names the lines."""


def refuse_changed(lines: Sequence[BulkChangeLine]) -> None:
    """Raises ``PricesChanged`` if there is any line."""
    if lines:
        words = "Somebody has changed this price since the preview."
        details = [FieldError(f"lines.{line.position}", "changed", words) for line in lines]
        message = f"{len(lines)} prices have changed since the preview. Make a new one."
        raise PricesChanged(message, details[:CHUNK])


def _require_some(prices: Sequence[Price]) -> None:
    if not prices:
        raise ValidationFailed.on("selection", "empty", "There is no such price.")
    if len(prices) > LONGEST_CHANGE:
        words = f"These are more than {LONGEST_CHANGE} prices. Change them in parts."
        raise ValidationFailed.on("selection", "max_length", words)


def _said(operation: Operation) -> dict[str, Any]:
    return {
        "kind": operation.kind.value,
        "value": None if operation.value is None else f"{operation.value:f}",
        "currency": operation.currency,
        "roundingStep": f"{operation.habit.step:f}",
        "roundingEnding": f"{operation.habit.ending:f}",
    }


# --- the preview ----------------------------------------------------------------------------------------------------


class _Preview:
    """What a change makes of each of its prices."""

    def __init__(self, request: ChangeRequest, change: BulkChange, prices: Sequence[Price]) -> None:
        self.request, self.change, self.prices = request, change, prices
        needs_rules = request.operation.kind == ChangeKind.MARGIN
        self.rules: list[MarginRule] = margin_rules_on(change.valid_from) if needs_rules else []
        self.planned = set(later_ones(map(_priced, prices), change.valid_from))

    def lines(self) -> list[BulkChangeLine]:
        return [self._line(number, price) for number, price in enumerate(self.prices, start=1)]

    def _line(self, position: int, price: Price) -> BulkChangeLine:
        line = BulkChangeLine(change=self.change, position=position, price=price)
        line.before = state_of(audit.columns(price)) | {"label": label_of(price)}
        try:
            line.after = self._after(price)
        except Skipped as skipped:
            line.kept_because = str(skipped)
        return line

    def _after(self, price: Price) -> dict[str, Any]:
        operation, priced = self.request.operation, _priced(price)
        if price.pk in self.planned:
            raise Skipped("It was planned for later.")
        require_changeable(priced, operation, self.request.selection)
        rule = best_margin_rule(price, self.rules) if self.rules else None
        amount = new_amount(priced, operation, rule.plain() if rule else None)
        columns: dict[str, Any] = {"price": amount, "source": source_after(operation.kind, price.source)}
        if columns["source"] != price.source or operation.kind in {ChangeKind.SET, ChangeKind.MARGIN}:
            columns |= {"is_estimated": False, "confidence_score": None}
        if price.valid_from < self.change.valid_from:
            columns["valid_from"] = self.change.valid_from
        return _state_with(price, columns)


def _state_with(price: Price, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What the price would be with other values in some columns."""
    as_it_would_be = Price(**{field.attname: getattr(price, field.attname) for field in price._meta.concrete_fields})
    for name, value in columns.items():
        setattr(as_it_would_be, name, value)
    return state_of(audit.columns(as_it_would_be))


def label_of(price: Price) -> str:
    """Model, repair and part of a price, in words; and the branch whose own it is."""
    part = str(price.part_type) if price.part_type else price.get_part_quality_display()
    words = [str(price.device_model), str(price.repair_type), part, *([price.branch.code] if price.branch else [])]
    return " · ".join(words)


def _priced(price: Price) -> Priced:
    key = (price.device_model_id, price.repair_type_id, price.part_type_id, price.part_quality, price.branch_id)
    return Priced(price.pk, key, price.price, price.cost, price.currency, price.source, price.valid_from)
