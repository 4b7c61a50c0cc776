"""Changes to the price list."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.audit import services as audit
from apps.catalog.models import DeviceModel
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Duplicate, ReferenceMissing, ValidationFailed
from apps.pricing.enums import PriceSource
from apps.pricing.models import Price, overlaps
from apps.pricing.rules import check_period, check_replacement
from apps.pricing.rules import overlaps as share_a_day
from apps.pricing.selectors import branches_priced_by, prices_writable_by, today_for
from apps.pricing.services.estimates import follow_prices
from apps.pricing.services.superseding import supersede_proposals

_AMOUNTS = {"price", "cost"}
# What makes a price the price of something; a replacement has all of it.
_KEY = ("device_model_id", "repair_type_id", "part_type_id", "part_quality", "branch_id", "currency")


@transaction.atomic
def create_price(
    fields: dict[str, Any], *, actor: Actor, reason: str = "", source: PriceSource = PriceSource.PERSON
) -> Price:
    """A new line of the price list, valid from today unless a day is named.

    ``source`` says where the amounts come from; ``reason`` stands in the history. Raises ``ValidationFailed`` for an amount
    or period that is none, ``ReferenceMissing`` for a branch whose prices ``actor`` does not set, ``Duplicate`` when
    another price of the same model, repair, part type, quality and branch is valid on one of the same days.
    """
    price = Price(**fields, source=source)
    if price.branch is not None and "currency" not in fields:
        price.currency = price.branch.currency
    if "valid_from" not in fields:
        price.valid_from = today_for(actor, price.branch)
    with audit.creating(actor=actor, reason=reason) as created:
        _check(price, actor)
        _save(price, force_insert=True)
        created.append(price)
        follow_prices([price], actor=actor)
    return price


@transaction.atomic
def update_price(
    price_id: UUID, fields: dict[str, Any], *, actor: Actor, reason: str = "", source: PriceSource = PriceSource.PERSON
) -> Price:
    """Change a line of the price list; what it was stays in its history.

    Who writes its price or cost, be it the same as before, makes it ``source``'s. Raises as ``create_price``, and
    ``NotFound`` for one that there is not or that ``actor`` does not set.
    """
    with audit.changing(prices_writable_by(actor), price_id, actor=actor, reason=reason) as price:
        if fields.keys() & _AMOUNTS:
            _set_by(price, source)
        for name, value in fields.items():
            setattr(price, name, value)
        _check(price, actor)
        _save(price)
        follow_prices([price], actor=actor)
    supersede_proposals([price_id], actor=actor, reason=reason)
    result: Price = price
    return result


@transaction.atomic
def replace_price(price_id: UUID, fields: dict[str, Any], *, actor: Actor, reason: str = "") -> Price:
    """End a price and let another one take its place from the next day on; the new one.

    It is for the same repair in the same currency and ends when the old one would have. Its cost is the old one's unless
    ``fields`` name another. It begins today unless ``valid_from`` names a day. Raises as ``update_price``, ``Conflict`` for
    a price that has ended by then and ``ValidationFailed`` for one that has not begun before.
    """
    with audit.changing(prices_writable_by(actor), price_id, actor=actor, reason=reason) as old:
        taken_over = {name: getattr(old, name) for name in (*_KEY, "cost", "valid_until")}
        begins = fields.get("valid_from") or today_for(actor, old.branch)
        new = Price(**taken_over | fields | {"valid_from": begins})
        old.valid_until = check_replacement(old.valid_from, old.valid_until, begins)
        _hold_model(old)
        _save(old)
    supersede_proposals([price_id], actor=actor, reason=reason)
    with audit.creating(actor=actor, reason=reason) as created:
        _check(new, actor)
        _save(new, force_insert=True)
        created.append(new)
        follow_prices([new], actor=actor)
    return new


def delete_price(price_id: UUID, *, actor: Actor, reason: str = "") -> None:
    """Take a line off the list; its history stays. Raises ``NotFound``."""
    audit.delete(prices_writable_by(actor), price_id, actor=actor, reason=reason)


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """What the database says by itself of two prices on one day is raised as ``Duplicate``."""
    try:
        yield
    except IntegrityError as error:
        if overlaps.NAME not in str(error):
            raise
        raise Duplicate("There is already a price for this on one of these days.") from error


def _set_by(price: Price, source: PriceSource) -> None:
    if price.source == PriceSource.ESTIMATE:  # it was one; what somebody sets is not
        price.is_estimated, price.confidence_score = False, None
    price.source = source


def _save(price: Price, *, force_insert: bool = False) -> None:
    with refusing_overlaps():
        price.save(force_insert=force_insert)


def _check(price: Price, actor: Actor) -> None:
    check_period(price.valid_from, price.valid_until)
    _check_branch(price, actor)
    for field, amount in (("price", price.price), ("cost", price.cost)):
        if amount is not None and not money.fits(amount, price.currency):
            raise ValidationFailed.on(field, "invalid", f"This is not an amount of {price.currency}.")
    _hold_model(price)
    same = Price.objects.filter(
        device_model_id=price.device_model_id,
        repair_type_id=price.repair_type_id,
        part_type_id=price.part_type_id,
        part_quality=price.part_quality,
        branch=price.branch_id,
    ).exclude(pk=price.pk)
    for other_from, other_until in same.values_list("valid_from", "valid_until"):
        if share_a_day(price.valid_from, price.valid_until, other_from, other_until):
            until = f" until {other_until}" if other_until else ""
            raise Duplicate(f"There is already a price for this from {other_from}{until}.")


def _check_branch(price: Price, actor: Actor) -> None:
    if price.branch is None:
        return
    if not branches_priced_by(actor).filter(pk=price.branch.pk).exists():
        raise ReferenceMissing.on("branchId", "branch")
    if price.currency != price.branch.currency:
        raise ValidationFailed.on("currency", "invalid", f"{price.branch} takes {price.branch.currency}.")


def _hold_model(price: Price) -> None:
    """All prices of a model are changed one after the other: two new ones must not miss each other.

    The price of a model that was merged is one of where it went.
    """
    held = DeviceModel.objects.select_for_update(no_key=True).filter(pk=price.device_model_id)
    for merged_into in held.values_list("merged_into", flat=True):
        if merged_into is not None:
            price.device_model_id = merged_into
            _hold_model(price)
