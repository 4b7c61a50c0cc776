"""Stock on its way from one branch to another."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from apps.core.models import Record
from apps.inventory.enums import TransferStatus
from apps.inventory.models.branches import Branch
from apps.inventory.models.documents import Document
from apps.inventory.models.items import Item


class TransferQuerySet(models.QuerySet[Any]):
    def under_way(self) -> "TransferQuerySet":
        return self.filter(status__in=[TransferStatus.SENT, TransferStatus.PARTLY_RECEIVED])


class Transfer(Document):
    """What one branch sends another. Between sending and receiving the units belong to neither."""

    from_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="transfers_out")
    to_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="transfers_in")
    status = models.CharField(max_length=20, choices=TransferStatus, default=TransferStatus.DRAFT)
    sent_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_branch=F("to_branch")), name="inventory_transfer_between_two")
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="inventory_transfer_by_time")]


class TransferLine(Record):
    """Units of one item on a transfer.

    In transit are ``quantity - received - missing`` from sending on. ``value_micros`` is what of their cost is still in
    transit, in millionths of the sending branch's currency.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="transfer_lines")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    surplus = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    value_micros = models.BigIntegerField(default=0)
    # The serial numbers that are to be sent, while the transfer is a draft; then those that are still in transit.
    serial_numbers = models.JSONField(default=list)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "item"], name="inventory_item_once_per_transfer"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_transfer_line_not_empty"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("received") + F("missing")), name="inventory_transfer_line_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return str(self.position)

    @property
    def outstanding(self) -> int:
        return self.quantity - self.received - self.missing


class TransferReceipt(Record):
    """That a delivery was taken in, under the id that its taker made: what is sent twice is booked once. Append-only.

    ``lines`` are the arrivals as they were named, without numbers that nobody named; ``in_full`` says that nobody named
    any, and all that was under way had come.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="receipts")
    in_full = models.BooleanField(default=False)
    lines = models.JSONField(default=list)
    notes = models.TextField(max_length=1000, blank=True)
    actor_kind = models.CharField(max_length=20, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    actor_label = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"receipt of {self.transfer_id}"
