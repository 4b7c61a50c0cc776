"""States of a delivery."""

from django.db import models


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", "pending"
    DONE = "done", "done"
    DEAD = "dead", "dead"
