"""What a branch has settled for its messages, and which orders nobody is written to about."""

from datetime import timedelta

from django.db import models

from apps.core.models import Record
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent
from apps.repairs.models import RepairOrder


class MessagingSettings(Record):
    """How a branch writes. One without a row writes by the defaults that stand here."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="messaging")
    quiet_from = models.TimeField(
        null=True, blank=True, help_text="From then on messages wait for the morning, by the branch's own clock."
    )
    quiet_until = models.TimeField(null=True, blank=True)
    merge_minutes = models.PositiveSmallIntegerField(
        default=10, help_text="The same message about the same order within so many minutes is one."
    )

    class Meta:
        verbose_name_plural = "messaging settings"

    def __str__(self) -> str:
        return str(self.branch)

    @property
    def span(self) -> timedelta:
        """How far apart two messages are that are not one."""
        return timedelta(minutes=self.merge_minutes)


class SwitchedOff(Record):
    """An event that customers are not told of over a channel; without a branch, by none."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=30, choices=MessageEvent)
    channel = models.CharField(max_length=10, choices=Channel)

    class Meta:
        verbose_name = "message switched off"
        verbose_name_plural = "messages switched off"
        ordering = ["event", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "event", "channel"],
                nulls_distinct=False,
                name="notifications_switched_off_once",
                violation_error_message="This is switched off already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} by {self.get_channel_display()}"


class OrderMute(Record):
    """Nobody is written to about this order until the row is gone."""

    order = models.OneToOneField(RepairOrder, on_delete=models.PROTECT, related_name="mute")

    def __str__(self) -> str:
        return f"{self.order_id} is muted"
