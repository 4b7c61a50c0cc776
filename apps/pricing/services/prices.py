"""Changes to the price list."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.audit import services as audit
from apps.catalog.models import DeviceModel
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Duplicate, ValidationFailed
from apps.pricing.models import Price
from apps.pricing.rules import check_period, overlaps
from apps.pricing.services.estimates import follow_prices


@transaction.atomic
def create_price(fields: dict[str, Any], *, actor: Actor) -> Price:
    """A new line of the price list.

    Raises ``ValidationFailed`` for an amount or period that is none, ``Duplicate`` when another price of the same model,
    repair, part type and quality is valid on one of the same days.
    """
    price = Price(**fields)
    with audit.creating(actor=actor) as created:
        _check(price)
        price.save(force_insert=True)
        created.append(price)
        follow_prices([price], actor=actor)
    return price


@transaction.atomic
def update_price(price_id: UUID, fields: dict[str, Any], *, actor: Actor) -> Price:
    """Change a line of the price list; what it was stays in its history. Raises as ``create_price``, and ``NotFound``."""
    with audit.changing(Price.objects.all(), price_id, actor=actor) as price:
        for name, value in fields.items():
            setattr(price, name, value)
        _check(price)
        price.save()
        follow_prices([price], actor=actor)
    result: Price = price
    return result


def delete_price(price_id: UUID, *, actor: Actor) -> None:
    """Take a line off the list; its history stays. Raises ``NotFound``."""
    audit.delete(Price.objects.all(), price_id, actor=actor)


def _check(price: Price) -> None:
    check_period(price.valid_from, price.valid_until)
    for field, amount in (("price", price.price), ("cost", price.cost)):
        if amount is not None and not money.fits(amount, price.currency):
            raise ValidationFailed.on(field, "invalid", f"This is not an amount of {price.currency}.")
    # All prices of a model are changed one after the other: two new ones must not miss each other.
    DeviceModel.objects.select_for_update().filter(pk=price.device_model_id).first()
    same = Price.objects.filter(
        device_model_id=price.device_model_id,
        repair_type_id=price.repair_type_id,
        part_type_id=price.part_type_id,
        part_quality=price.part_quality,
        branch=price.branch_id,
    ).exclude(pk=price.pk)
    for other_from, other_until in same.values_list("valid_from", "valid_until"):
        if overlaps(price.valid_from, price.valid_until, other_from, other_until):
            until = f" until {other_until}" if other_until else ""
            raise Duplicate(f"There is already a price for this from {other_from}{until}.")
