"""How far a run of a job has come."""

from django.db import models


class RunState(models.TextChoices):
    RUNNING = "running", "running"
    WAITING = "waiting", "to be tried again"
    SUCCEEDED = "succeeded", "succeeded"
    FAILED = "failed", "failed"
