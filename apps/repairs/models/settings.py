"""What each branch has settled for its workshop: terms, times, taxes."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.catalog.models import PartType, RepairType
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus, Priority, SignaturePurpose

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class WorkshopSettings(Record):
    """How a branch works. One without a row works by the defaults that stand here."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="workshop")
    prices_include_tax = models.BooleanField(default=True)
    diagnosis_fee = MoneyField(
        default=0,
        validators=[MinValueValidator(Decimal(0))],
        help_text="Charged, tax included, when a device goes back unrepaired after somebody has looked at it.",
    )
    quote_valid_days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(1)])
    password_kept_days = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(1)], help_text="Then a device password is wiped, whatever its order."
    )
    unclaimed_after_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1)], help_text="A device that was ready so long ago is unclaimed."
    )
    reminder_every_days = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(1)])
    quality_check_required = models.BooleanField(
        default=False, help_text="A repaired device is ready for pick-up only after its quality checklist was passed."
    )
    letterhead = models.TextField(max_length=500, blank=True, help_text="Printed below the branch's name.")
    tax_number = models.CharField(max_length=40, blank=True)
    footer = models.TextField(max_length=500, blank=True, help_text="Printed at the foot of documents.")

    class Meta:
        verbose_name_plural = "workshop settings"

    def __str__(self) -> str:
        return str(self.branch)


class TaxRate(Record):
    """A rate of a tax on sales, such as 19 %."""

    name = models.CharField(max_length=60, unique=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, validators=PERCENT)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="repairs_tax_percent")]

    def __str__(self) -> str:
        return self.name


class TaxRule(Record):
    """Which rate holds from a day on: everywhere or at a branch; for everything, a kind of repair or a kind of part."""

    rate = models.ForeignKey(TaxRate, on_delete=models.PROTECT, related_name="rules")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    repair_type = models.ForeignKey(RepairType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "repair_type", "part_type", "starts_on"],
                nulls_distinct=False,
                name="repairs_one_tax_rule",
                violation_error_message="There is such a rule from that day on.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rate_id} from {self.starts_on}"


class Terms(Record):
    """The text to which a customer signs, in a language; without a branch it holds everywhere."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=10, choices=SignaturePurpose, default=SignaturePurpose.INTAKE)
    language = models.CharField(max_length=10, default="en")
    text = models.TextField(max_length=10_000)

    class Meta:
        verbose_name_plural = "terms"
        ordering = ["purpose", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "purpose", "language"], nulls_distinct=False, name="repairs_terms_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.language})"


class StatusLimit(Record):
    """How long an order may stay in a status before it counts as late; the narrowest row holds."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=20, choices=OrderStatus)
    priority = models.CharField(max_length=10, choices=Priority, blank=True)
    hours = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["status", "priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "status", "priority"], nulls_distinct=False, name="repairs_status_limit_once"
            ),
            models.CheckConstraint(condition=Q(hours__gte=1), name="repairs_status_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.hours} h"
