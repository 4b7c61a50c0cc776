"""The shop's habits of pricing: what a branch charges differently, and what it wants to earn on a part."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.catalog.enums import DeviceType, PartQuality
from apps.catalog.models import Brand, PartType, RepairType
from apps.core import money
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.core.money import ZERO
from apps.inventory.models import Branch
from apps.inventory.models.branches import default_currency, validate_currency
from apps.pricing import rules
from apps.pricing.models.prices import today


class RuleQuerySet(models.QuerySet[Any]):
    def active_on(self, day: Any) -> "RuleQuerySet":
        """Rules that are switched on and valid on a day."""
        return self.filter(Q(valid_until__gte=day) | Q(valid_until=None), is_active=True, valid_from__lte=day)


class PricingRule(Record):
    """What both kinds of rule have: for whom, from when, and how the result is rounded."""

    repair_type = models.ForeignKey(RepairType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    device_type = models.CharField(max_length=20, choices=DeviceType, blank=True)
    part_quality = models.CharField(max_length=30, choices=PartQuality, blank=True)
    rounding_step = MoneyField(
        default=ZERO, validators=[MinValueValidator(0)],
        help_text="Prices become a multiple of this, such as 5; 0 leaves them as they are.",
    )  # fmt: skip
    rounding_ending = MoneyField(default=ZERO, help_text="Added after that, such as −0.01 for 4.99 or −1 for 99.")
    is_active = models.BooleanField(default=True)
    valid_from = models.DateField(default=today)
    valid_until = models.DateField(null=True, blank=True)
    notes = models.TextField(max_length=1000, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["created_at", "id"]

    @property
    def habit(self) -> rules.Habit:
        """How its results are rounded."""
        return rules.Habit(self.rounding_step, self.rounding_ending)

    @property
    def scope(self) -> rules.Scope:
        """What it is for."""
        return rules.Scope(
            part_type_id=getattr(self, "part_type_id", None),
            repair_type_id=self.repair_type_id,
            brand_id=self.brand_id,
            device_type=self.device_type,
            part_quality=self.part_quality,
        )


class BranchPriceRule(PricingRule):
    """What a branch adds to the price list. A price of its own goes before; of several rules the most exact one counts."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="price_rules")
    markup_percent = models.DecimalField(
        max_digits=7, decimal_places=2, default=ZERO,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(1000))],
    )  # fmt: skip
    added_amount = MoneyField(default=ZERO, help_text="Added after the markup; may be negative.")

    class Meta(PricingRule.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="pricing_branch_rule_not_backwards",
            ),
            models.CheckConstraint(condition=Q(rounding_step__gte=0), name="pricing_branch_rule_step_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.branch}: {rules.signed(self.markup_percent)} %"

    @property
    def currency(self) -> str:
        """Its amounts are in its branch's."""
        return str(self.branch.currency)

    def plain(self) -> rules.BranchRule:
        """As the arithmetic knows it."""
        return rules.BranchRule(
            id=self.pk,
            scope=self.scope,
            created_at=self.created_at,
            markup_percent=self.markup_percent,
            added_amount=self.added_amount,
            habit=self.habit,
        )


class MarginRule(PricingRule):
    """How a price is made of a part's cost: ``cost × (1 + markup) + labour``, at least the minimum, rounded."""

    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    markup_percent = models.DecimalField(
        max_digits=7, decimal_places=2, validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10000))]
    )
    labour_amount = MoneyField(default=ZERO, validators=[MinValueValidator(0)])
    minimum_price = MoneyField(null=True, blank=True, validators=[MinValueValidator(0)])

    class Meta(PricingRule.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="pricing_margin_rule_not_backwards",
            ),
            models.CheckConstraint(condition=Q(rounding_step__gte=0), name="pricing_margin_rule_step_not_negative"),
            models.CheckConstraint(
                condition=Q(markup_percent__gte=0, labour_amount__gte=0), name="pricing_margin_rule_not_negative"
            ),
        ]

    def __str__(self) -> str:
        labour = money.text(self.labour_amount, self.currency)
        return f"cost {rules.signed(self.markup_percent)} % + {labour} {self.currency}"

    def plain(self) -> rules.Margin:
        """As the arithmetic knows it."""
        return rules.Margin(
            id=self.pk,
            scope=self.scope,
            created_at=self.created_at,
            markup_percent=self.markup_percent,
            labour_amount=self.labour_amount,
            minimum_price=self.minimum_price,
            habit=self.habit,
        )
