"""What the probe has heard."""

from django.db import models


class Heard(models.Model):
    """One run of the subscriber. Nothing here prevents a second row for the same event: that is what is counted."""

    event_id = models.UUIDField(db_index=True)
    order_id = models.UUIDField()
    new_status = models.CharField(max_length=20)
    heard_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.new_status} of {self.order_id}"
