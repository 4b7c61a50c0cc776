"""Every list of the interface takes a fixed number of queries, however many rows it has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.architecture.routes import lists
from tests.conftest import Api
from tests.factories.world import World

# The session with its user, the total, the ids and the rows are four; a to-many relation and the record above the list
# are one more each. A cursor asks for no total.
BUDGETS = {
    "admin/auth/users": 5,
    "auth/sessions": 4,
    "bookings": 4,
    "customer/auth/bookings": 4,
    "customers": 4,
    "customers/<customer_id>/repairs": 6,
    "catalog/brands": 4,
    "catalog/device-models": 4,
    "catalog/repair-types": 4,
    "catalog/part-types": 4,
    "catalog/notices": 4,
    "inventory/branches": 4,
    "inventory/categories": 6,
    "inventory/items": 5,
    "inventory/movements": 5,
    "inventory/suppliers": 4,
    "inventory/supplier-items": 4,
    "inventory/purchase-orders": 5,
    "inventory/purchase-orders/<pk>/receipts": 6,
    "inventory/reorder-points": 4,
    "inventory/reservations": 5,
    "inventory/serials": 4,
    "inventory/serials/<pk>/movements": 6,
    "inventory/stock-counts": 4,
    "inventory/stock-counts/<pk>/lines": 5,
    "inventory/stock-levels/branch/<branch_id>": 5,
    "inventory/stock-levels/low-stock": 4,
    "inventory/stock-levels/items/<item_id>": 5,
    "inventory/transfers": 4,
    "inventory/in-transit": 4,
    "pricing": 4,
    "pricing/<pk>/history": 5,
    "pricing/estimates": 4,
    "pricing/branch-rules": 4,
    "pricing/changes": 4,
    "pricing/changes/<pk>/lines": 5,
    "pricing/proposals": 4,
    "pricing/branch-rules/<pk>/history": 5,
    "pricing/margin-rules": 4,
    "pricing/margin-rules/<pk>/history": 5,
    "checklist-templates": 5,
    "drop-offs": 5,
    "drop-offs/<pk>/signatures": 5,
    "repairs": 5,
    "payments": 4,
    "invoices": 5,
    "drop-offs/<drop_off_id>/payments": 6,
    "repairs/unassigned": 4,
    "repairs/<pk>/attachments": 5,
    "repairs/<pk>/checklists": 6,
    "repairs/<pk>/signatures": 5,
    "repairs/<pk>/history": 5,
    "repairs/<pk>/notes": 5,
    "repairs/<pk>/payments": 5,
    "notifications": 4,
    "notifications/templates": 4,
    "notifications/templates/<pk>/history": 5,
    "customers/<customer_id>/notifications": 5,
    "report-schedules": 5,
    "reports": 4,
    "repairs/<pk>/reworks": 5,
    "repairs/<pk>/warranties": 5,
    "repairs/<pk>/quotes": 6,
    "users": 5,
    "users/search": 5,
    "users/<pk>/activity": 5,
}


def _counted(apis: dict[str, Api], paths: dict[str, str], rows: int) -> dict[str, int]:
    counts = {}
    for template, path in paths.items():
        api = _caller(apis, template)
        api.get(path)  # the size of a table is looked up once a minute: just now, not within the count
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(path)
        assert len(answer.body["data"]["items"]) >= rows, template
        counts[template] = len(queries)
    return counts


def _caller(apis: dict[str, Api], template: str) -> Api:
    return apis["customer" if template.startswith("customer/auth/") else "admin"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("paging", "saved"), [("limit=50", 0), ("limit=50&cursor=", 1)], ids=["pages", "cursor"])
def test_lists_keep_their_query_budgets_with_one_row_and_with_three(admin: Api, paging: str, saved: int) -> None:
    world = World()
    world.grow()
    apis = {"admin": admin, "customer": Api(world.customer.user)}
    paths = {route.template: f"{route.path(world.ids(route.template))}?{paging}" for route in lists()}

    with_one = _counted(apis, paths, rows=1)
    world.grow(2)
    with_three = _counted(apis, paths, rows=3)

    assert with_one == {template: budget - saved for template, budget in BUDGETS.items()}
    assert with_three == with_one
