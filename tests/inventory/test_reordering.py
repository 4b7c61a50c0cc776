"""When to order again: from what was really used, with every number kept, and drafted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.db import retrying
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, PurchaseOrder, ReorderPoint, StockLevel, Supplier, SupplierItem
from apps.inventory.rules.usage import weekly
from apps.inventory.selectors import reorder_proposals, weekly_usage
from apps.inventory.services import MovementRequest, compute_reorder_points, draft_proposals, record_movement
from apps.inventory.tasks import compute_reorder_points as nightly
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, line, order, stocked
from tests.racing import kinds, race

SYSTEM = Actor.system("test")
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)  # a Monday
TODAY = NOW.date()


def used(item: Item, branch: Branch, *weekly_units: int, until: datetime = NOW) -> None:
    """Hand out so many units a week, the last full week before ``until`` last; stock came the week before."""
    began = until - timedelta(weeks=len(weekly_units), hours=1)
    with time_machine.travel(began, tick=False):
        arrival = MovementRequest(item.pk, MovementType.IN, sum(weekly_units) or 1, to_branch_id=branch.pk)
        record_movement(arrival, actor=SYSTEM)
    for week, units in enumerate(weekly_units):
        if units:
            with time_machine.travel(until - timedelta(weeks=len(weekly_units) - week, days=-3), tick=False):
                out = MovementRequest(item.pk, MovementType.OUT, units, from_branch_id=branch.pk)
                record_movement(out, actor=SYSTEM)


def offered(item: Item, supplier: Supplier | None = None, **fields: Any) -> SupplierItem:
    made = supplier or Supplier.objects.create(name=f"Supplier of {item.sku}", lead_time_days=7)
    values: dict[str, Any] = {"unit_cost": Decimal("5.00"), "is_preferred": True, **fields}
    return SupplierItem.objects.create(supplier=made, item=item, **values)


@pytest.fixture(autouse=True)
def _service_level(settings: Settings) -> None:
    settings.REORDER_SERVICE_LEVEL = 0.95


# --- usage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used_on", "returned", "began", "weeks"),
    [
        ({}, 0, 21, [0, 0, 0]),
        ({1: 2, 7: 3, 8: 5, 21: 7}, 0, 21, [7, 5, 5]),
        ({0: 9, 22: 9}, 0, 21, [0, 0, 0]),
        ({1: 2, 8: 5}, 4, 20, [3, 0]),
        ({1: 2}, 9, 7, [0]),
        ({1: 2}, 0, 6, []),
        ({}, 0, -3, []),
        ({800: 5, 1: 1}, 0, 9_000, [0] * 103 + [1]),
    ],
)
def test_usage_is_counted_by_full_weeks(used_on: dict[int, int], returned: int, began: int, weeks: list[int]) -> None:
    days = {TODAY - timedelta(days=ago): units for ago, units in used_on.items()}

    assert weekly(days, returned, TODAY - timedelta(days=began), TODAY) == weeks


def test_usage_is_what_was_handed_out_for_good(branch: Branch, other_branch: Branch, manager: Api) -> None:
    item, quiet = ItemFactory(), ItemFactory()
    used(item, branch, 3, 0, 2)
    used(quiet, branch, 0, 0)
    used(item, other_branch, 9)
    with time_machine.travel(NOW - timedelta(days=2)):
        for kind, units, sides in (
            (MovementType.IN, 50, {"to_branch_id": branch.pk}),
            (MovementType.TRANSFER, 7, {"from_branch_id": branch.pk, "to_branch_id": other_branch.pk}),
            (MovementType.ADJUSTMENT, -1, {"to_branch_id": branch.pk}),
            (MovementType.RETURN, 1, {"to_branch_id": branch.pk}),
        ):
            record_movement(MovementRequest(item.pk, kind, units, notes="x", **sides), actor=SYSTEM)
        typo = record_movement(MovementRequest(item.pk, MovementType.OUT, 20, from_branch_id=branch.pk), actor=SYSTEM)
    assert manager.post(f"inventory/movements/{typo.pk}/reverse", {"notes": "typed twice"}).status_code == 201

    assert weekly_usage(branch, NOW) == {item.pk: [3, 0, 1], quiet.pk: [0, 0]}


@pytest.mark.django_db
def test_week_ends_with_the_day_of_the_branch() -> None:
    branch = BranchFactory(timezone="Pacific/Auckland")
    item = ItemFactory()
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC)):
        record_movement(MovementRequest(item.pk, MovementType.IN, 9, to_branch_id=branch.pk), actor=SYSTEM)
    with time_machine.travel(datetime(2026, 5, 31, 12, 30, tzinfo=UTC)):  # 1 June, half past midnight, over there
        record_movement(MovementRequest(item.pk, MovementType.OUT, 1, from_branch_id=branch.pk), actor=SYSTEM)

    on_monday = weekly_usage(branch, datetime(2026, 6, 1, 8, tzinfo=UTC))
    on_tuesday = weekly_usage(branch, datetime(2026, 6, 1, 13, tzinfo=UTC))

    assert (on_monday[item.pk], on_tuesday[item.pk]) == ([0, 0, 0, 0], [0, 0, 0, 1])


# --- reorder points -------------------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_reorder_point_comes_from_usage_and_says_how(branch: Branch, manager: Api) -> None:
    item = ItemFactory(reorder_level=99, reorder_quantity=99, cost_price=Decimal("8.00"))
    offered(item, pack_size=5, minimum_quantity=10, lead_time_days=14)
    used(item, branch, *[2, 3, 1, 2, 4, 2, 3, 2, 1, 2, 2, 3])

    assert compute_reorder_points(actor=SYSTEM, now=NOW) == 1

    point = ReorderPoint.objects.get()
    (answer,) = manager.get(f"inventory/reorder-points?itemId={item.pk}").body["data"]["items"]
    assert (point.basis, point.pack_size, point.minimum_quantity) == ("HISTORY", 5, 10)
    why = {name: point.explanation[name] for name in (
        "periods", "lead_time", "mean", "deviation", "protected_periods", "protected_demand", "economic_quantity",
        "unit_holding_cost", "safety_stock",
    )}  # fmt: skip
    assert why == {
        "periods": 12, "lead_time": 2.0, "mean": 2.25, "deviation": 0.866, "protected_periods": 2.1429,
        "protected_demand": 4.8214, "economic_quantity": 27.0416, "unit_holding_cost": "1.6", "safety_stock": 4.1786,
    }  # fmt: skip
    assert (point.reorder_at, point.order_quantity) == (8, 30)
    assert (answer["reorderAt"], answer["basis"], answer["explanation"]["serviceLevel"]) == (
        point.reorder_at, "HISTORY", 0.95,
    )  # fmt: skip
    assert [event.payload for event in Event.objects.filter(type="inventory.reorder_points_computed")] == [
        {"levels": 1}
    ]


def test_short_history_leaves_it_to_who_knows(branch: Branch) -> None:
    kept, unknown = ItemFactory(reorder_level=4, reorder_quantity=6), ItemFactory(reorder_level=0)
    used(kept, branch, 1, 1)
    used(unknown, branch, 1, 1)

    compute_reorder_points(actor=SYSTEM, now=NOW)

    found = ReorderPoint.objects.values_list("level__item", "basis", "reorder_at", "order_quantity")
    assert sorted(found) == sorted([(kept.pk, "KEPT", 4, 6), (unknown.pk, "NOTHING", -1, 1)])


def test_computing_again_changes_the_same_rows(branch: Branch) -> None:
    item = ItemFactory()
    used(item, branch, *[2] * 12)
    compute_reorder_points(actor=SYSTEM, now=NOW)
    first = ReorderPoint.objects.get()

    with time_machine.travel(NOW):
        nightly()

    again = ReorderPoint.objects.get()
    assert (again.pk, again.reorder_at, again.explanation) == (first.pk, first.reorder_at, first.explanation)


def test_levels_beyond_one_part_are_computed_too(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.inventory.services.reordering.AT_ONCE", 2)
    items = [stocked(1, branch, reorder_level=level, reorder_quantity=1) for level in (1, 2, 3, 4, 5)]

    assert compute_reorder_points(actor=SYSTEM, now=NOW) == 5

    found = ReorderPoint.objects.values_list("level__item", "reorder_at")
    assert sorted(found) == sorted((item.pk, item.reorder_level) for item in items)


def test_supplier_is_taken_at_what_it_really_takes(branch: Branch) -> None:
    item = ItemFactory()
    offer = offered(item, lead_time_days=7)
    used(item, branch, *[2] * 12)
    for days in (14, 21, 28):
        ordered = PurchaseOrder.objects.create(
            number=f"PO-{days}", supplier=offer.supplier, branch=branch, status="received", actor_kind="system",
            ordered_at=NOW - timedelta(days=100),
        )  # fmt: skip
        ordered.receipts.create(actor_kind="system", created_at=NOW - timedelta(days=100 - days))

    compute_reorder_points(actor=SYSTEM, now=NOW)

    explanation = ReorderPoint.objects.get().explanation
    assert (explanation["lead_time"], explanation["lead_time_deviation"]) == (3.0, 1.0)


# --- proposals ------------------------------------------------------------------------------------------------------


def proposed(branch: Branch, **kwargs: Any) -> list[tuple[str, int, int]]:
    found = reorder_proposals(branch.pk, actor=SYSTEM, **kwargs)
    return [(one.level.item.sku, one.position, one.quantity) for one in found]


def test_proposal_fills_up_to_above_the_reorder_point_in_packs(branch: Branch) -> None:
    item = stocked(3, branch, sku="LCD", reorder_level=5, reorder_quantity=4)
    offered(item, pack_size=10)
    stocked(9, branch, sku="FULL", reorder_level=5, reorder_quantity=4)
    stocked(0, branch, sku="NONE", reorder_level=0, reorder_quantity=4)

    assert proposed(branch) == [("LCD", 3, 10)]


def test_what_is_on_its_way_drafted_or_waited_for_is_counted(branch: Branch) -> None:
    item = stocked(1, branch, sku="LCD", reorder_level=5, reorder_quantity=2)
    offer = offered(item)
    StockLevel.objects.filter(item=item).update(incoming=3)
    before = proposed(branch)
    for _ in range(2):
        order(branch, lines=[line(item, quantity=2)])
    waited = proposed(branch)

    draft_proposals(branch.pk, offer.supplier_id, actor=SYSTEM)

    assert (before, waited, proposed(branch)) == ([("LCD", 4, 2)], [("LCD", 0, 6)], [])


def test_proposals_of_one_supplier_become_its_draft(manager: Api, branch: Branch) -> None:
    supplier = Supplier.objects.create(name="Parts & Co")
    for sku, name in (("B", "Battery"), ("A", "Antenna")):
        empty = stocked(0, branch, sku=sku, name=name, reorder_level=1, reorder_quantity=3)
        offered(empty, supplier, supplier_sku=f"S-{sku}")
        StockLevel.objects.create(item=empty, branch=branch)
    other = stocked(1, branch, sku="C", name="AAA", reorder_level=1, reorder_quantity=3)

    listed = manager.get(f"inventory/reorder-proposals?branchId={branch.pk}").body["data"]["items"]
    body = {"branchId": str(branch.pk), "supplierId": str(supplier.pk)}
    drafted = manager.post("inventory/reorder-proposals", body)
    again = manager.post("inventory/reorder-proposals", body)

    told = [(row["item"]["sku"], row["supplier"] and row["supplier"]["name"], row["supplierSku"], row["quantity"],
             row["unitCost"], row["currency"]) for row in listed]  # fmt: skip
    assert told == [
        ("A", "Parts & Co", "S-A", 3, "5.00", "USD"),
        ("B", "Parts & Co", "S-B", 3, "5.00", "USD"),
        ("C", None, None, 3, None, None),
    ]
    assert listed[2]["itemId"] == str(other.pk)
    assert drafted.status_code == 201
    data = drafted.body["data"]
    assert (data["status"], data["total"]) == ("draft", "30.00")
    assert sorted((row["item"]["sku"], row["quantity"]) for row in data["lines"]) == [("A", 3), ("B", 3)]
    assert (again.status_code, again.body["code"]) == (409, "CONFLICT")
    assert PurchaseOrder.objects.count() == 1


def test_list_of_proposals_takes_the_same_queries_however_long(
    branch: Branch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for rows in (1, 3):
        while Item.objects.count() < rows:
            offered(stocked(1, branch, reorder_level=5, reorder_quantity=1))
        with django_assert_num_queries(5):
            assert len(reorder_proposals(branch.pk, actor=SYSTEM)) == rows


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?branchId=x", 400), ("?branchId={other}", 404), ("?branchId={own}&page=1", 400)]
)
def test_proposals_need_a_branch_of_ones_own(
    manager: Api, branch: Branch, other_branch: Branch, query: str, status: int
) -> None:
    answer = manager.get("inventory/reorder-proposals" + query.format(own=branch.pk, other=other_branch.pk))

    assert answer.status_code == status


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_sixteen_who_draft_the_proposals_order_once() -> None:
    branch = BranchFactory()
    offer = offered(stocked(1, branch, reorder_level=5, reorder_quantity=4))

    outcomes = race(*[lambda: retrying(partial(draft_proposals, branch.pk, offer.supplier_id, actor=SYSTEM))] * 16)

    assert kinds(outcomes) == {"Conflict": 15, "PurchaseOrder": 1}


@pytest.mark.parametrize("rate", ["0", "-1", "0.000000001"])
def test_an_exchange_rate_of_nothing_is_refused(manager: Api, branch: Branch, rate: str) -> None:
    item = stocked(1, branch, reorder_level=5, reorder_quantity=5)
    seller = Supplier.objects.create(name="Osaka Parts", currency="JPY", lead_time_days=7)
    offered(item, seller)

    asked = {"branchId": str(branch.pk), "supplierId": str(seller.pk), "exchangeRate": rate}
    answer = manager.post("inventory/reorder-proposals", asked)

    assert (answer.status_code, [detail["field"] for detail in answer.body["details"]]) == (400, ["exchangeRate"])
    assert not PurchaseOrder.objects.exists()
