"""The price list."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core import money
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.models import Branch
from apps.inventory.models.branches import default_currency, validate_currency
from apps.pricing.enums import PriceSource

_MOST_WORDS = 12  # of a search


def today() -> date:
    """The installation's day, where nobody says which branch's; see ``selectors.today_for``."""
    return timezone.localdate()


class PriceQuerySet(models.QuerySet[Any]):
    def valid_on(self, day: date) -> "PriceQuerySet":
        return self.filter(Q(valid_until__gte=day) | Q(valid_until=None), valid_from__lte=day)

    def mentioning(self, text: str) -> "PriceQuerySet":
        """With every word of ``text`` in the name of the brand, the model, the repair or the part."""
        found = self
        for word in text.split()[:_MOST_WORDS]:
            found = found.filter(
                Q(device_model__name__icontains=word)
                | Q(device_model__brand__name__icontains=word)
                | Q(repair_type__name__icontains=word)
                | Q(part_type__name__icontains=word)
            )
        return found

    def usable_at(self, branch: Branch | None) -> "PriceQuerySet":
        """The list for all branches, and what ``branch`` has of its own."""
        return self.filter(branch=None) if branch is None else self.filter(Q(branch=None) | Q(branch=branch))


class Price(Record):
    """What one repair of one model costs with one kind of part, from a day and perhaps until another (both included).

    One with a branch is that branch's own; there it goes before the others.
    """

    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="prices")
    repair_type = models.ForeignKey(RepairType, on_delete=models.PROTECT, related_name="prices")
    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, blank=True, related_name="prices")
    part_quality = models.CharField(max_length=30, choices=PartQuality, default=PartQuality.ORIGINAL)
    price = MoneyField(validators=[MinValueValidator(0)])
    cost = MoneyField(null=True, blank=True, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    valid_from = models.DateField(default=today)
    valid_until = models.DateField(null=True, blank=True)
    is_estimated = models.BooleanField(default=False)
    confidence_score = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    notes = models.TextField(max_length=1000, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="prices")
    source = models.CharField(max_length=10, choices=PriceSource, default=PriceSource.PERSON, editable=False)

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering = ["device_model__name", "repair_type__name", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="pricing_price_positive"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="pricing_period_not_backwards"
            ),
        ]
        indexes = [
            models.Index(fields=["device_model", "repair_type", "valid_from"], name="pricing_price_of_repair"),
            models.Index(fields=["created_at", "id"], name="pricing_price_by_time"),
        ]

    def __str__(self) -> str:
        return f"{money.text(self.price, self.currency)} {self.currency}"
