"""Telling the probe something, and looking at what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from apps.audit import registry
from apps.audit.models import Delivery, Event
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.ids import new_id
from tests.probe.events import Told
from tests.probe.models import Heard
from tests.probe.subscribers import FORGIVEN

SYSTEM = Actor.system("test")


def tell(mood: str = "calm") -> Event:
    with transaction.atomic():
        return record(Told(aggregate_id=new_id(), mood=mood), actor=SYSTEM)


def forgive(event: Event) -> None:
    """From now on the first subscriber takes the event well."""
    Heard.objects.create(event_id=new_id(), order_id=event.aggregate_id, new_status=FORGIVEN)


def heard(event: Event) -> list[str]:
    return sorted(Heard.objects.filter(event_id=event.pk).values_list("new_status", flat=True))


def delivery(event: Event, subscriber: str = "probe.first_ear") -> Delivery:
    return Delivery.objects.get(event=event, subscriber=subscriber)


@pytest.fixture
def subscribe_late() -> Iterator[Callable[[str], None]]:
    """Subscribes one more name to what the probe is told, until the test is over."""
    names: list[str] = []

    def subscribe(name: str) -> None:
        registry.subscribe(name, Told)(lambda event: None)
        names.append(name)

    yield subscribe
    for name in names:
        registry._by_type[Told.event_type].remove(registry._by_name.pop(name))
