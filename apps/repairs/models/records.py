"""What is only ever added to an order: its statuses and notes."""

from django.db import models

from apps.core.models import Record
from apps.repairs.enums import NoteVisibility, OrderStatus
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.orders import RepairOrder


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
