"""What goes with a change of status: stock, warranty, password; each once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError
from apps.inventory.enums import MovementType, ReservationStatus
from apps.inventory.models import Branch, Reservation, StockMovement
from apps.inventory.services import verify_stock
from apps.repairs.enums import OrderStatus
from apps.repairs.models import DeviceSecret, RepairLine, RepairOrder
from apps.repairs.services import PaymentRequest, change_status, take_payment
from tests.factories import BranchFactory, PartTypeFactory, line, member, order, stock_of, stocked
from tests.probe.models import Heard
from tests.repairs.contract import SYSTEM, books, events_of

S = OrderStatus


def states(taken_in: RepairOrder) -> list[str]:
    return list(taken_in.lines.values_list("state", flat=True))


def move(taken_in: RepairOrder, *steps: str, at: datetime | None = None) -> RepairOrder:
    for step in steps:
        change_status(taken_in.pk, S(step), actor=SYSTEM, note="because", at=at)
    taken_in.refresh_from_db()
    return taken_in


def out_movements(taken_in: RepairOrder) -> list[tuple[int, str, Any]]:
    found = StockMovement.objects.filter(repair_order_id=taken_in.pk, movement_type=MovementType.OUT)
    return list(found.order_by("created_at").values_list("quantity", "reference_number", "reservation__status"))


def test_an_intake_reserves_what_there_is_and_marks_the_rest(branch: Branch) -> None:
    plenty, scarce = stocked(5, branch), stocked(1, branch)

    taken_in = order(branch, lines=[line(plenty, quantity=2), line(scarce, quantity=2), line()])

    assert states(taken_in) == ["reserved", "backordered", "planned"]
    assert (stock_of(plenty, branch), stock_of(scarce, branch)) == ((5, 2), (1, 0))
    assert verify_stock() == []


def test_the_lines_of_one_order_share_what_there_is_in_their_order(branch: Branch) -> None:
    part = stocked(3, branch)

    taken_in = order(branch, lines=[line(part, quantity=2), line(part, quantity=2), line(part, quantity=1)])

    assert states(taken_in) == ["reserved", "backordered", "reserved"]
    assert stock_of(part, branch) == (3, 3)


def test_completion_takes_the_reserved_parts_out_of_stock(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress", lines=[line(part, quantity=2), line(part), line()])

    move(taken_in, "completed")

    assert states(taken_in) == ["issued", "issued", "planned"]
    assert stock_of(part, branch) == (2, 0)
    number = taken_in.order_number
    assert sorted(out_movements(taken_in)) == [(1, number, "issued"), (2, number, "issued")]
    assert taken_in.completed_at is not None
    assert verify_stock() == []


@pytest.mark.parametrize("actor_role", ["admin", "manager", "technician"])
def test_completion_is_refused_while_a_line_is_unfilled(branch: Branch, actor_role: str) -> None:
    part = stocked(1, branch)
    worker = member(actor_role, branch)
    taken_in = order(branch, status="in_progress", lines=[line(part), line(part)], technician=worker)
    before = books()

    with pytest.raises(Conflict, match=r"^1 line still waits for its part\.$"):
        change_status(taken_in.pk, S.COMPLETED, actor=Actor.user(worker), note="because")

    assert books() == before


def test_rework_does_not_issue_twice(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress>completed", lines=[line(part, quantity=2)])

    move(taken_in, "in_progress")
    reopened = (taken_in.status, taken_in.completed_at)
    move(taken_in, "completed", "ready_pickup", "in_progress", "completed")

    assert reopened == ("in_progress", None)
    assert states(taken_in) == ["issued"]
    assert stock_of(part, branch) == (3, 0)
    assert len(out_movements(taken_in)) == 1
    assert verify_stock() == []


def test_cancellation_gives_back_what_was_reserved(branch: Branch) -> None:
    part, scarce = stocked(5, branch), stocked(0, branch)
    taken_in = order(branch, lines=[line(part, quantity=2), line(scarce)])

    move(taken_in, "cancelled")

    assert states(taken_in) == ["planned", "planned"]
    assert stock_of(part, branch) == (5, 0)
    assert list(Reservation.objects.values_list("status", flat=True)) == [ReservationStatus.RELEASED]
    assert out_movements(taken_in) == []
    assert verify_stock() == []


def test_cancellation_after_rework_leaves_issued_parts_issued(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = order(branch, status="in_progress>completed>in_progress", lines=[line(part, quantity=2)])

    move(taken_in, "cancelled")

    assert states(taken_in) == ["issued"]
    assert stock_of(part, branch) == (3, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_an_order_that_is_taken_up_again_reserves_again(branch: Branch) -> None:
    part = stocked(3, branch)
    taken_in = order(branch, status="cancelled", lines=[line(part, quantity=2)])
    taker = order(branch, lines=[line(part, quantity=2)])

    move(taken_in, "pending")
    while_taken = states(taken_in)
    move(taker, "cancelled")
    move(taken_in, "cancelled", "pending")

    assert while_taken == ["backordered"]
    assert states(taken_in) == ["reserved"]
    assert stock_of(part, branch) == (3, 2)
    assert taken_in.unrepaired is False
    assert verify_stock() == []


def test_work_on_a_device_that_was_to_go_back_reserves_again(branch: Branch) -> None:
    part = stocked(3, branch)
    taken_in = order(branch, status="cancelled>ready_pickup", lines=[line(part, quantity=2)])

    move(taken_in, "in_progress")

    assert states(taken_in) == ["reserved"]
    assert (taken_in.unrepaired, stock_of(part, branch)) == (False, (3, 2))


def test_a_backordered_line_is_filled_when_stock_becomes_available(branch: Branch, other_branch: Branch) -> None:
    part = stocked(2, branch)
    first = order(branch, lines=[line(part, quantity=2)])
    waiting = order(branch, lines=[line(part, quantity=2)])
    elsewhere = order(other_branch, lines=[line(part)])

    move(first, "cancelled")
    sweep()

    assert (states(waiting), states(elsewhere)) == (["reserved"], ["backordered"])
    assert stock_of(part, branch) == (2, 2)
    filled = events_of(waiting, "repairs.backorder_filled")
    assert [event["line_id"] for event in filled] == [str(waiting.lines.get().pk)]
    assert verify_stock() == []


def test_a_second_click_finds_no_such_move(branch: Branch) -> None:
    part = stocked(2, branch)
    taken_in = order(branch, status="in_progress>completed", lines=[line(part)])
    before = books()

    with pytest.raises(DomainError) as refusal:
        change_status(taken_in.pk, S.COMPLETED, actor=SYSTEM)

    assert refusal.value.code == "INVALID_TRANSITION"
    assert books() == before


def test_a_change_of_what_is_no_longer_expected_is_refused(branch: Branch) -> None:
    taken_in = order(branch, status="waiting_parts")
    before = books()

    with pytest.raises(Conflict, match=r"^The order is waiting for parts by now\.$"):
        change_status(taken_in.pk, S.IN_PROGRESS, actor=SYSTEM, expected=S.PENDING)

    assert books() == before


def test_each_change_is_told_to_a_subscriber_once(branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>waiting_parts>in_progress")

    sweep()
    sweep()

    heard = Heard.objects.filter(order_id=taken_in.pk).order_by("pk").values_list("new_status", flat=True)
    assert sorted(heard) == ["in_progress", "in_progress", "waiting_parts"]


@pytest.mark.parametrize(
    ("zone", "moment", "months", "until"),
    [
        ("UTC", datetime(2025, 8, 31, 12, tzinfo=UTC), 6, date(2026, 2, 28)),
        ("UTC", datetime(2027, 8, 31, 12, tzinfo=UTC), 6, date(2028, 2, 29)),
        ("UTC", datetime(2028, 2, 29, 12, tzinfo=UTC), 12, date(2029, 2, 28)),
        ("UTC", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), 1, date(2026, 2, 28)),
        ("Pacific/Auckland", datetime(2026, 3, 31, 11, 30, tzinfo=UTC), 3, date(2026, 7, 1)),
        ("America/New_York", datetime(2026, 4, 1, 3, 30, tzinfo=UTC), 3, date(2026, 6, 30)),
        # Berlin leaves summer time on 25 October 2026: at 22:30 UTC it is the next day before, the same day after.
        ("Europe/Berlin", datetime(2026, 10, 24, 22, 30, tzinfo=UTC), 1, date(2026, 11, 25)),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 30, tzinfo=UTC), 1, date(2026, 11, 25)),
        ("UTC", datetime(2026, 3, 1, 12, tzinfo=UTC), 0, None),
    ],
)
def test_the_warranty_runs_from_the_hand_over_in_the_branchs_own_time(
    db: None, zone: str, moment: datetime, months: int, until: date | None
) -> None:
    branch = BranchFactory(timezone=zone)
    part_type = PartTypeFactory(warranty_months=months)
    taken_in = order(
        branch, status="in_progress>completed>ready_pickup", lines=[line(part_type_id=part_type.pk), line()]
    )

    with time_machine.travel(moment, tick=False):
        move(taken_in, "delivered")

    assert list(taken_in.lines.values_list("warranty_until", flat=True)) == [until, None]
    assert taken_in.delivered_at == moment


def test_a_device_that_goes_back_unrepaired_has_no_warranty_and_owes_nothing(branch: Branch) -> None:
    part_type = PartTypeFactory(warranty_months=6)
    taken_in = order(branch, status="in_progress>cancelled>ready_pickup", lines=[line(part_type_id=part_type.pk)])

    change_status(taken_in.pk, S.DELIVERED, actor=Actor.user(member("seller", branch)))

    assert RepairLine.objects.get(order=taken_in).warranty_until is None
    assert RepairOrder.objects.get(pk=taken_in.pk).status == "delivered"


def test_a_hand_over_needs_the_balance(branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup", device_password="1234")
    seller = Actor.user(member("seller", branch))
    take_payment(taken_in.pk, PaymentRequest(Decimal("99.99"), "payment", "cash"), actor=SYSTEM)
    before = books()

    with pytest.raises(Conflict, match=r"^0\.01 USD is still to be paid\.$"):
        change_status(taken_in.pk, S.DELIVERED, actor=seller, note="please")

    assert books() == before
    take_payment(taken_in.pk, PaymentRequest(Decimal("0.01"), "payment", "cash"), actor=SYSTEM)
    assert change_status(taken_in.pk, S.DELIVERED, actor=seller).status == "delivered"


def test_a_managers_reason_for_an_unpaid_hand_over_stands_in_the_history(branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup")

    change_status(taken_in.pk, S.DELIVERED, actor=Actor.user(member("manager", branch)), note="pays on invoice")

    last = taken_in.history.last()
    assert (last.new_status, last.notes) == ("delivered", "pays on invoice")


def test_the_hand_over_wipes_the_device_password(branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>completed>ready_pickup", device_password="1234")
    kept = order(branch, device_password="5678")

    move(taken_in, "delivered")

    assert list(DeviceSecret.objects.values_list("order_id", flat=True)) == [kept.pk]
