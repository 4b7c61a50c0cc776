"""Places where devices are taken in and parts lie."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.core import money
from apps.core.models import Record


def default_currency() -> str:
    return str(settings.CURRENCY)


def validate_currency(value: str) -> None:
    if not money.is_known(value):
        raise ValidationError("This is not an ISO 4217 currency code.", code="invalid")


def validate_timezone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("This is not an IANA time zone.", code="invalid")


class BranchQuerySet(models.QuerySet[Any]):
    def active(self) -> "BranchQuerySet":
        return self.filter(is_active=True)


class Branch(Record):
    """A shop."""

    name = models.CharField(max_length=100)
    code = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    phone_number = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    manager_name = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=60, default="UTC", validators=[validate_timezone])
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    is_active = models.BooleanField(default=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="BranchMembership", related_name="branches")

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "branches"
        constraints = [models.UniqueConstraint(Lower("code"), name="inventory_branch_code_is_unique")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        # What its stock has cost are amounts of its currency: they would silently become others.
        valued = Q(quantity__gt=0) | Q(incoming__gt=0) | Q(last_cost_micros__isnull=False)
        if self.stock_levels.exclude(branch__currency=self.currency).filter(valued).exists():
            message = "Its stock is reckoned in another currency: open a new branch instead."
            raise ValidationError({"currency": ValidationError(message, code="in_use")})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The branch's time zone, in which its days begin and end."""
        return zoneinfo.ZoneInfo(self.timezone)


class BranchMembership(Record):
    """That a member of staff works at a branch."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="branch_memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "branch"], name="inventory_one_membership_per_branch")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.branch_id}"
