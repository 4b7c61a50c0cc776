"""Proving the books: what does not add up is told, and never mended."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.models import Branch, Reservation, StockLevel
from apps.inventory.services import Discrepancy, Need, report_discrepancies, reserve, verify_stock
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

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "quantity", 0, 3)]


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
    assert out.getvalue() == (
        f"item {item.pk} at branch {branch.pk}: quantity is 6, its movements and reservations say 5\n"
    )
    assert stock_of(item, branch) == (6, 0)


def test_nightly_job_raises_the_alarm(branch: Branch) -> None:
    item = stocked(5, branch)
    StockLevel.objects.update(quantity=6)

    nightly()

    event = Event.objects.get(type="inventory.stock_mismatch")
    assert (event.aggregate, event.aggregate_id) == ("inventory.item", item.pk)
    assert event.payload == {"branch_id": str(branch.pk), "what": "quantity", "stored": 6, "proven": 5}
    assert (event.actor_kind, event.actor_label) == ("system", "stock verification")
    assert stock_of(item, branch) == (6, 0)


def test_nightly_job_is_silent_when_all_is_well(branch: Branch) -> None:
    stocked(5, branch)

    nightly()
    report_discrepancies([])

    assert not Event.objects.filter(type="inventory.stock_mismatch").exists()
