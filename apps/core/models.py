"""The record that every table is, and the memory of answered requests."""

from typing import Any

from django.db import models
from django.utils import timezone

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
