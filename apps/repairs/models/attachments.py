"""Pictures and documents of an order."""

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.repairs.enums import AttachmentKind
from apps.repairs.models.actors import ActorColumns
from apps.repairs.models.orders import RepairOrder


class Attachment(Record, ActorColumns):
    """A file under a name of our own. Removing it keeps the row, which says who had added it."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="attachments", db_index=False)
    kind = models.CharField(max_length=10, choices=AttachmentKind)
    name = models.CharField(max_length=150)  # as it was called by who sent it, cleaned
    media = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of what was sent
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    has_thumbnail = models.BooleanField(default=False)
    for_customer = models.BooleanField(default=False)  # shown on the customer's page
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "sha256"], condition=Q(removed_at=None), name="repairs_same_file_once"
            )
        ]
        indexes = [
            models.Index(fields=["order", "created_at", "id"], name="repairs_attachment_of_order"),
            models.Index(
                fields=["created_at"],
                condition=Q(has_thumbnail=False, media="image/jpeg", removed_at=None),
                name="repairs_without_thumbnail",
            ),
        ]

    def __str__(self) -> str:
        return self.name
