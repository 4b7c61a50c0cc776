"""How the shop words its messages, where it does not leave that to us."""

from django.db import models

from apps.core.models import Record
from apps.inventory.models import Branch
from apps.notifications.enums import Channel, MessageEvent


class MessageTemplate(Record):
    """The shop's own wording of an event, for a channel and a language; of a branch, or of all that have none.

    ``version`` counts its wordings; the ones before stand in its history, which is the event log.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=30, choices=MessageEvent)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=20, default="en")
    subject = models.CharField(max_length=200, blank=True, help_text="Of an e-mail.")
    body = models.TextField(max_length=4000)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_active = models.BooleanField(default=True, help_text="Otherwise the wording that comes with Mendery is used.")

    class Meta:
        ordering = ["event", "channel", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "event", "channel", "language"],
                nulls_distinct=False,
                name="notifications_template_once",
                violation_error_message="There is such a template.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} by {self.get_channel_display()} ({self.language})"
