"""The record that every table is, the memory of answered requests, and what became of the jobs."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from apps.core.enums import RunState
from apps.core.ids import new_id


class Record(models.Model):
    """A row with a UUIDv7, the time it was made and the time of its last change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        # `auto_now` is skipped by `update_fields`, and a change that updated_at does not show has no new ETag.
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "updated_at"}
        super().save(*args, **kwargs)


class IdempotencyRecord(models.Model):
    """One answered request that carried an Idempotency-Key; committed together with what the request did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    caller = models.CharField(max_length=100)
    route = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "route", "key"], name="core_one_answer_per_idempotency_key")
        ]

    def __str__(self) -> str:
        return self.key


class BeatLease(models.Model):
    """Who starts the periodic jobs, and until when nobody else does. One row, or none while no beat runs."""

    name = models.CharField(max_length=20, primary_key=True)
    owner = models.UUIDField()
    until = models.DateTimeField()
    renewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def open(self) -> "JobRunQuerySet":
        """Neither succeeded nor failed, as far as is known."""
        return self.filter(state__in=(RunState.RUNNING, RunState.WAITING))

    def alive(self, now: datetime) -> "JobRunQuerySet":
        """Begun, and within the time that they may take."""
        return self.open().filter(lost_at__gt=now)

    def lost(self, now: datetime) -> "JobRunQuerySet":
        """Begun, and never heard of again: the worker has died."""
        return self.open().filter(lost_at__lte=now)

    def failed(self, now: datetime) -> "JobRunQuerySet":
        """Failed or lost."""
        lost = models.Q(state__in=(RunState.RUNNING, RunState.WAITING), lost_at__lte=now)
        return self.filter(models.Q(state=RunState.FAILED) | lost)


class JobRun(models.Model):
    """One run of a job, with all its tries; ``id`` is Celery's. Of its arguments and its error's words nothing is kept."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=RunState)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField()
    error = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = "job"
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="core_job_by_time"),
            models.Index(
                fields=["lost_at"],
                condition=models.Q(state__in=(RunState.RUNNING, RunState.WAITING)),
                name="core_job_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name
