"""The event log and its dead letters."""

from typing import Any

import pytest
from django.db import transaction

from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery, Event
from apps.audit.services import record_saved
from apps.core.actor import Actor
from apps.inventory.models import Branch
from tests.admin.office import Office, address, events, text
from tests.factories import BrandFactory, order
from tests.factories.shop import SYSTEM


def dead(subscriber: str = "gone") -> Delivery:
    event = Event.objects.order_by("-created_at").first()
    return Delivery.objects.create(
        event=event, subscriber=subscriber, status=DeliveryStatus.DEAD, attempts=10, last_error="LookupError: gone"
    )


def test_dead_letters_are_tried_again_and_that_is_recorded(boss: Office, branch: Branch) -> None:
    order(branch)
    letters = [dead("one"), dead("two")]
    done = Delivery.objects.create(event=letters[0].event, subscriber="three", status=DeliveryStatus.DONE)

    first = boss.messages(boss.act("retry", *letters, done))
    second = boss.messages(boss.act("retry", *letters, done))

    assert first == ["2 dead letters will be tried again now."]
    assert second == ["0 dead letters will be tried again now."]
    assert set(Delivery.objects.filter(pk__in=[one.pk for one in letters]).values_list("status", "attempts")) == {
        ("pending", 0)
    }
    done.refresh_from_db()
    assert done.status == "done"
    told = sorted((event.aggregate_id, event.actor_id) for event in events("audit.delivery.retried"))
    assert told == sorted((letter.pk, boss.user.pk) for letter in letters)


def test_an_event_is_shown_with_its_payload(boss: Office) -> None:
    boss.post("/admin/catalog/brand/add/", name="سامسونج")

    page = boss.open(events("catalog.brand.created")[0])

    assert '"سامسونج"' in text(page)
    assert "Ada Boss" in text(page)


@pytest.mark.parametrize("column", ["pk", "aggregate_id", "actor_id", "request_id", "type"])
def test_events_are_found_by_their_ids_and_the_beginning_of_their_type(boss: Office, column: str) -> None:
    brand = BrandFactory()
    actor = Actor("user", "Rina", brand.pk, "admin", "request-7")
    with transaction.atomic():
        wanted = record_saved("made", aggregate="test.brand", aggregate_id=brand.pk, changes={}, actor=actor)
        record_saved("made", aggregate="other", aggregate_id=boss.user.pk, changes={}, actor=Actor.system("x"))

    found = boss.shown(Event, q=str(getattr(wanted, column))[:8] if column == "type" else str(getattr(wanted, column)))

    assert found == {wanted.pk}


def test_events_are_filtered_by_who_did_it(boss: Office, branch: Branch) -> None:
    order(branch)
    with transaction.atomic():
        own = record_saved("made", aggregate="x", aggregate_id=branch.pk, changes={}, actor=Actor.user(boss.user))

    assert own.pk in boss.shown(Event, actor="user")
    assert {event.actor_kind for event in Event.objects.filter(pk__in=boss.shown(Event, actor="system"))} == {"system"}


@pytest.mark.exhaustive
def test_a_long_history_has_pages(boss: Office) -> None:
    brand = BrandFactory()
    with transaction.atomic():
        for number in range(51):
            changes: dict[str, Any] = {"name": [str(number), str(number + 1)]}
            record_saved("updated", aggregate="catalog.brand", aggregate_id=brand.pk, changes=changes, actor=SYSTEM)

    first = boss.get(address(brand, "history", brand.pk))
    second = boss.get(address(brand, "history", brand.pk), p="2")
    beyond = boss.get(address(brand, "history", brand.pk), p="x")

    assert [len(page.context["entries"]) for page in (first, second, beyond)] == [50, 1, 50]
    assert second.context["entries"][0].details == [("name", "0 → 1")]
    assert "page 1 of 2" in text(first)
