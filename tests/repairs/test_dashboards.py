"""The figures of each role: right within the scope, and each as many as the list that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.services import PaymentRequest, take_payment
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import BranchFactory, member, order

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
ROLES = ("admin", "manager", "technician", "seller", "customer")
NONE = dict.fromkeys(
    ("pending", "awaiting_approval", "in_progress", "waiting_parts", "completed", "ready_pickup", "delivered",
     "cancelled"), 0
)  # fmt: skip


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def pay(repair: RepairOrder, amount: str, kind: str = "payment") -> None:
    take_payment(repair.pk, PaymentRequest(Decimal(amount), kind, "cash"), actor=SYSTEM)


class Week:
    """A branch with an order of each kind, one elsewhere, and somebody of each role."""

    def __init__(self) -> None:
        self.branch, self.elsewhere = BranchFactory(timezone="Asia/Tokyo"), BranchFactory()
        users = {role: member(role, self.branch) for role in ROLES}
        self.apis = {role: Api(user) for role, user in users.items()}
        mine = {"technician": users["technician"]}
        with time_machine.travel(NOW - timedelta(days=3)):
            self.late = order(self.branch, estimated_completion=NOW - timedelta(hours=1), **mine)
            order(self.branch, status="in_progress>completed>ready_pickup", estimated_completion=NOW, **mine)
            order(self.branch, status="cancelled", estimated_completion=NOW)
            pay(self.late, "7.00")
        order(self.branch, status="in_progress", estimated_completion=NOW + timedelta(hours=2), **mine)
        # The day of the branch ends at 15:00 UTC.
        order(self.branch, estimated_completion=NOW.replace(hour=14, minute=59, second=59))
        order(self.branch, estimated_completion=NOW.replace(hour=15))
        order(self.elsewhere, estimated_completion=NOW, technician=users["technician"])
        pay(self.late, "20.00")
        pay(self.late, "5.00", "refund")
        pay(order(self.elsewhere), "9.00")

    def read(self, role: str) -> dict[str, Any]:
        answer = self.apis[role].get(f"{role}/auth/dashboard")
        assert answer.status_code == 200, answer.body
        data: dict[str, Any] = answer.body["data"]
        return data


def statuses(data: dict[str, Any]) -> dict[str, int]:
    return {row["status"]: row["count"] for row in data["ordersByStatus"]}


def counts(data: dict[str, Any]) -> dict[str, int]:
    return {name: value["count"] for name, value in data.items() if isinstance(value, dict)}


@pytest.mark.exhaustive
def test_figures_are_those_of_the_scope() -> None:
    week = Week()

    read = {role: week.read(role) for role in ("manager", "technician", "seller")}

    counter = {"overdue": 1, "dueToday": 3, "readyForPickup": 1, "unassigned": 2, "intakesToday": 3, "paymentsToday": 2}
    bench = {"overdue": 1, "dueToday": 3, "readyForPickup": 1, "unassigned": 2}
    assert {role: counts(data) for role, data in read.items()} == {
        "manager": counter, "technician": bench, "seller": counter
    }  # fmt: skip
    here = {**NONE, "pending": 3, "in_progress": 1, "ready_pickup": 1, "cancelled": 1}
    assert {role: statuses(data) for role, data in read.items()} == {
        "manager": here, "seller": here,
        "technician": {**NONE, "pending": 2, "in_progress": 1, "ready_pickup": 1},
    }  # fmt: skip
    assert read["seller"]["paymentsToday"]["amounts"] == [{"currency": "USD", "taken": "20.00", "refunded": "5.00"}]
    assert {(data["date"], data["timezone"]) for data in read.values()} == {("2026-05-04", "Asia/Tokyo")}


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_each_figure_leads_to_a_list_of_as_many(role: str) -> None:
    week = Week()
    data = week.read(role)

    figures = [*data["ordersByStatus"], *(value for value in data.values() if isinstance(value, dict))]
    listed = [week.apis[role].get(figure["list"]).body["data"]["pagination"]["total"] for figure in figures]

    assert listed == [figure["count"] for figure in figures]
    assert sum(listed) > 8


def test_the_day_is_that_of_the_own_branch() -> None:
    branch = BranchFactory(timezone="Pacific/Auckland")
    with time_machine.travel(datetime(2026, 5, 4, 11, 59, tzinfo=UTC), tick=False):
        order(branch)

    found = {}
    for at in (datetime(2026, 5, 4, 11, 59, 59, tzinfo=UTC), datetime(2026, 5, 4, 12, 0, tzinfo=UTC)):
        with time_machine.travel(at, tick=False):
            api = Api(member("seller", branch))
            data = api.get("seller/auth/dashboard").body["data"]
            found[data["date"]] = data["intakesToday"]["count"]

    assert found == {"2026-05-04": 1, "2026-05-05": 0}


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    branch = BranchFactory(timezone="Europe/Berlin")
    with time_machine.travel(datetime(2026, 3, 29, 12, 0, tzinfo=UTC), tick=False):
        data = Api(member("seller", branch)).get("seller/auth/dashboard").body["data"]

    assert data["intakesToday"]["list"] == (
        "/api/v1/repairs?dateFrom=2026-03-28T23%3A00%3A00.000000Z&dateTo=2026-03-29T21%3A59%3A59.999999Z"
    )


def test_who_works_nowhere_has_the_day_of_utc_and_nothing_to_do() -> None:
    data = Api(member("seller", None)).get("seller/auth/dashboard").body["data"]

    assert (data["timezone"], statuses(data)) == ("UTC", NONE)
    assert set(counts(data).values()) == {0}
    assert data["paymentsToday"]["amounts"] == []


@pytest.mark.parametrize("role", ["manager", "technician", "seller"])
def test_a_dashboard_is_its_role_s_alone(role: str) -> None:
    apis = {name: Api(member(name, BranchFactory())) for name in ROLES}

    answers = {name: outcome(api.get(f"{role}/auth/dashboard")) for name, api in apis.items()}

    assert answers == {name: (200, "") if name == role else (403, "FORBIDDEN") for name in ROLES}


# The session, the day, the statuses, the open ones, the unassigned; and what came in, in orders and in money.
BUDGETS = {"technician": 5, "manager": 7, "seller": 7}


@pytest.mark.parametrize(("role", "budget"), BUDGETS.items())
def test_a_dashboard_takes_a_fixed_number_of_queries(role: str, budget: int, branch: Branch) -> None:
    api = Api(member(role, branch))
    api.get("auth/me")  # the first use of a session is noted
    taken = []
    for _ in range(2):
        order(branch, technician=api.user)
        pay(order(branch), "1.00")
        with CaptureQueriesContext(connection) as queries:
            api.get(f"{role}/auth/dashboard")
        taken.append(len(queries))

    assert taken == [budget, budget]


@pytest.mark.exhaustive
def test_unassigned_orders_do_not_say_whose_the_device_is() -> None:
    week = Week()

    answers = {role: api.get("repairs/unassigned") for role, api in week.apis.items()}

    assert {role: answer.status_code for role, answer in answers.items()} == dict.fromkeys(ROLES, 200) | {
        "customer": 403
    }
    totals = {role: answers[role].body["data"]["pagination"]["total"] for role in ROLES if role != "customer"}
    assert totals == {"admin": 3, "manager": 2, "technician": 2, "seller": 2}
    for item in answers["technician"].body["data"]["items"]:
        assert item.keys() == {
            "id", "orderNumber", "status", "priority", "branchId", "branch", "deviceModelId", "deviceModel",
            "issueDescription", "estimatedCompletion", "createdAt", "updatedAt",
        }  # fmt: skip


@pytest.mark.exhaustive
def test_payments_are_listed_within_the_scope_and_by_day() -> None:
    week = Week()
    today = "dateFrom=2026-05-04&dateTo=2026-05-04"

    totals = {
        role: [
            week.apis[role].get(f"payments?{query}").body["data"]["pagination"]["total"]
            for query in ("limit=1", today, f"{today}&kind=refund", "method=card")
        ]
        for role in ("admin", "manager", "seller", "customer")
    }

    assert totals == {"admin": [4, 3, 1, 0], "manager": [3, 2, 1, 0], "seller": [3, 2, 1, 0], "customer": [0] * 4}
    item = week.apis["seller"].get("payments?kind=refund").body["data"]["items"][0]
    assert (item["repairOrderId"], item["orderNumber"]) == (str(week.late.pk), week.late.order_number)
    assert (item["kind"], item["amount"], item["currency"]) == ("refund", "5.00", "USD")
    assert outcome(week.apis["technician"].get("payments")) == (403, "FORBIDDEN")
    assert outcome(week.apis["seller"].get("payments?amount=1")) == (400, "VALIDATION_ERROR")


@pytest.mark.exhaustive
def test_orders_are_filtered_by_what_is_still_to_be_done_and_when_it_was_promised() -> None:
    week = Week()
    api = week.apis["seller"]

    totals = [
        api.get(f"repairs?{query}").body["data"]["pagination"]["total"]
        for query in ("open=true", "open=false", "dueFrom=2026-05-04T12:00:00Z", "dueTo=2026-05-04T09:00:00Z&open=true")
    ]

    assert totals == [4, 2, 3, 1]
