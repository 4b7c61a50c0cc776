"""Questions about time that was spent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.repairs.models import RepairOrder, WorkCorrection, WorkEntry
from apps.repairs.rules.work import Stretch, minutes
from apps.repairs.selectors.orders import orders_visible_to


@dataclass(frozen=True)
class Work:
    """The time spent on an order, with its sums in whole minutes; what runs counts until now."""

    entries: list[Any]
    minutes: int
    by_technician: list[dict[str, Any]]
    by_line: list[dict[str, Any]]


def work_on(order: RepairOrder, now: datetime) -> Work:
    """Who has worked on an order and when, in one statement."""
    corrected = Exists(WorkCorrection.objects.filter(entry=OuterRef("pk")))
    rows = WorkEntry.objects.filter(order=order).select_related("technician").annotate(is_corrected=corrected)
    entries = list(rows.order_by("started_at", "id"))
    return Work(
        entries,
        _minutes(entries, now),
        _by(entries, "technician_id", now),
        _by([entry for entry in entries if entry.line_id], "line_id", now),
    )


def entries_correctable_by(actor: Actor) -> QuerySet[WorkEntry]:
    """A technician's own time, and everybody's on the orders that a manager manages."""
    if actor.role == Role.TECHNICIAN:
        return WorkEntry.objects.filter(technician_id=actor.id)
    return WorkEntry.objects.filter(order__in=orders_visible_to(actor, Right.WORK_RECORD))


def entries_around(entry: WorkEntry, wanted: Stretch) -> QuerySet[WorkEntry]:
    """The same person's other times that share some with ``wanted``, which has an end: not all of their years."""
    others = WorkEntry.objects.filter(technician_id=entry.technician_id).exclude(pk=entry.pk)
    at_it = Q(stopped_at=None) | Q(stopped_at__gt=wanted.started_at)
    return others.filter(at_it, started_at__lt=wanted.stopped_at)


def running_of(actor: Actor) -> WorkEntry | None:
    """On what the actor's time runs now."""
    running = WorkEntry.objects.select_related("order").filter(technician_id=actor.id, stopped_at=None)
    return running.first() if actor.id else None


def _minutes(entries: Iterable[WorkEntry], now: datetime) -> int:
    return minutes([Stretch(one.started_at, one.stopped_at) for one in entries], now)


def _by(entries: Sequence[WorkEntry], name: str, now: datetime) -> list[dict[str, Any]]:
    found: dict[UUID, list[WorkEntry]] = {}
    for entry in entries:
        found.setdefault(getattr(entry, name), []).append(entry)
    return [{name: key, "minutes": _minutes(group, now)} for key, group in found.items()]
