"""Proving the books: what does not add up is told, and never mended."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch, Reservation, StockLevel
from apps.inventory.services import Discrepancy, Need, report_discrepancies, reserve, verify_stock
from apps.inventory.tasks import release_expired
from apps.inventory.tasks import verify_stock as nightly
from tests.factories import ItemFactory, stock_of, stocked

SYSTEM = Actor.system("test")


def test_books_that_add_up_are_clean(branch: Branch) -> None:
    item = stocked(5, branch)
    reserve("test", [Need(new_id(), item.pk, branch.pk, 2, new_id(), "R-1")], actor=SYSTEM)

    assert verify_stock() == []


def test_tampered_numbers_are_found_and_left_as_they_are(branch: Branch, other_branch: Branch) -> None:
    item, other = stocked(5, branch), stocked(7, other_branch)
    StockLevel.objects.filter(item=item).update(quantity=9, reserved=4)
    StockLevel.objects.filter(item=other).update(quantity=6)

    found = verify_stock()

    assert sorted(found, key=lambda difference: (difference.stored, difference.what)) == [
        Discrepancy(item.pk, branch.pk, "reserved", 4, 0),
        Discrepancy(other.pk, other_branch.pk, "quantity", 6, 7),
        Discrepancy(item.pk, branch.pk, "quantity", 9, 5),
    ]
    assert (stock_of(item, branch), stock_of(other, other_branch)) == ((9, 4), (6, 0))


def test_level_without_movements_is_found(branch: Branch) -> None:
    item = ItemFactory()
    StockLevel.objects.create(item=item, branch=branch, quantity=3)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "quantity", 3, 0)]


def test_movements_without_a_level_are_found(branch: Branch) -> None:
    item = stocked(3, branch)
    StockLevel.objects.all().delete()

    assert verify_stock() == [
        Discrepancy(item.pk, branch.pk, "quantity", 0, 3),
        Discrepancy(item.pk, branch.pk, "value", 0, 24_000_000),
    ]


def test_promise_that_was_closed_by_hand_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    reserve("test", [Need(new_id(), item.pk, branch.pk, 2, new_id(), "R-1")], actor=SYSTEM)
    Reservation.objects.update(status="released")

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "reserved", 2, 0)]


def test_command_prints_figures_when_all_is_well(branch: Branch) -> None:
    stocked(5, branch)
    out = io.StringIO()

    call_command("verify_stock", stdout=out, no_color=True)

    assert out.getvalue().startswith("1 levels against 1 movements in ")
    assert out.getvalue().endswith(" s: 0 differences\n")


def test_command_fails_and_names_each_difference(branch: Branch) -> None:
    item = stocked(5, branch)
    StockLevel.objects.update(quantity=6)
    out = io.StringIO()

    with pytest.raises(CommandError) as failure:
        call_command("verify_stock", stdout=out)

    assert failure.value.returncode == 1
    assert str(failure.value).endswith(": 1 differences")
    assert out.getvalue() == (f"item {item.pk} at branch {branch.pk}: quantity is 6, what is behind it says 5\n")
    assert stock_of(item, branch) == (6, 0)


def test_nightly_job_raises_the_alarm(branch: Branch) -> None:
    item = stocked(5, branch)
    StockLevel.objects.update(quantity=6)

    nightly()

    event = Event.objects.get(type="inventory.stock_mismatch")
    assert (event.aggregate, event.aggregate_id) == ("inventory.item", item.pk)
    assert event.payload == {
        "branch_id": str(branch.pk), "what": "quantity", "stored": 6, "proven": 5, "document": "",
    }  # fmt: skip
    assert (event.actor_kind, event.actor_label) == ("system", "stock verification")
    assert stock_of(item, branch) == (6, 0)


def test_nightly_job_is_silent_when_all_is_well(branch: Branch) -> None:
    stocked(5, branch)

    nightly()

    assert report_discrepancies([]) == 0
    assert not Event.objects.filter(type="inventory.stock_mismatch").exists()


def test_same_night_tells_each_difference_once(branch: Branch) -> None:
    stocked(5, branch), stocked(7, branch)
    StockLevel.objects.filter(quantity=5).update(quantity=6)

    nightly()
    nightly()
    StockLevel.objects.filter(quantity=7).update(quantity=8)
    nightly()

    told = Event.objects.filter(type="inventory.stock_mismatch").order_by("created_at", "id")
    assert [event.payload["stored"] for event in told] == [6, 8]


def test_next_night_tells_again_what_is_still_wrong(branch: Branch) -> None:
    stocked(5, branch)
    StockLevel.objects.update(quantity=6)

    with time_machine.travel(timezone.now() - timedelta(hours=24)):
        nightly()
    nightly()

    assert Event.objects.filter(type="inventory.stock_mismatch").count() == 2


def test_hundreds_of_differences_are_summed_up(branch: Branch) -> None:
    item = ItemFactory()
    found = [Discrepancy(item.pk, branch.pk, "balance", number, 0, str(number)) for number in range(1, 250)]

    told = [report_discrepancies(found), report_discrepancies(found)]

    assert told == [201, 0]
    assert Event.objects.filter(type="inventory.stock_mismatch").count() == 200
    assert Event.objects.get(type="inventory.stock_mismatches").payload == {"found": 249, "told": 200}


def test_difference_without_an_item_is_told_of_its_document(db: None) -> None:
    found = [Discrepancy(None, None, "document_number", 2, 1, "T-2026-000001")]

    assert [report_discrepancies(found), report_discrepancies(found)] == [1, 0]

    event = Event.objects.get(type="inventory.document_mismatch")
    assert event.payload == {"what": "document_number", "document": "T-2026-000001", "stored": 2, "proven": 1}


def test_expired_offers_are_released_every_minute(branch: Branch) -> None:
    item = stocked(5, branch)
    needs = [
        Need(
            new_id(), item.pk, branch.pk, units, new_id(), "R-1", expires_at=timezone.now() + timedelta(minutes=minutes)
        )
        for units, minutes in ((1, -1), (2, 1))
    ]
    reserve("test", needs, actor=SYSTEM)

    release_expired()
    release_expired()

    assert stock_of(item, branch) == (5, 2)
    assert sorted(Reservation.objects.values_list("quantity", "status")) == [(1, "expired"), (2, "live")]
    assert settings.CELERY_BEAT_SCHEDULE["inventory.release_expired"]["schedule"] == 60.0
    assert verify_stock() == []
