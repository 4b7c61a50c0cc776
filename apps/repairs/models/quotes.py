"""Quotes: numbered versions that are frozen when they are sent, and what the customer said."""

from django.db import models
from django.db.models import Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.repairs.enums import DecidedBy, QuoteStatus
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.orders import RepairOrder


class Quote(Record, ActorColumns):
    """One version. Only its status changes; the newest version is the only one that can be decided on."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="quotes", db_index=False)
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=QuoteStatus, default=QuoteStatus.SENT)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    subtotal = MoneyField()
    discount_total = MoneyField()
    tax_total = MoneyField()
    total = MoneyField()
    valid_until = models.DateTimeField()
    message = models.TextField(max_length=2000, blank=True)
    # The whole text that the customer reads and says yes or no to.
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    # Made because the order has become dearer than what was approved, and not because somebody sent it.
    is_automatic = models.BooleanField(default=False)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="repairs_quote_version_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(status="sent"), name="repairs_one_quote_to_decide"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class QuoteLine(Record):
    """A line of the order as it was offered, or another way to do that line. Append-only."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    order_line_id = models.UUIDField()
    # In its place, if the customer chooses it; without one the line stands on the order as it is.
    instead_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="alternatives")
    is_required = models.BooleanField(default=False)
    repair_type_id = models.UUIDField()
    part_type_id = models.UUIDField(null=True)
    item_id = models.UUIDField(null=True)
    description = models.CharField(max_length=300)
    quality = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField()
    discount = MoneyField()
    total_price = MoneyField()
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3)
    tax_amount = MoneyField()
    warranty_months = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.description


class QuoteDecision(Record, ActorColumns):
    """What the customer said to a version, once. Append-only."""

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    way = models.CharField(max_length=10, choices=DecidedBy)
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)
    chosen = models.JSONField(default=list)  # ids of quote lines
    total = MoneyField()  # of what was chosen
    text_sha256 = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return "approved" if self.approved else "declined"
