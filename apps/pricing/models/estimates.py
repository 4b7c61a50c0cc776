"""What the estimator has learnt, and how right its estimates turned out to be."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.models.branches import validate_currency


class EstimatorVersion(Record):
    """An estimator as it was trained once for the prices of one currency; the one with the highest number is asked."""

    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, validators=[validate_currency])
    # Of everything it was trained on: prices that have not changed need no new training.
    fingerprint = models.CharField(max_length=64)
    known_prices = models.PositiveIntegerField()
    known_lines = models.PositiveIntegerField(default=0)
    suspicious = models.JSONField(default=list)  # ids of prices that look like typing errors
    seconds = models.FloatField()
    content = models.BinaryField()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint("currency", "number", name="pricing_estimator_version_is_unique")]

    def __str__(self) -> str:
        return f"{self.currency} {self.number}"


class EstimateRecord(Record):
    """An estimate that a line of an order, or of the price list, has taken; and the price that was set later.

    The source is named by kind and id: repair orders lie above.
    """

    source_kind = models.CharField(max_length=40)  # repairs.repairline, pricing.price
    source_id = models.UUIDField()
    branch_id = models.UUIDField(null=True)
    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="+")
    repair_type = models.ForeignKey(RepairType, on_delete=models.PROTECT, related_name="+")
    part_type = models.ForeignKey(PartType, on_delete=models.PROTECT, null=True, related_name="+")
    part_quality = models.CharField(max_length=30, choices=PartQuality, blank=True)
    price = MoneyField()
    low = MoneyField()
    high = MoneyField()
    currency = models.CharField(max_length=3)
    confidence_score = models.DecimalField(
        max_digits=4, decimal_places=3, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    method = models.CharField(max_length=40)
    version = models.PositiveIntegerField(null=True)
    actual_price = MoneyField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint("source_kind", "source_id", name="pricing_one_estimate_of_a_source"),
            models.CheckConstraint(
                condition=Q(low__gt=0, low__lte=models.F("price"), high__gte=models.F("price")),
                name="pricing_estimate_in_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(actual_price=None, settled_at=None)
                | Q(actual_price__isnull=False, settled_at__isnull=False),
                name="pricing_estimate_settled_with_its_price",
            ),
        ]
        indexes = [models.Index(fields=["settled_at", "id"], name="pricing_estimate_settled")]

    def __str__(self) -> str:
        return f"{self.low} to {self.high} {self.currency}"


class EstimatorState(models.Model):
    """Where the training for one currency stands: who trains, what the prices looked like last, and what went wrong."""

    currency = models.CharField(max_length=3, primary_key=True, validators=[validate_currency])
    # Defaults of the database: a version's number is counted up by a statement that names two columns.
    last = models.PositiveIntegerField(default=0, db_default=0)
    seen = models.CharField(max_length=200, default="", db_default="", blank=True)
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    last_error = models.TextField(default="", db_default="", blank=True)

    def __str__(self) -> str:
        return self.currency
