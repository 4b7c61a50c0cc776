"""What is known of those who carry messages, and of addresses that take none."""

from django.db import models

from apps.core.models import Record
from apps.notifications.enums import Channel


class Provider(models.Model):
    """How one provider is doing, for all processes: its circuit breaker, and when it may be asked next.

    ``open_until`` is set while it is left alone; ``next_slot_at`` keeps to so many messages a second.
    """

    name = models.CharField(max_length=30, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    next_slot_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Suppression(Record):
    """An address to which nothing is sent any more over a channel: it is unknown, or its owner has refused."""

    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="notifications_suppressed_once")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} to {self.address}"
