"""Money that has changed hands."""

from django.db import models
from django.db.models import Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.repairs.enums import PaymentKind, PaymentMethod
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.drop_offs import DropOff
from apps.repairs.models.orders import RepairOrder


class Tender(Record, ActorColumns):
    """What was handed over, or given back, at once for a drop-off; its payments say for which orders. Append-only."""

    drop_off = models.ForeignKey(DropOff, on_delete=models.PROTECT, related_name="tenders")
    kind = models.CharField(max_length=10, choices=PaymentKind)
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="repairs_tender_positive")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Payment(Record, ActorColumns):
    """Money that came in, or went back for a ``refund``; the amount is always positive. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=PaymentKind)
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=100, blank=True)
    # Of the money that was handed over for several orders of a drop-off at once.
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, null=True, related_name="payments")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="repairs_payment_positive")]
        indexes = [models.Index(fields=["created_at", "id"], name="repairs_payment_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
