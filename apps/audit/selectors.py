"""Questions about what has happened."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery, Event
from apps.core.actor import Actor
from apps.core.backlogs import Backlog


def history_of(aggregate: str, aggregate_id: object) -> QuerySet[Event]:
    """The events of one record, newest first. That the asker may see the record is for the caller to know."""
    return Event.objects.about(aggregate, aggregate_id).order_by("-created_at", "-id")


def history_of_or_by(aggregate: str, record_id: UUID, *, among: QuerySet[Any, Any]) -> QuerySet[Event]:
    """The events of one record that can act, and those of what it did to its like ``among`` the given ids; newest first."""
    about_it = Q(aggregate_id=record_id)
    by_it = Q(actor_id=record_id, aggregate_id__in=among)
    return Event.objects.filter(about_it | by_it, aggregate=aggregate).order_by("-created_at", "-id")


def events_since(moment: datetime, types: Collection[str]) -> QuerySet[Event]:
    """The events of these types from a moment on, oldest first."""
    return Event.objects.filter(created_at__gte=moment, type__in=types).order_by("created_at", "id")


def events_found_by(events: QuerySet[Event], text: str) -> QuerySet[Event]:
    """By an id (of the event, its record, its actor or its request), or by the beginning of the type."""
    by_text = Q(type__startswith=text) | Q(request_id=text)
    try:
        wanted = UUID(text)
    except ValueError:
        return events.filter(by_text)
    return events.filter(by_text | Q(pk=wanted) | Q(aggregate_id=wanted) | Q(actor_id=wanted))


def backlog(actor: Actor) -> Backlog:
    """The deliveries that wait, since when their oldest event does, and the dead letters. For admins."""
    waiting = Delivery.objects.filter(status=DeliveryStatus.PENDING)
    found = waiting.aggregate(number=Count("pk"), oldest=Min("event__created_at"))
    dead = Delivery.objects.dead().count()
    query = f"status__exact={DeliveryStatus.DEAD.value}"
    return Backlog("Events to deliver", found["number"], found["oldest"], dead, "audit_delivery_changelist", query)
