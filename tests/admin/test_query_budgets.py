"""Every list and every page takes as many queries for three rows as for one."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.admin_base import CappedPaginator
from apps.core.admin_site import site
from apps.inventory.models import Branch, BranchMembership, StockLevel
from apps.repairs.models import RepairOrder
from tests.admin.office import Office, address
from tests.factories import member, order
from tests.factories.world import World

# Session, user, count, rows; one more for each filter that offers records, and for an empty range of dates.
BUDGETS = {
    "core.JobRun": 12,  # the queues, beat, what runs, what failed, two of the outbox, two of the messages
    "audit.Event": 4,
    "audit.Delivery": 4,
    "accounts.User": 5,  # the branches of all rows
    "accounts.Session": 4,
    "accounts.Customer": 4,
    "catalog.Brand": 4,
    "catalog.DeviceModel": 4,
    "catalog.RepairType": 4,
    "catalog.PartType": 4,
    "catalog.ModelNotice": 4,
    "catalog.TypeAllocation": 4,
    "inventory.Branch": 4,
    "inventory.BranchMembership": 5,
    "inventory.Category": 4,
    "inventory.Item": 5,
    "inventory.StockLevel": 5,
    "inventory.Reservation": 4,
    "inventory.StockMovement": 4,
    "inventory.Serial": 5,
    "inventory.ReorderPoint": 6,
    "inventory.StockCount": 5,
    "inventory.Supplier": 4,
    "inventory.PurchaseOrder": 6,
    "inventory.Transfer": 6,
    "notifications.Notification": 5,
    "notifications.MessageTemplate": 6,
    "notifications.MessagingSettings": 5,
    "notifications.SwitchedOff": 5,
    "notifications.Suppression": 4,
    "notifications.Provider": 4,
    "pricing.BulkChange": 4,
    "pricing.PriceProposal": 4,
    "pricing.Price": 8,
    "pricing.BranchPriceRule": 6,
    "pricing.MarginRule": 6,
    "pricing.EstimateRecord": 6,
    "pricing.EstimatorVersion": 5,
    "repairs.Booking": 5,
    "reports.Report": 4,
    "reports.ReportSchedule": 4,
    "repairs.BookingHours": 5,
    "repairs.BookingClosure": 5,
    "repairs.ChecklistTemplate": 4,
    "repairs.RepairOrder": 5,
    "repairs.Payment": 7,
    "repairs.Invoice": 7,
    "repairs.StatusLimit": 5,
    "repairs.TaxRate": 4,
    "repairs.TaxRule": 6,
    "repairs.Terms": 6,  # the languages there are
    "repairs.WorkshopSettings": 5,
}


def queries(office: Office, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = office.get(path)
    assert answer.status_code == 200
    return len(asked)


@pytest.fixture
def world(db: None) -> World:
    world = World()
    world.grow()
    return world


def test_every_list_has_a_budget() -> None:
    assert {model._meta.label for model in site._registry} == set(BUDGETS)


@pytest.mark.exhaustive
def test_a_list_takes_its_queries_for_one_row_and_for_three(boss: Office, world: World) -> None:
    paths = {label: address(apps.get_model(label), "changelist") for label in BUDGETS}

    one = {label: queries(boss, path) for label, path in paths.items()}
    world.grow(2)
    member("technician", world.branch)
    member("technician", world.branch)
    three = {label: queries(boss, path) for label, path in paths.items()}

    assert one == BUDGETS
    assert three == BUDGETS


@pytest.mark.exhaustive
def test_a_record_takes_as_many_queries_however_much_hangs_on_it(boss: Office, world: World) -> None:
    records = [world.order, world.stocked, StockLevel.objects.get(item=world.stocked)]
    paths = [address(record, "change", record.pk) for record in records]

    for path in paths:
        boss.get(path)  # the kinds of record are looked up once
    before = [queries(boss, path) for path in paths]
    world.grow(2)
    after = [queries(boss, path) for path in paths]

    assert before == after


def test_the_status_page_takes_as_many_queries_for_three_orders_as_for_one(boss: Office, branch: Branch) -> None:
    orders = [order(branch) for _ in range(3)]
    paths = [
        address(RepairOrder, "status_page") + "?ids=" + ",".join(str(one.pk) for one in orders[:count])
        for count in (1, 3)
    ]

    one, three = (queries(boss, path) for path in paths)

    assert one == three


def test_a_manager_pays_for_the_scope_with_no_more_queries(chief: Office, branch: Branch) -> None:
    path = address(RepairOrder, "changelist")
    order(branch)
    one = queries(chief, path)
    order(branch)
    order(branch)

    assert queries(chief, path) == one == BUDGETS["repairs.RepairOrder"]


@pytest.mark.django_db
def test_counting_ends_at_a_bound(branch: Branch) -> None:
    class Impatient(CappedPaginator):
        counted_at_most = 2

    for _ in range(3):
        member("technician", branch)

    with CaptureQueriesContext(connection) as asked:
        count = Impatient(BranchMembership.objects.order_by("created_at"), 50).count

    assert count == 2
    assert "LIMIT 2" in asked.captured_queries[0]["sql"]
    assert "ORDER BY" not in asked.captured_queries[0]["sql"]
