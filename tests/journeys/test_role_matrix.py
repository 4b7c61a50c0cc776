"""The role table of the contract over HTTP: every operation, every role, on the own side and on the foreign one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.architecture.routes import routes
from tests.factories import a_monday
from tests.factories.people import PASSWORD
from tests.journeys.catalog_matrix import CATALOGUE_EXTRAS
from tests.journeys.estimates_matrix import ESTIMATES, ESTIMATES_LISTED
from tests.journeys.intake_matrix import INTAKE
from tests.journeys.messages_matrix import MESSAGES
from tests.journeys.money_matrix import MONEY
from tests.journeys.papers_matrix import PAPERS
from tests.journeys.price_matrix import PRICES
from tests.journeys.price_work_matrix import PRICE_WORK
from tests.journeys.purchasing_matrix import PURCHASING
from tests.journeys.quotes_matrix import QUOTES
from tests.journeys.reports_matrix import REPORTS
from tests.journeys.scene import ROLES, Scene
from tests.journeys.stock_matrix import STOCK_ROOM
from tests.journeys.transfer_matrix import TRANSFERS, TRANSFERS_LISTED
from tests.journeys.work_matrix import WORK

pytestmark = pytest.mark.django_db
CODES = {400: "FOREIGN_KEY_ERROR", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
         409: "CONFLICT", 415: "UNSUPPORTED_MEDIA_TYPE"}  # fmt: skip

EVERYBODY = "200 200 200 200 200"
STAFF = "200 200 200 200 403"
MANAGERS_CREATE, MANAGERS_CHANGE, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"
NOBODY = "405 405 405 405 405"

KIM = {"firstName": "Kim", "lastName": "Ng", "phone": "+447700900123"}
LINE = {"repairTypeId": "{repair_type}", "unitPrice": "5.00"}
ARRIVAL = {"deviceModelId": "{model}", "issueDescription": "dead", "items": [LINE]}
ORDER = {"customerId": "{free_customer}", "deviceModelId": "{model}", "issueDescription": "dead", "items": [LINE]}
BOOKING = {"branchId": "{own_branch}", "customerId": "{own_customer}", "startsAt": a_monday(14).isoformat(),
           "durationMinutes": 30}  # fmt: skip
ON_MONDAY = f"date={a_monday():%Y-%m-%d}"
NAMES = {"brands": {"name": "N"}, "device-models": {"name": "N", "brandId": "{offered[brands]}"},
         "repair-types": {"name": "N"}, "part-types": {"name": "N"}}  # fmt: skip

# operation, path, body, answers of: admin manager technician seller customer
CATALOGUE = [
    row
    for path, new in NAMES.items()
    for row in (
        ("GET", f"catalog/{path}", None, EVERYBODY),
        ("GET", f"catalog/{path}/{{offered[{path}]}}", None, EVERYBODY),
        ("GET", f"catalog/{path}/{{retired[{path}]}}", None, "200 200 200 200 404"),
        ("POST", f"catalog/{path}", new, MANAGERS_CREATE),
        ("PUT", f"catalog/{path}/{{offered[{path}]}}", new, MANAGERS_CHANGE),
        ("PATCH", f"catalog/{path}/{{offered[{path}]}}", {"name": "M"}, MANAGERS_CHANGE),
        ("DELETE", f"catalog/{path}/{{retired[{path}]}}", None, MANAGERS_REMOVE),
    )
]
EVA, OUT_OF_WORK = {"firstName": "Eva", "lastName": "Ng"}, {"isActive": False, "reason": "left"}
ADMIN = "200 403 403 403 403"


def _only(role: str, status: int) -> str:
    return " ".join(str(status) if role == other else "403" for other in ROLES)


OWN_DOORS = [
    row
    for role in ROLES
    for row in (
        ("GET", f"{role}/auth/profile", None, _only(role, 200)),
        ("PUT", f"{role}/auth/profile", EVA, _only(role, 200)),
        ("POST", f"{role}/auth/logout", {}, _only(role, 204)),
        *([] if role in {"admin", "customer"} else [("GET", f"{role}/auth/dashboard", None, _only(role, 200))]),
    )
]
USERS: list[tuple[str, str, Any, str]] = [
    ("GET", "admin/auth/users", None, ADMIN),
    ("GET", "admin/auth/users/{foreigner}", None, ADMIN),
    ("PUT", "admin/auth/users/{foreigner}/status", {**OUT_OF_WORK, "role": "seller"}, ADMIN),
    ("DELETE", "admin/auth/users/{foreigner}", None, "204 403 403 403 403"),
    ("GET", "users", None, EVERYBODY),
    ("GET", "users/search?q=a", None, EVERYBODY),
    ("GET", "users/{technician}", None, "200 200 200 404 404"),
    ("GET", "users/{foreigner}", None, "200 404 404 404 404"),
    ("GET", "users/{account}", None, "200 404 404 404 200"),
    ("GET", "users/{technician}/activity", None, "200 200 200 404 404"),
    ("GET", "users/{foreigner}/activity", None, "200 404 404 404 404"),
    ("PUT", "users/{technician}/profile", EVA, "200 403 200 404 404"),
    ("PUT", "users/{foreigner}/profile", EVA, "200 404 404 404 404"),
    ("PUT", "users/{colleague}/status", OUT_OF_WORK, MANAGERS_CHANGE),
    ("PUT", "users/{superior}/status", OUT_OF_WORK, ADMIN),
    ("PUT", "users/{foreigner}/status", OUT_OF_WORK, "200 404 403 403 403"),
    ("DELETE", "users/{colleague}", None, "204 403 403 403 404"),
    ("DELETE", "users/{account}", None, "204 403 403 403 204"),
    ("POST", "users", EVA, NOBODY),
]
MATRIX: list[tuple[str, str, Any, str]] = [
    *OWN_DOORS,
    *USERS,
    # the own sessions
    ("GET", "auth/me", None, EVERYBODY),
    ("POST", "auth/mfa/verify", {"mfaToken": "x", "code": "123456"}, "401 401 401 401 401"),
    ("POST", "auth/mfa/step-up", {"code": "123456"}, "409 409 409 409 409"),
    ("POST", "auth/mfa/totp/setup", {}, EVERYBODY),
    ("POST", "auth/mfa/totp/confirm", {"code": "123456"}, "409 409 409 409 409"),
    ("DELETE", "auth/mfa/totp", {"password": "x", "code": "123456"}, "404 404 404 404 404"),
    ("POST", "auth/mfa/recovery-codes", {}, "409 409 409 409 409"),
    ("GET", "auth/sessions", None, EVERYBODY),
    ("DELETE", "auth/sessions/{seller_session}", None, "404 404 404 204 404"),
    ("DELETE", "auth/sessions/{foreign_session}", None, "404 404 404 404 404"),
    ("PUT", "auth/password", {"currentPassword": PASSWORD, "newPassword": "Another-Horse-9"}, EVERYBODY),
    ("POST", "auth/logout", {}, "204 204 204 204 204"),
    ("POST", "auth/logout-all", {}, "204 204 204 204 204"),
    # customers
    ("GET", "customers", None, EVERYBODY),
    ("GET", "customers/{own_customer}", None, EVERYBODY),
    ("GET", "customers/{foreign_customer}", None, "200 200 404 200 404"),
    ("GET", "customers/{own_customer}/repairs", None, EVERYBODY),
    ("GET", "customers/{foreign_customer}/repairs", None, "200 200 404 200 404"),
    ("POST", "customers", KIM, "201 201 403 201 403"),
    ("PUT", "customers/{own_customer}", KIM, "200 200 403 200 200"),
    ("PATCH", "customers/{own_customer}", {"lastName": "Ng"}, "200 200 403 200 200"),
    ("PATCH", "customers/{foreign_customer}", {"lastName": "Ng"}, "200 200 403 200 404"),
    ("DELETE", "customers/{free_customer}", None, MANAGERS_REMOVE),
    ("POST", "customers/{free_customer}/merge", {"intoId": "{own_customer}"}, MANAGERS_CHANGE),
    *CATALOGUE,
    *CATALOGUE_EXTRAS,
    *ESTIMATES,
    *PRICES,
    *PAPERS,
    *STOCK_ROOM,
    *PRICE_WORK,
    *PURCHASING,
    *TRANSFERS,
    *INTAKE,
    # branches
    ("GET", "inventory/branches", None, EVERYBODY),
    ("GET", "inventory/branches/{own_branch}", None, EVERYBODY),
    ("GET", "inventory/branches/{foreign_branch}", None, EVERYBODY),
    ("GET", "inventory/branches/{spare_branch}", None, "200 200 200 200 404"),
    ("POST", "inventory/branches", {"name": "N", "code": "N"}, "201 403 403 403 403"),
    ("PUT", "inventory/branches/{own_branch}", {"name": "N", "code": "N"}, MANAGERS_CHANGE),
    ("PATCH", "inventory/branches/{own_branch}", {"city": "N"}, MANAGERS_CHANGE),
    ("PATCH", "inventory/branches/{foreign_branch}", {"city": "N"}, "200 404 403 403 403"),
    ("DELETE", "inventory/branches/{spare_branch}", None, "204 403 403 403 403"),
    # repair orders
    ("GET", "repairs", None, EVERYBODY),
    ("GET", "repairs/{own_order}", None, EVERYBODY),
    ("GET", "repairs/{free_order}", None, "200 200 404 200 404"),
    ("GET", "repairs/{foreign_order}", None, "200 404 404 404 404"),
    ("POST", "repairs", {**ORDER, "branchId": "{own_branch}"}, "201 201 403 201 403"),
    ("POST", "repairs", {**ORDER, "branchId": "{foreign_branch}"}, "201 400 403 400 403"),
    ("PATCH", "repairs/{own_order}", {"priority": "urgent"}, "200 200 403 200 403"),
    ("PATCH", "repairs/{foreign_order}", {"priority": "urgent"}, "200 404 403 404 403"),
    ("PUT", "repairs/{own_order}", {}, NOBODY),
    ("DELETE", "repairs/{own_order}", None, NOBODY),
    ("PUT", "repairs/{own_order}/status", {"status": "in_progress"}, "200 200 200 403 403"),
    ("PUT", "repairs/{own_order}/status", {"status": "cancelled"}, STAFF),
    ("PUT", "repairs/{free_order}/status", {"status": "cancelled"}, "200 200 404 200 403"),
    ("PUT", "repairs/{foreign_order}/status", {"status": "cancelled"}, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/transitions", None, STAFF),
    ("GET", "repairs/{foreign_order}/transitions", None, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/history", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/history", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/assign", {"technicianId": None}, "200 200 403 200 403"),
    ("POST", "repairs/{free_order}/assign", {"technicianId": "{technician}"}, STAFF),
    ("POST", "repairs/{foreign_order}/assign", {"technicianId": None}, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/device-password", None, "200 200 200 403 403"),
    ("GET", "repairs/{free_order}/device-password", None, "200 200 404 403 403"),
    ("GET", "repairs/{foreign_order}/device-password", None, "200 404 404 403 403"),
    ("POST", "repairs/{own_order}/warranty-claim", {"issueDescription": "again"}, "409 409 403 409 403"),
    ("POST", "repairs/{foreign_order}/warranty-claim", {"issueDescription": "again"}, "409 404 403 404 403"),
    ("GET", "repairs/{own_order}/notes", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/notes", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/notes", {"text": "N"}, "201 201 201 201 403"),
    ("POST", "repairs/{foreign_order}/notes", {"text": "N"}, "201 404 404 404 403"),
    ("POST", "repairs/{own_order}/items", LINE, "201 201 201 201 403"),
    ("POST", "repairs/{foreign_order}/items", LINE, "201 404 404 404 403"),
    ("PATCH", "repairs/{own_order}/items/{own_line}", {"quantity": 2}, STAFF),
    ("PATCH", "repairs/{foreign_order}/items/{own_line}", {"quantity": 2}, "404 404 404 404 403"),
    ("DELETE", "repairs/{own_order}/items/{own_line}", None, "204 204 204 204 403"),
    ("DELETE", "repairs/{foreign_order}/items/{own_line}", None, "404 404 404 404 403"),
    *WORK,
    *REPORTS,
    *MESSAGES,
    *QUOTES,
    ("GET", "repairs/unassigned", None, STAFF),
    # bookings
    ("GET", "bookings", None, EVERYBODY),
    ("GET", "customer/auth/bookings", None, _only("customer", 200)),
    ("GET", "bookings/{own_booking}", None, EVERYBODY),
    ("GET", "bookings/{foreign_booking}", None, "200 404 404 404 404"),
    ("GET", f"bookings/availability?branchId={{own_branch}}&{ON_MONDAY}", None, EVERYBODY),
    ("GET", f"bookings/availability?branchId={{foreign_branch}}&{ON_MONDAY}", None, "200 404 404 404 200"),
    ("GET", f"bookings/availability?branchId={{spare_branch}}&{ON_MONDAY}", None, "404 404 404 404 404"),
    ("POST", "bookings", BOOKING, "201 201 403 201 201"),
    ("POST", "bookings", {**BOOKING, "branchId": "{foreign_branch}"}, "201 400 403 400 201"),
    ("POST", "bookings", {**BOOKING, "branchId": "{spare_branch}"}, "400 400 403 400 400"),
    ("POST", "bookings", {**BOOKING, "customerId": "{foreign_customer}"}, "201 201 403 201 400"),
    ("PATCH", "bookings/{own_booking}", {"notes": "N"}, "200 200 403 200 403"),
    ("PATCH", "bookings/{foreign_booking}", {"notes": "N"}, "200 404 403 404 403"),
    ("PUT", "bookings/{own_booking}", {}, NOBODY),
    ("DELETE", "bookings/{own_booking}", None, NOBODY),
    ("GET", "bookings/{own_booking}/customer-link", None, "200 200 403 200 403"),
    ("GET", "bookings/{foreign_booking}/customer-link", None, "200 404 403 404 403"),
    ("POST", "bookings/{own_booking}/customer-link", {}, "200 200 403 200 403"),
    ("POST", "bookings/{foreign_booking}/customer-link", {}, "200 404 403 404 403"),
    ("DELETE", "bookings/{own_booking}/customer-link", None, "204 204 403 204 403"),
    ("DELETE", "bookings/{foreign_booking}/customer-link", None, "204 404 403 404 403"),
    ("POST", "bookings/{own_booking}/cancel", {}, "200 200 403 200 200"),
    ("POST", "bookings/{foreign_booking}/cancel", {}, "200 404 403 404 404"),
    ("POST", "bookings/{own_booking}/check-in", ARRIVAL, "201 201 403 201 403"),
    ("POST", "bookings/{foreign_booking}/check-in", ARRIVAL, "201 404 403 404 403"),
    # payments
    ("GET", "payments", None, "200 200 403 200 200"),
    ("GET", "repairs/{own_order}/payments", None, "200 200 403 200 200"),
    ("GET", "repairs/{foreign_order}/payments", None, "200 404 403 404 404"),
    ("POST", "repairs/{own_order}/payments", {"amount": "1.00", "method": "cash"}, "201 201 403 201 403"),
    ("POST", "repairs/{foreign_order}/payments", {"amount": "1.00", "method": "cash"}, "201 404 403 404 403"),
    ("POST", "repairs/{own_order}/payments", {"amount": "1.00", "method": "cash", "kind": "refund"}, MANAGERS_CREATE),
    *MONEY,
]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """One shop for the whole table: whatever is done in it is undone at once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


def _answer(scene: Scene, role: str, method: str, path: str, body: Any) -> tuple[int, str]:
    """What the role gets; what it did is undone, so that the next one finds the same shop."""
    with transaction.atomic():
        answer = scene.apis[role].request(method, scene.fill(path), scene.filled(body))
        transaction.set_rollback(True)
    return answer.status_code, (answer.body or {}).get("code", "")


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("method", "path", "body", "statuses"),
    MATRIX,
    ids=[f"{method} {path} {i}" for i, (method, path, *_) in enumerate(MATRIX)],
)
def test_each_role_may_do_what_the_contract_says_and_no_more(
    scene: Scene, method: str, path: str, body: Any, statuses: str
) -> None:
    wanted = dict(zip(ROLES, map(int, statuses.split()), strict=True)) | {
        "anonymous": 405 if "405" in statuses else 401
    }

    answered = {role: _answer(scene, role, method, path, body) for role in wanted}

    assert answered == {role: (status, CODES.get(status, "")) for role, status in wanted.items()}


def test_every_operation_has_a_line_here() -> None:
    lines = {(method, re.sub(r"{[^}]*}+", "x", path.partition("?")[0])) for method, path, *_ in MATRIX}

    missing = [
        str(route)
        for route in routes()
        if route.endpoint.right is not None
        and not any(
            method == route.method and re.fullmatch(re.sub(r"<\w+>", "[^/]+", route.template), path)
            for method, path in lines
        )
    ]

    assert len(MATRIX) > 150
    assert missing == []


LISTED: dict[str, tuple[str, tuple[str, str, str, str, str]]] = {
    # list: (what names a row, what admin, manager, technician, seller and customer find there)
    "repairs": ("id", ("foreign free own", "free own", "own", "free own", "own")),
    "repairs?branchId={foreign_branch}": ("id", ("foreign", "", "", "", "")),
    "repairs?customerId={foreign_customer}": ("id", ("foreign free", "free", "", "free", "")),
    "repairs?q=R-": ("id", ("foreign free own", "free own", "own", "free own", "own")),
    "bookings": ("id", ("foreign free own", "free own", "free own", "free own", "own")),
    "bookings?branchId={foreign_branch}": ("id", ("foreign", "", "", "", "")),
    "bookings?customerId={foreign_customer}": ("id", ("foreign free", "free", "free", "free", "")),
    "users?role=technician": ("id", ("colleague foreigner technician", "colleague technician", "technician", "", "")),
    "users/search?q=robin&role=technician&branch={foreign_branch}": ("id", ("foreigner", "", "", "", "")),
    "customers": ("firstName", ("Foreign Free Own", "Foreign Free Own", "Own", "Foreign Free Own", "Own")),
    "customers?q=free": ("firstName", ("Free", "Free", "", "Free", "")),
    "customers/{own_customer}/repairs": ("id", ("own", "own", "own", "own", "own")),
    "inventory/branches": ("code", (*["ATT HAR OLD STA"] * 4, "HAR STA")),
    "inventory/branches?isActive=false": ("code", (*["ATT OLD"] * 4, "")),
    "catalog/repair-types?q=retired": ("name", (*("Retired repair-types",) * 4, "")),
}
STOCK_LISTED = {
    "inventory/purchase-orders?status=draft": ("branch", ("HAR STA", "HAR", "HAR", "HAR")),
    "inventory/purchase-orders?status=draft&branchId={foreign_branch}": ("branch", ("STA", "", "", "")),
    "inventory/purchase-orders?status=draft&itemId={foreign_bought}": ("branch", ("STA", "", "", "")),
    "inventory/stock-counts": ("id", ("foreign own", "own", "own", "own")),
    "inventory/stock-counts?branchId={foreign_branch}": ("id", ("foreign", "", "", "")),
    "repairs/unassigned": ("id", ("free", "free", "free", "free")),
    "inventory/movements": ("inventoryItem", ("FOR-1 FOR-2 FOR-3 FOR-4 FOR-4 FOR-4 OWN-1 OWN-2 OWN-3 OWN-4 OWN-4",
                                              *["OWN-1 OWN-2 OWN-3 OWN-4 OWN-4"] * 3)),
    "inventory/movements?branchId={foreign_branch}": ("inventoryItem", ("FOR-1 FOR-2 FOR-3 FOR-4 FOR-4 FOR-4", "", "", "")),
    "inventory/serials": ("item", ("FOR-2 OWN-2", *["OWN-2"] * 3)),
    "inventory/serials?branchId={foreign_branch}": ("item", ("FOR-2", "", "", "")),
    "inventory/reservations?branchId={foreign_branch}": ("documentLabel", ("R-2026-000002", "", "", "")),
    "inventory/movements?inventoryItemId={foreign_item}": ("inventoryItem", ("FOR-1", "", "", "")),
    "inventory/stock-levels/items/{foreign_item}": ("item", ("FOR-1", "", "", "")),
} | TRANSFERS_LISTED | ESTIMATES_LISTED  # fmt: skip


def _name_of(row: Any, known: dict[str, str]) -> str:
    return str(row.get("sku", row.get("code")) if isinstance(row, dict) else known.get(row, row))


@pytest.mark.parametrize(
    ("path", "name", "found"), [(path, *row) for path, row in (LISTED | STOCK_LISTED).items()], ids=LISTED | STOCK_LISTED
)  # fmt: skip
def test_each_role_lists_what_lies_within_its_scope_and_counts_no_more(
    scene: Scene, path: str, name: str, found: tuple[str, ...]
) -> None:
    wanted = dict(zip(ROLES, found, strict=False))

    answers = {role: scene.apis[role].get(scene.fill(path)).body["data"] for role in wanted}

    known = {str(pk): label for pk, label in scene.names.items()}
    rows = {role: [item[name] for item in data["items"]] for role, data in answers.items()}
    texts = {role: [_name_of(row, known) for row in rows[role]] for role in rows}
    assert {role: " ".join(sorted(row)) for role, row in texts.items()} == wanted
    assert {role: data["pagination"]["total"] for role, data in answers.items()} == {
        role: len(row) for role, row in texts.items()
    }
