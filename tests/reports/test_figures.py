"""What a report says, against a week that was made by the services, and against the lists that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder
from apps.repairs.services import (
    CreditRequest,
    Particulars,
    PaymentRequest,
    change_status,
    issue_credit_note,
    issue_invoice,
    take_payment,
)
from apps.reports.rules import Days
from apps.reports.selectors import figures_of
from tests.conftest import Api
from tests.factories import BranchFactory, line, member, order, stocked
from tests.factories.work import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
WEEK = Days(MONDAY.date(), MONDAY.date() + timedelta(days=6))
NOW = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def moved(repair: RepairOrder, to: str, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        change_status(repair.pk, OrderStatus(to), actor=SYSTEM, note="the glue came off")


def paid(repair: RepairOrder, amount: str, kind: str = "payment", method: str = "cash") -> None:
    take_payment(repair.pk, PaymentRequest(Decimal(amount), kind, method), actor=SYSTEM)


class Week:
    """Two orders go out, one of them after rework; one owes, one waits, one was taken in long before."""

    def __init__(self) -> None:
        self.branch: Branch = BranchFactory(timezone="UTC", currency="EUR")
        self.technician = member("technician", self.branch, first_name="Ada", last_name="Byron")
        self.item = stocked(5, self.branch, name="Screen")
        with time_machine.travel(MONDAY, tick=False):
            self.quick = order(self.branch, technician=self.technician, lines=[line(self.item, quantity=2)])
            self.slow = order(self.branch, technician=self.technician)
            self.owing = order(self.branch)
        with time_machine.travel(MONDAY - timedelta(days=60), tick=False):
            self.old = order(self.branch, status="in_progress>completed>ready_pickup")
            order(self.branch)
        order(BranchFactory(currency="EUR"), status="in_progress>completed")
        paid(self.quick, "200.00")
        paid(self.slow, "150.00" if self.slow.total > 100 else "100.00", method="card")
        for step, hours in (("in_progress", 1), ("completed", 3), ("ready_pickup", 4), ("delivered", 10)):
            moved(self.quick, step, MONDAY + timedelta(hours=hours))
        steps = ("in_progress", "completed", "in_progress", "completed", "ready_pickup", "delivered")
        for number, step in enumerate(steps, start=1):
            moved(self.slow, step, MONDAY + timedelta(hours=5 * number))
        for step in ("in_progress", "completed"):
            moved(self.owing, step, NOW)
        paid(self.owing, "30.00")
        paid(self.owing, "10.00", kind="refund")

    def figures(self) -> dict[str, Any]:
        return figures_of(self.branch, WEEK, NOW)


@pytest.fixture
def week() -> Week:
    return Week()


def test_orders_are_counted_where_they_came_and_went(week: Week) -> None:
    found = week.figures()["orders"]

    assert (found["in"]["count"], found["out"]["count"], found["repaired"], found["unrepaired"]) == (3, 2, 2, 0)
    assert sum(row["count"] for row in found["outcomes"]) == 2


def test_turnaround_is_from_the_intake_to_the_hand_over(week: Week) -> None:
    found = week.figures()["turnaround"]

    assert (found["count"], found["mean_hours"], found["median_hours"]) == (2, 20.0, 20.0)
    assert found["by_technician"] == [
        {"id": str(week.technician.pk), "name": "Ada Byron", "count": 2, "mean_hours": 20.0, "median_hours": 20.0}
    ]
    assert {row["status"]: (row["count"], row["mean_hours"]) for row in found["by_status"]} == {
        "pending": (2, 3.0), "in_progress": (3, 4.0), "completed": (3, 3.7), "ready_pickup": (2, 5.5),
    }  # fmt: skip
    assert sum(row["count"] for row in found["by_model"]) == 2


def test_money_is_what_was_taken_used_and_is_owed(week: Week) -> None:
    found = week.figures()

    assert (found["takings"]["taken"], found["takings"]["refunded"], found["takings"]["net"]) == (
        "330.00", "10.00", "320.00",
    )  # fmt: skip
    assert [(row["method"], row["net"]) for row in found["takings"]["by_method"]] == [
        ("card", "100.00"), ("cash", "220.00"),
    ]  # fmt: skip
    [part] = found["parts"]["items"]
    assert (part["name"], part["units"], found["parts"]["units"]) == ("Screen", 2, 2)
    assert (found["outstanding"]["count"], found["outstanding"]["amount"]) == (2, "180.00")
    assert found["unclaimed"]["count"] == 1


def test_sums_agree_with_their_parts(week: Week) -> None:
    found = week.figures()

    cost = sum(Decimal(part["cost"]) for part in found["parts"]["items"])
    assert Decimal(found["parts"]["cost"]) == cost
    assert Decimal(found["margin"]["margin"]) == Decimal(found["revenue"]["net"]) - cost
    assert Decimal(found["revenue"]["gross"]) == Decimal(found["revenue"]["net"]) + Decimal(found["revenue"]["tax"])


def test_each_count_is_as_long_as_the_list_that_it_names(week: Week) -> None:
    api, found = Api(member("manager", week.branch)), week.figures()
    named = [found["orders"]["in"], found["orders"]["out"], found["outstanding"], found["unclaimed"]]

    listed = [api.get(one["list"].removeprefix("/api/v1/")).body["data"] for one in named]

    assert [page["pagination"]["total"] for page in listed] == [one["count"] for one in named] == [3, 2, 2, 1]
    assert sum(Decimal(one["balance"]) for one in listed[2]["items"]) == Decimal(found["outstanding"]["amount"])


def test_what_was_credited_is_owed_by_nobody(week: Week) -> None:
    """Amounts whose binary sum is less than what they come to: 0.10 and 0.70 pay 0.80."""
    api, before = Api(member("manager", week.branch)), week.figures()["outstanding"]
    done = [order(week.branch, status="in_progress>completed", lines=[line(unit_price=Decimal("0.80"))]) for _ in "ab"]
    invoices = [issue_invoice(one.pk, actor=SYSTEM).invoice for one in done]
    for invoice in invoices:
        credited = CreditRequest(invoice.lines.get().pk, Decimal("0.10"))
        issue_credit_note(invoice.pk, "scratched", [credited], actor=SYSTEM)
    paid(done[0], "0.70")

    after = week.figures()["outstanding"]

    assert (after["count"], before["count"]) == (3, 2)
    assert Decimal(after["amount"]) - Decimal(before["amount"]) == Decimal("0.70")
    listed = api.get(after["list"].removeprefix("/api/v1/")).body["data"]["items"]
    assert sum(Decimal(one["balance"]) for one in listed) == Decimal(after["amount"])
    assert {one["id"] for one in listed} & {str(one.pk) for one in done} == {str(done[1].pk)}


def test_revenue_is_the_sum_of_the_invoices_in_their_list(week: Week) -> None:
    api, found = Api(member("manager", week.branch)), week.figures()["revenue"]

    invoices = api.get(found["list"].removeprefix("/api/v1/")).body["data"]["items"]

    gross = sum(Decimal(one["totalPrice"]) * (-1 if one["kind"] == "credit_note" else 1) for one in invoices)
    assert (found["invoices"], Decimal(found["gross"])) == (2, gross)
    assert len(invoices) == 2
    assert gross == week.quick.total + week.slow.total


def test_work_that_was_done_again_is_counted(week: Week) -> None:
    found = week.figures()["rework"]

    assert found["count"] == 1
    assert [(row["name"], row["count"]) for row in found["by_technician"]] == [("Ada Byron", 1)]


def test_a_report_takes_a_fixed_number_of_statements(week: Week) -> None:
    with CaptureQueriesContext(connection) as few:
        week.figures()
    for _ in range(3):
        more = order(week.branch, technician=week.technician)
        paid(more, "100.00")
        for step in ("in_progress", "completed", "ready_pickup", "delivered"):
            moved(more, step, NOW)

    with CaptureQueriesContext(connection) as many:
        week.figures()

    assert len(many) == len(few)


def test_a_quiet_stretch_has_figures_too() -> None:
    branch = BranchFactory(currency="JPY")

    found = figures_of(branch, WEEK, NOW)

    assert (found["orders"]["in"]["count"], found["turnaround"]["count"], found["margin"]) == (
        0, 0, {"margin": "0", "percent": None},
    )  # fmt: skip


def test_work_on_several_lines_that_is_done_again_at_once_is_one_rework(week: Week) -> None:
    two = order(week.branch, technician=week.technician, lines=[line(), line()], status="in_progress>completed")
    said = Particulars(line_ids=[row.pk for row in two.lines.all()])

    with time_machine.travel(NOW, tick=True):
        change_status(two.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM, note="both are loose", said=said)

    assert [row.reason for row in two.reworks.all()] == ["both are loose", "both are loose"]
    assert week.figures()["rework"]["count"] == 2


def test_what_was_credited_is_not_outstanding(week: Week) -> None:
    api = Api(member("manager", week.branch))
    invoice = issue_invoice(week.owing.pk, actor=SYSTEM).invoice
    line_id = invoice.lines.get().pk

    issue_credit_note(invoice.pk, "scratched", [CreditRequest(line_id, Decimal("25.00"))], actor=SYSTEM)

    found = week.figures()["outstanding"]
    listed = api.get(found["list"].removeprefix("/api/v1/")).body["data"]["items"]
    assert (found["count"], found["amount"]) == (2, "155.00")
    assert sorted(one["balance"] for one in listed) == ["100.00", "55.00"]

    issue_credit_note(invoice.pk, "and broken", [CreditRequest(line_id, Decimal("55.00"))], actor=SYSTEM)

    found = week.figures()["outstanding"]
    listed = api.get(found["list"].removeprefix("/api/v1/")).body["data"]["items"]
    assert (found["count"], found["amount"]) == (1, "100.00")
    assert [one["balance"] for one in listed] == ["100.00"]
