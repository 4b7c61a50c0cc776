"""Applying a change of many prices, and undoing it: in one transaction, once, with an event for every price."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import writing
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.pricing.enums import ChangeStatus
from apps.pricing.models import BulkChange, BulkChangeLine, Price
from apps.pricing.rules.changes import state_of
from apps.pricing.selectors import prices_writable_by, today_for
from apps.pricing.selectors.changes import change_lines, lines_that
from apps.pricing.services.bulk_changes import finish, locked_change, refuse_changed
from apps.pricing.services.bulk_writing import (
    PriceBatch,
    end_with_successor,
    hold_models,
    models_of,
    prices_in,
    write_prices,
)

_DAY = timedelta(days=1)


@transaction.atomic
def apply_change(change_id: UUID, *, actor: Actor) -> BulkChange:
    """Do to every price what the preview of the draft shows; all of them or none.

    A price that has begun before ends on the day before the change, and another one begins in its place; one that begins
    on that day or later is changed itself. Raises ``Forbidden``, ``NotFound``, ``Conflict`` for a change that is no draft
    or whose day has passed, and ``PricesChanged`` naming the prices that are no longer what the preview shows.
    """
    require(actor, Right.PRICES_WRITE)
    change = locked_change(change_id, ChangeStatus.DRAFT)
    if change.valid_from < today_for(actor):
        raise Conflict(f"This change was to begin on {change.valid_from}, which is past. Make a new one.")
    lines = list(lines_that(change_lines(change), "changed"))
    prices = _held((line.price_id for line in lines), actor)
    refuse_changed([line for line in lines if not _is_still(prices.get(line.price_id), line.before)])
    batch = PriceBatch()
    for line in lines:
        assert line.price_id is not None
        _apply(line, prices[line.price_id], batch)
    write_prices(batch, actor=actor, reason=change.reason, also=_also(change))
    writing.update([line for line in lines if line.made_id], ("made", "updated_at"))
    finish(change, ChangeStatus.APPLIED, actor=actor)
    return change


@transaction.atomic
def undo_change(change_id: UUID, *, actor: Actor) -> BulkChange:
    """Make every price what it was before the change: prices that it made are removed, those that it ended go on.

    What somebody has changed since is left as it is, and its line says so. Raises ``Forbidden``, ``NotFound``, and
    ``Conflict`` for a change that is not applied, or of prices that the actor does not set.
    """
    require(actor, Right.PRICES_WRITE)
    change = locked_change(change_id, ChangeStatus.APPLIED)
    lines = list(lines_that(change_lines(change), "changed"))
    ids = [pk for line in lines for pk in (line.price_id, line.made_id) if pk]
    prices = _held(ids, actor)
    _require_all(ids, prices)
    batch, kept = PriceBatch(), []
    for line in lines:
        line.kept_because = _why_kept(line, prices, change.valid_from)
        if line.kept_because:
            kept.append(line)
        else:
            _restore(line, prices, batch)
    write_prices(batch, actor=actor, reason=f"undone: {change.reason}", also=_also(change))
    writing.update(kept, ("kept_because", "updated_at"))
    finish(change, ChangeStatus.UNDONE, actor=actor)
    return change


def _also(change: BulkChange) -> dict[str, Any]:
    return {"bulk_change_id": str(change.pk)}


def _held(price_ids: Iterable[UUID | None], actor: Actor) -> dict[UUID | None, Price]:
    """The prices that the actor sets, once nobody else can change them."""
    ids = [pk for pk in price_ids if pk is not None]
    hold_models(models_of(ids))
    return {price.pk: price for price in prices_in(ids, prices_writable_by(actor))}


def _require_all(ids: Sequence[UUID], prices: Mapping[UUID | None, Price]) -> None:
    """Raises ``Conflict`` where a price is not the actor's to set: half undone, nobody could undo the rest."""
    if any(pk not in prices for pk in (price.pk for price in prices_in(ids))):
        raise Conflict("Some of these prices are another branch's own. Somebody who sets them all has to undo this.")


def _is_still(price: Price | None, state: dict[str, Any]) -> bool:
    if price is None:
        return False
    return state_of(audit.columns(price)) == {name: value for name, value in state.items() if name != "label"}


def _apply(line: BulkChangeLine, price: Price, batch: PriceBatch) -> None:
    before, target = audit.columns(price), price
    if line.after["valid_from"] != line.before["valid_from"]:
        target = end_with_successor(price, date.fromisoformat(line.after["valid_from"]))
        line.made_id = target.pk
        batch.made.append(target)
    _take(target, line.after)
    batch.changed.append((price, before))


def _take(price: Price, state: dict[str, Any]) -> None:
    """The columns that a change changes, as they are in ``state``."""
    score = state["confidence_score"]
    price.price, price.source, price.is_estimated = Decimal(state["price"]), state["source"], state["is_estimated"]
    price.confidence_score = None if score is None else Decimal(score)


def _why_kept(line: BulkChangeLine, prices: dict[UUID | None, Price], begins: date) -> str:
    is_replaced = line.after["valid_from"] != line.before["valid_from"]
    as_left = {**line.before, "valid_until": str(begins - _DAY)} if is_replaced else line.after
    if line.price_id not in prices:
        return "The price was deleted."
    if not _is_still(prices[line.price_id], as_left):
        return "Somebody has changed the price since."
    if is_replaced and line.made_id not in prices:
        return "The new price was deleted."
    if is_replaced and not _is_still(prices[line.made_id], line.after):
        return "Somebody has changed the new price since."
    return ""


def _restore(line: BulkChangeLine, prices: dict[UUID | None, Price], batch: PriceBatch) -> None:
    price = prices[line.price_id]
    before = audit.columns(price)
    if line.made_id is not None:
        batch.removed.append(prices[line.made_id])
        until = line.before["valid_until"]
        price.valid_until = None if until is None else date.fromisoformat(until)
    else:
        _take(price, line.before)
    batch.changed.append((price, before))
