"""Questions about prices."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.catalog.models import DeviceModel, RepairType
from apps.catalog.selectors import offered_to
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.pricing import rules
from apps.pricing.models import BranchPriceRule, Price, PriceQuerySet
from apps.pricing.selectors.days import valid_today
from apps.pricing.selectors.effective import Effective, effective_prices


def prices_visible_to(actor: Actor) -> PriceQuerySet:
    """Staff see the whole list, customers what is valid today for what is offered where it is open."""
    everything: PriceQuerySet = Price.objects.all()
    if actor.role != Role.CUSTOMER:
        return everything
    open_ = Q(branch=None) | Q(branch__is_active=True)
    return valid_today(everything.filter(open_, device_model__is_active=True, repair_type__is_active=True))


def prices_beside(price: Price) -> QuerySet[Price]:
    """What is charged for the same repair with the same part on other days and at other branches, the latest first."""
    same = Price.objects.filter(
        device_model_id=price.device_model_id,
        repair_type_id=price.repair_type_id,
        part_type_id=price.part_type_id,
        part_quality=price.part_quality,
    )
    return same.exclude(pk=price.pk).select_related("branch").order_by("-valid_from", "pk")


def prices_writable_by(actor: Actor) -> QuerySet[Price]:
    """The list for all branches, and what the actor's own branches have of their own; an admin writes all."""
    if _prices_every_branch(actor):
        return Price.objects.all()
    return Price.objects.filter(Q(branch=None) | Q(branch__in=branches_priced_by(actor)))


def rules_writable_by(actor: Actor) -> QuerySet[BranchPriceRule]:
    """The rules of the branches whose prices ``actor`` sets."""
    if _prices_every_branch(actor):
        return BranchPriceRule.objects.all()
    return BranchPriceRule.objects.filter(branch__in=branches_priced_by(actor))


def branches_priced_by(actor: Actor) -> QuerySet[Branch]:
    """The branches whose prices ``actor`` sets."""
    return branches_within(actor, Right.BRANCHES_UPDATE)


def require_offered(device_model: DeviceModel, repair_type: RepairType, *, actor: Actor) -> None:
    """Raises ``ReferenceMissing`` for a model or a kind of work that ``actor`` cannot see in the catalogue."""
    for record, field, thing in (
        (device_model, "deviceModelId", "device model"),
        (repair_type, "repairTypeId", "repair type"),
    ):
        if not offered_to(actor, type(record)).filter(pk=record.pk).exists():
            raise ReferenceMissing.on(field, thing)


def listed_prices(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type_id: UUID | None,
    part_quality: str | None,
    *,
    on: date,
    branch: Branch | None = None,
    currency: str | None = None,
) -> list[rules.Listed]:
    """What the list says of a repair on a day, for the part or quality if one is named, as it is charged at ``branch``."""
    narrowing = {"repair_type_id": repair_type_id, "part_type_id": part_type_id, "part_quality": part_quality}
    named = {name: value for name, value in narrowing.items() if value is not None}
    return [_listed(one) for one in effective_prices(device_model, branch, on=on, currency=currency, **named)]


def estimate(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type_id: UUID | None,
    part_quality: str | None,
    *,
    on: date,
    branch: Branch | None = None,
) -> rules.Estimate:
    """The listed price of a repair on a day, as it is charged at ``branch``; else that there is none."""
    listed = listed_prices(device_model, repair_type_id, part_type_id, part_quality, on=on, branch=branch)
    return rules.from_list(listed, branch.currency if branch else settings.CURRENCY)


def listed_price(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type_id: UUID | None,
    currency: str,
    *,
    on: date,
    branch: Branch | None = None,
) -> rules.Listed | None:
    """The one listed price of a line as it is charged at ``branch``, if there is exactly one that fits."""
    listed = listed_prices(device_model, repair_type_id, part_type_id, None, on=on, branch=branch, currency=currency)
    return listed[0] if len(listed) == 1 else None


def _prices_every_branch(actor: Actor) -> bool:
    return reach(actor, Right.BRANCHES_UPDATE) is Reach.ALL


def _listed(one: Effective) -> rules.Listed:
    line = one.line
    return rules.Listed(
        id=line.pk,
        price=one.amount,
        currency=one.currency,
        part_type_id=line.part_type_id,
        part_quality=line.part_quality,
        is_estimated=line.is_estimated,
        confidence_score=line.confidence_score,
        name=str(line.part_type) if line.part_type else line.get_part_quality_display(),
    )
