"""Where parts are bought, and what is on order."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models.branches import Branch, default_currency, validate_currency
from apps.inventory.models.documents import Document
from apps.inventory.models.items import Item
from apps.inventory.models.stock import StockMovement


class Supplier(Record):
    """Who sells us parts."""

    name = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    website = models.URLField(max_length=300, blank=True)
    account_number = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    lead_time_days = models.PositiveSmallIntegerField(default=7)
    notes = models.TextField(max_length=1000, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="inventory_supplier_name_is_unique")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        # Its costs are amounts of its currency: they would silently become others.
        if self.items.exclude(supplier__currency=self.currency).exists():
            message = "The costs of its items are in another currency: take them off first."
            raise ValidationError({"currency": ValidationError(message, code="in_use")})


class SupplierItem(Record):
    """That a supplier sells an item, under which number, at what cost and in which packs."""

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="items", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="suppliers")
    supplier_sku = models.CharField(max_length=60, blank=True)
    # In the supplier's currency.
    unit_cost = MoneyField(default=0, validators=[MinValueValidator(0)])
    pack_size = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    minimum_quantity = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    # Unless it is the supplier's.
    lead_time_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_preferred = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_preferred", "supplier__name"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "item"], name="inventory_item_once_per_supplier"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_preferred=True), name="inventory_one_preferred_supplier_per_item"
            ),
            models.CheckConstraint(
                condition=Q(pack_size__gte=1, minimum_quantity__gte=1), name="inventory_pack_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.supplier_sku or str(self.item_id)

    @property
    def currency(self) -> str:
        return str(self.supplier.currency)


class PurchaseOrderQuerySet(models.QuerySet[Any]):
    def under_way(self) -> "PurchaseOrderQuerySet":
        return self.filter(status__in=[PurchaseStatus.ORDERED, PurchaseStatus.PARTLY_RECEIVED])

    def found_by(self, text: str) -> "PurchaseOrderQuerySet":
        """By its own number, or by the supplier's."""
        return self.filter(Q(number__icontains=text) | Q(supplier_reference__icontains=text))


class PurchaseOrder(Document):
    """What a branch orders from a supplier, in the supplier's currency.

    ``exchange_rate`` is how many units of the branch's currency one unit of ``currency`` costs; ``total`` is what all
    lines cost together.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="purchase_orders")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="purchase_orders")
    status = models.CharField(max_length=20, choices=PurchaseStatus, default=PurchaseStatus.DRAFT)
    currency = models.CharField(max_length=3, default=default_currency, validators=[validate_currency])
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    total = MoneyField(default=0, editable=False)
    supplier_reference = models.CharField(max_length=100, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    ordered_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="inventory_exchange_rate_is_positive")
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="inventory_purchase_by_time")]


class PurchaseLine(Record):
    """Units of one item on a purchase order; ``quantity - received - cancelled`` are still to come once it is ordered."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="purchase_lines")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    unit_cost = MoneyField(default=0, validators=[MinValueValidator(0)])
    # The repair order that waits for it. In an app above: its id and number are kept without a key.
    repair_order_id = models.UUIDField(null=True)
    repair_order_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="inventory_one_line_per_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_purchase_line_not_empty"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("received") + F("cancelled")), name="inventory_purchase_line_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["repair_order_id"], name="inventory_purchase_for_order")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"

    @property
    def outstanding(self) -> int:
        return self.quantity - self.received - self.cancelled


class PurchaseReceipt(Record):
    """One delivery. Its id comes from who books it, so that what is sent twice is booked once. Append-only."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    delivery_note = models.CharField(max_length=100, blank=True)  # the number of the supplier's paper
    notes = models.TextField(max_length=1000, blank=True)
    actor_kind = models.CharField(max_length=20, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    actor_label = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.delivery_note or str(self.pk)


class PurchaseReceiptLine(Record):
    """Units of one line that came with a delivery, at what they really cost in the order's currency. Append-only.

    ``movement`` brought them in; what undoes it is the movement that reverses that one.
    """

    receipt = models.ForeignKey(PurchaseReceipt, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="receipt_lines")
    movement = models.OneToOneField(StockMovement, on_delete=models.PROTECT, related_name="receipt_line")
    quantity = models.PositiveIntegerField()
    unit_cost = MoneyField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "line"], name="inventory_line_once_per_receipt"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_receipt_line_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
