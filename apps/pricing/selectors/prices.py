"""Questions about prices."""

from django.db.models import Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.catalog.models import DeviceModel, RepairType
from apps.catalog.selectors import models_found_by, offered_to
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.pricing.models import BranchPriceRule, Price, PriceQuerySet
from apps.pricing.selectors.days import valid_today


def prices_visible_to(actor: Actor) -> PriceQuerySet:
    """Staff see the whole list, customers what is valid today for what is offered where it is open."""
    everything: PriceQuerySet = Price.objects.all()
    if actor.role != Role.CUSTOMER:
        return everything
    open_ = Q(branch=None) | Q(branch__is_active=True)
    return valid_today(everything.filter(open_, device_model__is_active=True, repair_type__is_active=True))


def prices_found_by(prices: PriceQuerySet, text: str) -> PriceQuerySet:
    """Those that mention ``text``; if none does, those of the models that the catalogue finds by it."""
    found = prices.mentioning(text)
    if found.exists():
        return found
    return prices.filter(device_model__in=models_found_by(DeviceModel.objects.all(), text))


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


def _prices_every_branch(actor: Actor) -> bool:
    return reach(actor, Right.BRANCHES_UPDATE) is Reach.ALL
