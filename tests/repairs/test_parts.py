"""Parts on order, returned, faulty and replaced: lines and stock tell the same story."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.audit.services import sweep
from apps.inventory.models import Branch, Item, Reservation, Serial, StockMovement
from apps.inventory.selectors import last_issued
from apps.inventory.services import pick_serials, purchasing, verify_stock
from apps.repairs.enums import OrderStatus
from apps.repairs.models import FaultyPart, RepairLine, RepairOrder
from apps.repairs.services import change_status, cover_backorders, edit_order
from tests.conftest import Api
from tests.factories import ItemFactory, SupplierFactory, SupplierItemFactory, line, order, stock_of, stocked
from tests.inventory.purchases import ordered, received, wanted
from tests.repairs.contract import SYSTEM, WAY_TO, books, events_of, named

TODAY = timezone.now()


def states(found: RepairOrder) -> list[str]:
    return list(found.lines.values_list("state", flat=True))


def waits_for(item: Item, branch: Branch, promised: int | None, quantity: int = 1) -> RepairOrder:
    """An order of one line that waits; ``promised`` is in so many days."""
    when = None if promised is None else TODAY + timedelta(days=promised)
    return order(branch, lines=[line(item, quantity=quantity)], estimated_completion=when)


def test_the_oldest_promise_takes_the_part_that_arrives(branch: Branch) -> None:
    part = stocked(0, branch)
    never, late, soon = (waits_for(part, branch, days) for days in (None, 5, 1))
    received(ordered(branch, wanted(part, 2)), (1, 2))

    sweep()

    assert [states(found) for found in (soon, late, never)] == [["reserved"], ["reserved"], ["backordered"]]
    assert [len(events_of(found, "repairs.backorder_filled")) for found in (soon, late, never)] == [1, 1, 0]


def test_a_new_promise_before_the_others_does_not_take_what_has_arrived_for_nobody_else(branch: Branch) -> None:
    part = stocked(0, branch)
    waiting = waits_for(part, branch, 5)
    received(ordered(branch, wanted(part, 1)), (1, 1))

    sooner, later = waits_for(part, branch, 1), waits_for(part, branch, None)
    sweep()

    # The oldest promise is served first, whoever asked first; and nobody's part goes to who comes after them.
    assert [states(found) for found in (sooner, waiting, later)] == [["reserved"], ["backordered"], ["backordered"]]


def test_what_is_on_order_is_shown_on_the_lines_that_it_will_serve(branch: Branch) -> None:
    part = stocked(0, branch)
    late, soon, big = waits_for(part, branch, 9), waits_for(part, branch, 1), waits_for(part, branch, 20, quantity=5)
    purchase = ordered(branch, wanted(part, 2))

    sweep()
    after_order = [states(found)[0] for found in (soon, late, big)]
    again = cover_backorders(part.pk, branch.pk, actor=SYSTEM)
    purchasing.cancel_purchase(purchase.pk, "never came", actor=SYSTEM)
    sweep()

    assert after_order == ["on_order", "on_order", "backordered"]
    assert again == 0
    assert [states(found)[0] for found in (soon, late, big)] == ["backordered"] * 3
    assert [event["is_on_order"] for event in events_of(soon, "repairs.backorder_covered")] == [True, False]


def test_the_queue_follows_new_promises_and_those_who_leave_it(branch: Branch) -> None:
    part = stocked(0, branch)
    first, second = waits_for(part, branch, 1), waits_for(part, branch, 2)
    ordered(branch, wanted(part, 1))
    sweep()
    before = [states(first)[0], states(second)[0]]

    edit_order(second.pk, {"estimated_completion": TODAY}, actor=SYSTEM)
    sweep()
    moved = [states(first)[0], states(second)[0]]
    change_status(second.pk, OrderStatus.CANCELLED, actor=SYSTEM)
    sweep()

    assert (before, moved) == (["on_order", "backordered"], ["backordered", "on_order"])
    assert [states(first)[0], states(second)[0]] == ["on_order", "planned"]


def test_who_begins_to_wait_is_on_order_when_enough_is(branch: Branch) -> None:
    part = stocked(0, branch)
    ordered(branch, wanted(part, 3))

    found = waits_for(part, branch, None, quantity=2)
    sweep()

    assert states(found) == ["on_order"]


def _again(branch: Branch, *lines: Any) -> RepairOrder:
    """An order that was completed and is being worked on again."""
    return order(branch, status="in_progress>completed>in_progress", lines=list(lines))


def _post(api: Api, found: RepairOrder, what: str, body: Any = None) -> Any:
    return api.post(f"repairs/{found.pk}/items/{found.lines.first().pk}/{what}", body)


def test_a_returned_part_is_back_in_stock_with_its_units_and_can_be_asked_for_anew(
    manager: Api, branch: Branch
) -> None:
    part = stocked(2, branch)
    found = _again(branch, line(part, quantity=2, unit_price=Decimal(0)))

    returned = _post(manager, found, "return", {"reason": "wrong one"})
    shelf = stock_of(part, branch)
    twice = _post(manager, found, "return", {"reason": "wrong one"})
    reserved = _post(manager, found, "reserve")
    done = manager.put(f"repairs/{found.pk}/status", {"status": "completed"})

    assert (returned.status_code, returned.body["data"]["state"], shelf) == (200, "returned", (2, 0))
    assert twice.status_code == 409
    assert reserved.body["data"]["state"] == "reserved"
    assert (done.status_code, states(found), stock_of(part, branch)) == (200, ["issued"], (0, 0))
    kinds = list(
        StockMovement.objects.filter(repair_order_id=found.pk).order_by("created_at").values_list("movement_type")
    )
    assert kinds == [("OUT",), ("RETURN",), ("OUT",)]
    assert events_of(found, "repairs.part_returned")[0]["reason"] == "wrong one"
    assert verify_stock() == []


def test_a_returned_unit_is_in_stock_again_by_its_number(manager: Api, branch: Branch) -> None:
    phone = stocked(1, branch, tracks_serials=True)
    found = order(branch, status="in_progress", lines=[line(phone)])
    number = f"{phone.sku}-1"
    pick_serials(Reservation.objects.get(document_id=found.pk).pk, [number], actor=SYSTEM)
    change_status(found.pk, OrderStatus.COMPLETED, actor=SYSTEM)
    change_status(found.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM, note="again")

    gone = Serial.objects.get(number=number).state
    answer = _post(manager, found, "return", {"reason": "not needed"})

    assert (gone, answer.status_code) == ("gone", 200)
    assert Serial.objects.get(number=number).branch_id == branch.pk
    assert verify_stock() == []


def test_a_part_that_was_returned_does_not_keep_the_work_from_being_done(manager: Api, branch: Branch) -> None:
    found = _again(branch, line(stocked(1, branch)))
    _post(manager, found, "return", {"reason": "not needed"})

    moves = manager.get(f"repairs/{found.pk}/transitions").body["data"]["items"]
    completed = next(move for move in moves if move["to"] == "completed")

    assert (completed["allowed"], completed["effects"]) == (
        True, ["1 line is left without its part.", "The outcome becomes repaired."],
    )  # fmt: skip


def test_a_faulty_part_is_noted_with_its_supplier_and_replaced_by_another_unit(manager: Api, branch: Branch) -> None:
    part, seller = ItemFactory(), SupplierFactory(currency=branch.currency)
    received(ordered(branch, wanted(part, 3), supplier=seller), (1, 3))
    found = _again(branch, line(part, unit_price=Decimal(0)))

    answer = _post(manager, found, "faulty", {"reason": "dead pixels", "replace": True})
    on_shelf = stock_of(part, branch)
    manager.put(f"repairs/{found.pk}/status", {"status": "completed"})

    assert (answer.status_code, answer.body["data"]["state"], on_shelf) == (200, "reserved", (2, 1))
    row = FaultyPart.objects.get()
    assert (row.order_id, row.line_id, row.item_id, row.supplier_id, row.quantity, row.reason) == (
        found.pk, found.lines.get().pk, part.pk, seller.pk, 1, "dead pixels",
    )  # fmt: skip
    assert (states(found), stock_of(part, branch)) == (["issued"], (1, 0))
    out = StockMovement.objects.filter(repair_order_id=found.pk, movement_type="OUT")
    assert (out.count(), last_issued("repairs.line", found.lines.get().pk) in out) == (2, True)
    assert verify_stock() == []


def test_a_faulty_part_without_another_stays_faulty_until_one_is_asked_for(manager: Api, branch: Branch) -> None:
    part = stocked(1, branch)
    offer = SupplierItemFactory(item=part)
    found = _again(branch, line(part))

    faulty = _post(manager, found, "faulty", {"reason": "broken"}).body["data"]["state"]
    removed = manager.delete(f"repairs/{found.pk}/items/{found.lines.get().pk}")
    asked = _post(manager, found, "reserve").body["data"]["state"]

    assert (faulty, removed.status_code, asked) == ("faulty", 409, "backordered")
    assert FaultyPart.objects.get().supplier_id == offer.supplier_id


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, [("reason", "required")])),
        ({"reason": "x", "quantity": 3}, (400, [("quantity", "max_value")])),
        ({"reason": "x", "quantity": 1, "replace": True}, (400, [("quantity", "not_allowed")])),
        ({"reason": "x", "quantity": 0}, (400, [("quantity", "min_value")])),
    ],
)
def test_a_failure_that_cannot_be_changes_nothing(
    manager: Api, branch: Branch, body: dict[str, Any], refusal: tuple[int, list[tuple[str, str]]]
) -> None:
    found = _again(branch, line(stocked(2, branch), quantity=2))
    before = books()

    answer = _post(manager, found, "faulty", body)

    assert (answer.status_code, named(answer)) == refusal
    assert (books(), FaultyPart.objects.count()) == (before, 0)


@pytest.mark.parametrize("what", ["return", "faulty"])
@pytest.mark.parametrize("status", ["in_progress", "completed", "ready_pickup", "delivered"])
def test_parts_come_out_only_while_work_is_open_and_they_are_in(
    manager: Api, branch: Branch, what: str, status: str
) -> None:
    found = order(branch, status=WAY_TO[status], lines=[line(stocked(1, branch), unit_price=Decimal(0))])
    before = books()

    answer = _post(manager, found, what, {"reason": "because"})

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert books() == before


def test_the_part_of_a_device_that_goes_back_unrepaired_can_be_taken_out(manager: Api, branch: Branch) -> None:
    part = stocked(1, branch)
    found = order(branch, status="in_progress>completed>in_progress>cancelled", lines=[line(part)])

    answer = _post(manager, found, "return", {"reason": "taken out again"})
    anew = _post(manager, found, "reserve")

    assert (answer.status_code, stock_of(part, branch)) == (200, (1, 0))
    assert (anew.status_code, RepairLine.objects.get().state) == (409, "returned")
