"""GET /repairs: filters, search, order, pages, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.services import Intake, create_order
from tests.conftest import Api
from tests.factories import BranchFactory, CustomerFactory, DeviceModelFactory, line, member, order, stocked
from tests.repairs.contract import fresh_id, named

# Session and user, the ids of the page, their rows, the lines of those, and the count.
LIST_QUERIES = 5


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.body
    return [row["id"] for row in answer.body["data"]["items"]]


def at(moment: datetime, branch: Branch, **fields: Any) -> RepairOrder:
    """An order taken in at a moment."""
    intake = Intake(
        customer_id=CustomerFactory().pk,
        device_model_id=DeviceModelFactory().pk,
        branch_id=branch.pk,
        issue_description="x",
        items=[line(unit_price=fields.pop("price", Decimal(10)))],
        **fields,
    )
    return create_order(intake, actor=Actor.system("test"), at=moment)


def test_each_filter_narrows_the_list(admin: Api, branch: Branch, other_branch: Branch) -> None:
    worker = member("technician", branch)
    wanted = order(branch, status="in_progress", technician=worker, priority="urgent")
    order(other_branch)
    filters = {
        "status": "in_progress",
        "priority": "urgent",
        "customerId": wanted.customer_id,
        "assignedTechnicianId": worker.pk,
        "branchId": branch.pk,
        "deviceModelId": wanted.device_model_id,
    }

    for name, value in filters.items():
        assert ids(admin.get(f"repairs?{name}={value}")) == [str(wanted.pk)], name
    together = "&".join(f"{name}={value}" for name, value in filters.items())
    assert ids(admin.get(f"repairs?{together}")) == [str(wanted.pk)]
    assert ids(admin.get(f"repairs?{together.replace('status=in_progress', 'status=pending')}")) == []
    assert admin.get(f"repairs?{together}&status=pending").body["details"][0]["code"] == "repeated"


def test_a_filter_for_what_does_not_exist_finds_nothing(admin: Api, branch: Branch) -> None:
    order(branch)

    for name in ("customerId", "assignedTechnicianId", "branchId", "deviceModelId"):
        assert ids(admin.get(f"repairs?{name}={fresh_id()}")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("priority=soon", "priority"),
        ("customerId=x", "customerId"),
        ("dateFrom=yesterday", "dateFrom"),
        ("overdue=perhaps", "overdue"),
        ("ordering=customer", "ordering"),
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("page=0", "page"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_parameter_is_named(admin: Api, branch: Branch, query: str, field: str) -> None:
    order(branch)

    answer = admin.get(f"repairs?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [name for name, _ in named(answer)] == [field]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("dateFrom=2026-03-10", ["start", "noon", "end"]),
        ("dateFrom=2026-03-10T00:00:00.000001Z", ["noon", "end"]),
        ("dateTo=2026-03-10", ["before", "start", "noon", "end"]),
        ("dateTo=2026-03-09", ["before"]),
        ("dateFrom=2026-03-10&dateTo=2026-03-10", ["start", "noon", "end"]),
        ("dateTo=2026-03-10T00:00:00Z", ["before", "start"]),
        ("dateTo=2026-03-10T23:59:59.999999Z", ["before", "start", "noon", "end"]),
        ("dateFrom=2026-03-10&dateTo=2026-03-10T12:00:00Z", ["start", "noon"]),
        ("dateFrom=2026-03-10T13:00:00%2B01:00", ["noon", "end"]),
        ("dateFrom=2026-03-11", []),
    ],
)
def test_dates_are_bounds_in_utc(admin: Api, query: str, found: list[str]) -> None:
    branch = BranchFactory(timezone="Pacific/Auckland")
    day = datetime(2026, 3, 10, tzinfo=UTC)
    moments = {
        "before": day - timedelta(microseconds=1),
        "start": day,
        "noon": day + timedelta(hours=12),
        "end": day + timedelta(days=1) - timedelta(microseconds=1),
    }
    names = {str(at(moment, branch).pk): name for name, moment in moments.items()}

    answer = admin.get(f"repairs?ordering=createdAt&{query}")

    assert [names[pk] for pk in ids(answer)] == found


def test_overdue_is_open_work_past_its_promise(admin: Api, branch: Branch) -> None:
    past, future = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
    late = {
        status: order(branch, status=status, estimated_completion=past)
        for status in ("pending", "awaiting_approval", "in_progress", "waiting_parts")
    }
    others = [
        order(branch),
        order(branch, estimated_completion=future),
        order(branch, status="in_progress>completed", estimated_completion=past),
        order(branch, status="cancelled", estimated_completion=past),
    ]

    overdue, rest = admin.get("repairs?overdue=true"), admin.get("repairs?overdue=false")

    assert set(ids(overdue)) == {str(one.pk) for one in late.values()}
    assert set(ids(rest)) == {str(one.pk) for one in others}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("R-2026-000001", ["first"]),
        ("r-2026", ["first", "second"]),
        ("490154203237518", ["first"]),
        ("203237", ["first"]),
        ("sn-ä7", ["second"]),
        ("SN-A7", ["second"]),
        ("lovelace", ["first"]),
        ("ADA  lovelace", ["first"]),
        ("lovelace ada", ["first"]),
        ("+4479460958", ["second"]),
        ("958001", ["second"]),
        ("babbage", ["second"]),
        ("curie", []),
        ("%", []),
        ("_", []),
        ("'; --", []),
        ("   ", ["first", "second"]),
        ("", ["first", "second"]),
    ],
)
def test_search_finds_number_device_and_customer(admin: Api, branch: Branch, text: str, found: list[str]) -> None:
    ada = CustomerFactory(first_name="Ada", last_name="Lovelace", phone="+447946000000")
    charles = CustomerFactory(first_name="Charles", last_name="Babbage", phone="+447946095800" + "1")
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    first = at(moment, branch, device_imei="490154203237518")
    second = at(moment + timedelta(hours=1), branch, device_serial="SN-Ä7")
    RepairOrder.objects.filter(pk=first.pk).update(customer=ada)
    RepairOrder.objects.filter(pk=second.pk).update(customer=charles)
    names = {str(first.pk): "first", str(second.pk): "second"}

    answer = admin.get(f"repairs?ordering=createdAt&q={quote(text)}")

    assert [names[pk] for pk in ids(answer)] == found


@pytest.mark.parametrize(
    "name", ["createdAt", "updatedAt", "orderNumber", "status", "priority", "estimatedCompletion", "totalPrice"]
)
@pytest.mark.parametrize("paging", ["page", "cursor"])
def test_the_list_is_ordered_by_each_documented_field(admin: Api, branch: Branch, name: str, paging: str) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [("normal", 20, 1), ("urgent", 10, None), ("express", 30, 2), ("normal", 20, None), ("urgent", 40, 0)]
    for number, (priority, price, promised) in enumerate(rows):
        at(
            start + timedelta(hours=number),
            branch,
            priority=priority,
            price=Decimal(price),
            estimated_completion=None if promised is None else start + timedelta(days=promised),
        )

    for prefix in ("", "-"):
        whole = admin.get(f"repairs?ordering={prefix}{name}").body["data"]["items"]
        walked = _walk(admin, f"repairs?ordering={prefix}{name}&limit=2", paging)

        values = [row[name] for row in whole]
        given = [Decimal(value) if name == "totalPrice" else value for value in values if value is not None]
        assert given == sorted(given, reverse=prefix == "-")
        assert values[len(given) :] == [None] * (5 - len(given))
        assert walked == [row["id"] for row in whole]
        assert len(set(walked)) == 5


def _walk(api: Api, url: str, paging: str) -> list[str]:
    if paging == "page":
        return [pk for page in (1, 2, 3, 4) for pk in ids(api.get(f"{url}&page={page}"))]
    found, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"{url}&cursor={cursor}")
        found += ids(answer)
        cursor = answer.body["data"]["pagination"]["nextCursor"]
    return found


def test_pages_say_how_many_there_are(admin: Api, branch: Branch) -> None:
    made = [str(order(branch).pk) for _ in range(3)]

    first, last = admin.get("repairs?limit=2"), admin.get("repairs?limit=2&page=3")

    assert ids(first) == made[:0:-1]
    assert first.body["data"]["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2}
    assert (ids(last), last.body["data"]["pagination"]["total"]) == ([], 3)


def test_a_cursor_is_stable_while_orders_come_in(admin: Api, branch: Branch) -> None:
    made = [str(order(branch).pk) for _ in range(4)]
    first = admin.get("repairs?limit=2&cursor=")

    order(branch)
    following = first.body["data"]["pagination"]["nextCursor"]
    second = admin.get(f"repairs?limit=2&cursor={following}")
    back = admin.get(f"repairs?limit=2&cursor={second.body['data']['pagination']['previousCursor']}")

    assert (ids(first), ids(second), ids(back)) == (made[:1:-1], made[1::-1], made[:1:-1])
    assert first.body["data"]["pagination"].keys() == {"limit", "nextCursor", "previousCursor"}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("role", ["admin", "manager", "technician", "seller"])
def test_the_list_takes_a_constant_number_of_queries(branch: Branch, role: str, rows: int) -> None:
    user = member(role, branch)
    api, part = Api(user), stocked(10, branch)
    for _ in range(rows):
        order(branch, lines=[line(part), line()], technician=user, device_password="1")
    api.get("repairs")

    with CaptureQueriesContext(connection) as queries:
        answer = api.get("repairs")

    assert len(ids(answer)) == rows
    assert len(queries) == LIST_QUERIES


def test_the_list_answers_orders_as_the_detail_does(manager: Api, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(stocked(1, branch)), line()], technician=member("technician", branch))

    listed = manager.get("repairs").body["data"]["items"]

    assert listed == [manager.get(f"repairs/{taken_in.pk}").body["data"]]
