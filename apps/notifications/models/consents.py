"""What customers want to be written to about."""

from django.db import models

from apps.accounts.models import Customer
from apps.core.models import Record
from apps.notifications.enums import Channel, ConsentSource, Purpose


class Consent(Record):
    """One decision of a customer; the newest for a channel and a purpose counts. Append-only.

    Without one a customer is written to. Those of a customer who was merged stay where they are (nothing leads back, so
    that a merge moves none), and count for the one into whom.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)
    purpose = models.CharField(max_length=20, choices=Purpose)
    granted = models.BooleanField()
    source = models.CharField(max_length=10, choices=ConsentSource)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "purpose", "channel", "created_at"], name="notifications_consents_of")
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} by {self.get_channel_display()}: {'yes' if self.granted else 'no'}"
