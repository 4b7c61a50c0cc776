"""Questions about prices."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from apps.accounts.enums import Role
from apps.catalog.models import DeviceModel, RepairType
from apps.catalog.selectors import offered_to
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.pricing import rules
from apps.pricing.models import Price, today


def prices_visible_to(actor: Actor) -> QuerySet[Price]:
    """Staff see the whole list, customers what is valid today for what is offered."""
    if actor.role != Role.CUSTOMER:
        return Price.objects.all()
    return Price.objects.valid_on(today()).filter(device_model__is_active=True, repair_type__is_active=True)


def require_offered(device_model: DeviceModel, repair_type: RepairType, *, actor: Actor) -> None:
    """Raises ``ReferenceMissing`` for a model or a kind of work that ``actor`` cannot see in the catalogue."""
    for record, field, thing in (
        (device_model, "deviceModelId", "device model"),
        (repair_type, "repairTypeId", "repair type"),
    ):
        if not offered_to(actor, type(record)).filter(pk=record.pk).exists():
            raise ReferenceMissing.on(field, thing)


def estimate(
    device_model: DeviceModel, repair_type_id: UUID, part_type_id: UUID | None, part_quality: str | None, *, on: date
) -> rules.Estimate:
    """The listed price of a repair on a day, for the part or quality if one is named; else that there is none."""
    prices = Price.objects.valid_on(on).filter(device_model=device_model, repair_type_id=repair_type_id)
    if part_type_id is not None:
        prices = prices.filter(part_type_id=part_type_id)
    if part_quality is not None:
        prices = prices.filter(part_quality=part_quality)
    return rules.from_list((_listed(price) for price in prices.select_related("part_type")), settings.CURRENCY)


def listed_price(
    device_model: DeviceModel, repair_type_id: UUID, part_type_id: UUID | None, currency: str, *, on: date
) -> rules.Listed | None:
    """The one listed price of a line, if there is exactly one that fits."""
    found = estimate(device_model, repair_type_id, part_type_id, None, on=on)
    fitting = [line for line in found.basis if line.currency == currency]
    return fitting[0] if len(fitting) == 1 else None


def _listed(price: Price) -> rules.Listed:
    return rules.Listed(
        id=price.pk,
        price=price.price,
        currency=price.currency,
        part_type_id=price.part_type_id,
        part_quality=price.part_quality,
        is_estimated=price.is_estimated,
        confidence_score=price.confidence_score,
        name=str(price.part_type) if price.part_type else price.get_part_quality_display(),
    )
