"""Writes down each change of status that it is told of, and what the tests tell it."""

import time

from apps.audit.models import Event
from apps.audit.registry import subscribe
from apps.repairs.events import StatusChanged
from tests.probe.events import Told
from tests.probe.models import Heard

FORGIVEN = "forgiven"


@subscribe("probe.status_changed", StatusChanged)
def write_down(event: Event) -> None:
    Heard.objects.create(event_id=event.pk, order_id=event.aggregate_id, new_status=event.payload["new_status"])


@subscribe("probe.first_ear", Told)
def hear(event: Event) -> None:
    """Takes it as the event says, until a row ``forgiven`` stands beside it."""
    mood = event.payload["mood"]
    if Heard.objects.filter(order_id=event.aggregate_id, new_status=FORGIVEN).exists():
        mood = "calm"
    Heard.objects.create(event_id=event.pk, order_id=event.aggregate_id, new_status="first")
    if mood == "slow":
        time.sleep(0.3)
    if mood == "fails":
        raise RuntimeError("not today\0")
    if mood == "dies":
        raise SystemExit(9)


@subscribe("probe.second_ear", Told)
def overhear(event: Event) -> None:
    Heard.objects.create(event_id=event.pk, order_id=event.aggregate_id, new_status="second")
