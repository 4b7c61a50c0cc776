"""Stretches of days, and how far a report has come."""

from django.db import models


class Period(models.TextChoices):
    DAY = "day", "day"
    WEEK = "week", "week"
    MONTH = "month", "month"
    RANGE = "range", "range of days"


class RegularPeriod(models.TextChoices):
    """What comes again, and can be scheduled."""

    DAY = "day", "day"
    WEEK = "week", "week"
    MONTH = "month", "month"


class ReportStatus(models.TextChoices):
    WAITING = "waiting", "waiting"
    MADE = "made", "made"
    FAILED = "failed", "failed"
