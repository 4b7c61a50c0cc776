"""What customers have signed."""

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.repairs.enums import SignaturePurpose
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.drop_offs import DropOff
from apps.repairs.models.orders import RepairOrder


class Signature(Record, ActorColumns):
    """A drawn signature below a text, for an order or a whole drop-off. Append-only."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, null=True, related_name="signatures")
    drop_off = models.ForeignKey(DropOff, on_delete=models.PROTECT, null=True, related_name="signatures")
    purpose = models.CharField(max_length=10, choices=SignaturePurpose)
    name = models.CharField(max_length=200)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    image = models.BinaryField()  # a small PNG
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, drop_off__isnull=True) | Q(order__isnull=True, drop_off__isnull=False),
                name="repairs_signature_for_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.name
