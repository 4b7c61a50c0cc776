"""Kinds of movement and states of a reservation."""

from django.db import models


class MovementType(models.TextChoices):
    IN = "IN", "in"
    OUT = "OUT", "out"
    TRANSFER = "TRANSFER", "transfer"
    ADJUSTMENT = "ADJUSTMENT", "adjustment"
    RETURN = "RETURN", "return"


class ReservationStatus(models.TextChoices):
    LIVE = "live", "live"
    ISSUED = "issued", "issued"
    RELEASED = "released", "released"
