"""Invoices and credit notes: frozen when they are issued."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.inventory.models import Branch
from apps.repairs.enums import InvoiceKind
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.drop_offs import DropOff
from apps.repairs.models.orders import RepairOrder


class InvoiceQuerySet(models.QuerySet[Any]):
    def found_by(self, text: str) -> "InvoiceQuerySet":
        """By a part of the number."""
        return self.filter(number__icontains=text.strip())

    def over_orders_of(self, customer_id: UUID) -> "InvoiceQuerySet":
        """Of a customer, by whose the orders are now."""
        return self.filter(pk__in=InvoiceLine.objects.filter(order__customer=customer_id).values("invoice"))


class Invoice(Record, ActorColumns):
    """An invoice, or a credit note that corrects one. Append-only; amounts are positive in both.

    ``seller`` and ``customer`` are what stands on the paper: names, addresses, tax number, as they were then. Whose it is
    now say the orders of its lines: customers are merged.
    """

    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=InvoiceKind)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    drop_off = models.ForeignKey(DropOff, on_delete=models.PROTECT, null=True, related_name="invoices")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    issued_on = models.DateField()  # on the branch's calendar
    language = models.CharField(max_length=10)
    seller = models.JSONField()
    customer = models.JSONField()
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    net_total = MoneyField()
    tax_total = MoneyField()
    total = MoneyField()
    paid = MoneyField(default=0)  # when it was issued
    reason = models.CharField(max_length=500, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True) | Q(kind="credit_note", corrects__isnull=False),
                name="repairs_credit_note_corrects",
            )
        ]
        indexes = [models.Index(fields=["branch", "created_at", "id"], name="repairs_invoice_of_branch")]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(Record):
    """A line as it stands on the paper. Append-only."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="invoice_lines")
    order_line_id = models.UUIDField(null=True)  # none for a fee
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credited_by")
    description = models.CharField(max_length=300)
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField()
    discount = MoneyField()
    total_price = MoneyField()
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3)
    tax_amount = MoneyField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.description


class InvoicedOrder(models.Model):
    """That an order stands on an invoice which holds: so that it is never invoiced twice. A credit note ends it."""

    order = models.OneToOneField(RepairOrder, on_delete=models.PROTECT, primary_key=True, related_name="invoiced")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="orders")

    def __str__(self) -> str:
        return f"{self.order_id} on {self.invoice_id}"


class InvoiceCounter(models.Model):
    """The last number of a series: a kind of document, a branch and a year."""

    series = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"
