"""What is only ever added to an order: its statuses, notes and payments."""

from django.db import models
from django.db.models import Q

from apps.core.fields import MoneyField
from apps.core.models import Record
from apps.repairs.enums import NoteVisibility, OrderStatus, PaymentKind, PaymentMethod
from apps.repairs.models.orders import RepairOrder


class ActorColumns(models.Model):
    """Who did it, as it was known then; without a foreign key, so that it outlives the account."""

    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)

    class Meta:
        abstract = True


class StatusHistory(Record, ActorColumns):
    """One change of status. Append-only; the first row of an order has no old status."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="history", db_index=False)
    old_status = models.CharField(max_length=20, choices=OrderStatus, null=True)
    new_status = models.CharField(max_length=20, choices=OrderStatus)
    notes = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "status history"
        indexes = [models.Index(fields=["order", "created_at"], name="repairs_history_of_order")]

    def __str__(self) -> str:
        return f"{self.old_status or '–'} → {self.new_status}"


class OrderNote(Record, ActorColumns):
    """A remark, for the shop or for the customer."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="notes")
    visibility = models.CharField(max_length=10, choices=NoteVisibility, default=NoteVisibility.INTERNAL)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class Payment(Record, ActorColumns):
    """Money that came in, or went back for a ``refund``; the amount is always positive. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=PaymentKind)
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="repairs_payment_positive")]
        indexes = [models.Index(fields=["created_at", "id"], name="repairs_payment_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
