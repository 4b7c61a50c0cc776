"""Which day it is: where a branch is known, its own."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.inventory.selectors import home_branch
from apps.pricing.models import Price, PriceQuerySet


def today_at(branch: Branch) -> date:
    """The day on the branch's calendar."""
    return timezone.localdate(timezone=branch.zone)


def today_for(actor: Actor, branch: Branch | None = None) -> date:
    """The branch's day; without one that of where ``actor`` works, or of the only branch, else that of the installation."""
    found = branch or home_branch(actor, Right.PRICES_READ)
    return today_at(found) if found is not None else timezone.localdate()


def valid_today(prices: QuerySet[Any]) -> PriceQuerySet:
    """Those of ``prices`` that are valid today: a branch's own on its calendar, the others on that of all branches.

    Where the branches have several calendars, the others go by the installation's. One look-up.
    """
    zones = {branch.timezone: today_at(branch) for branch in Branch.objects.active().only("timezone")}
    general = next(iter(zones.values())) if len(zones) == 1 else timezone.localdate()
    found: PriceQuerySet = Price.objects.filter(branch=None).valid_on(general)
    for name, day in zones.items():
        found |= Price.objects.filter(branch__timezone=name).valid_on(day)
    narrowed: Any = prices.filter(pk__in=found.order_by().values("pk"))
    valid: PriceQuerySet = narrowed
    return valid
