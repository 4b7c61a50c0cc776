"""One repair from the counter to the hand-over, through HTTP only, on both forms."""

import re
from typing import Any

import pytest

from tests.journeys.client import ID, Caller, read
from tests.journeys.forms import Form

PART = "DSP-IP13-P"


@pytest.fixture
def seller(form: Form) -> Caller:
    return form.caller("seller")


@pytest.fixture
def technician(form: Form) -> Caller:
    return form.caller("technician")


@pytest.fixture
def manager(form: Form) -> Caller:
    return form.caller("manager")


def test_the_first_thing_a_visitor_finds_leads_to_everything_else(form: Form) -> None:
    nobody = form.caller()

    root = nobody.http.get("/", headers={"Accept": "application/json"}).json()
    health = nobody.http.get("/health")
    schema = nobody.http.get("/api/schema", headers={"Accept": "application/json"})
    door = nobody.http.get("/dashboard/login/")
    sheet = nobody.http.get(re.search(r'href="(/static/[^"]+\.css)"', door.text)[1])

    assert root["name"] == "Mendery"
    assert (health.status_code, health.json()["checks"]) == (
        200,
        {"database": "healthy", "cache": "healthy", "broker": "healthy"},
    )
    assert schema.status_code == 200
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')


def test_a_stranger_is_told_what_is_missing(form: Form) -> None:
    nobody = form.caller()
    wrong = {"identifier": f"seller@{form.domain}", "password": "Not-The-Word-1"}

    without = nobody.raw("GET", "repairs")
    refused = nobody.raw("POST", "auth/login", wrong)
    unknown = nobody.raw("POST", "auth/login", {**wrong, "identifier": "nobody@shop.example"})

    assert (without.status_code, read(without)) == (401, "UNAUTHORIZED")
    assert without.headers["WWW-Authenticate"] == "Bearer"
    assert (refused.status_code, read(refused)) == (401, "INVALID_CREDENTIALS")
    assert (unknown.status_code, read(unknown)) == (401, "INVALID_CREDENTIALS")
    assert unknown.json()["error"] == refused.json()["error"]


def test_a_client_cannot_choose_the_address_that_its_logins_are_counted_by(form: Form) -> None:
    nobody = form.caller()

    def left(claimed: str) -> tuple[int, int]:
        """How many logins are left in the window that ends then."""
        body = {"identifier": "x@shop.example", "password": "Not-The-Word-1"}
        answer = nobody.raw("POST", "auth/login", body, headers={"X-Forwarded-For": claimed})
        return int(answer.headers["X-RateLimit-Remaining"]), int(answer.headers["X-RateLimit-Reset"])

    pairs = [(left("203.0.113.1"), left("203.0.113.2")) for _ in range(2)]
    # A window that ends between the two answers of a pair counts from its beginning: at most one pair can see that.
    (first, _), (second, _) = next((a, b) for a, b in pairs if abs(a[1] - b[1]) <= 1)
    assert first - second == 1


def test_a_repair_goes_all_the_way(form: Form, seller: Caller, technician: Caller, manager: Caller) -> None:
    branch = seller.user["branches"][0]["id"]
    before = stock(seller, branch)
    customer = find_or_create_customer(seller)
    order = take_in(seller, customer["id"], before["item"]["id"])
    assert moved(stock(seller, branch), before) == (0, 1)

    assign(manager, technician, order["id"])
    repair(technician, order["id"])
    assert moved(stock(seller, branch), before) == (-1, 0)
    assert issued_for(manager, order["id"]) == [("OUT", 1, branch)]

    hand_over(seller, technician, order["id"])
    check_history(seller, order["id"])
    assert moved(stock(seller, branch), before) == (-1, 0)


def find_or_create_customer(seller: Caller) -> Any:
    assert seller.get("customers", q="Dagmar Quist")["items"] == []
    body = {"firstName": "Dagmar", "lastName": "Quist", "phone": "+44 7700 900 777"}

    assert seller.post("customers", {**body, "fristName": "D"}, 400) == "VALIDATION_ERROR"
    first = seller.raw("POST", "customers", body, headers={"Idempotency-Key": "intake-1"})
    again = seller.raw("POST", "customers", body, headers={"Idempotency-Key": "intake-1"})
    other = seller.raw("POST", "customers", {**body, "lastName": "Quest"}, headers={"Idempotency-Key": "intake-1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    customer = read(first)
    assert read(again) == customer
    assert ID.fullmatch(customer["id"])
    assert customer["phone"] == "+447700900777"
    assert (other.status_code, read(other)) == (422, "IDEMPOTENCY_MISMATCH")
    assert [found["id"] for found in seller.get("customers", q="Dagmar Quist")["items"]] == [customer["id"]]
    return customer


def take_in(seller: Caller, customer_id: str, item_id: str) -> Any:
    model = only(seller.get("catalog/device-models", q="A2633"))
    repair_type = only(seller.get("catalog/repair-types", q="Screen"))
    price = next(
        row for row in seller.get("pricing", deviceModelId=model["id"])["items"] if row["repairTypeId"] == repair_type["id"]
    )  # fmt: skip
    item = {"repairTypeId": repair_type["id"], "unitPrice": price["price"], "quantity": 1, "inventoryItemId": item_id}
    body = {
        "customerId": customer_id, "deviceModelId": model["id"], "devicePassword": "1379",
        "issueDescription": "Glass cracked, touch works.", "items": [item],
    }  # fmt: skip

    assert seller.post("repairs", {**body, "items": []}, 400) == "VALIDATION_ERROR"
    assert seller.post("repairs", {**body, "items": [{**item, "totalPrice": "1.00"}]}, 400) == "VALIDATION_ERROR"
    order = seller.post("repairs", body)

    assert re.fullmatch(r"R-20\d\d-\d{6}", order["orderNumber"])
    assert (order["status"], order["assignedTechnicianId"], order["hasDevicePassword"]) == ("pending", None, True)
    assert (order["totalPrice"], order["balance"], order["items"][0]["state"]) == (
        price["price"],
        price["price"],
        "reserved",
    )
    assert "1379" not in str(order)
    return order


def assign(manager: Caller, technician: Caller, order_id: str) -> None:
    assert technician.get(f"repairs/{order_id}", 404) == "NOT_FOUND"
    assert technician.status(order_id, "in_progress", 404) == "NOT_FOUND"
    assert order_id not in [row["id"] for row in technician.get("repairs", limit=100)["items"]]

    manager.post(f"repairs/{order_id}/assign", {"technicianId": technician.user["id"]}, 200)

    assert technician.get(f"repairs/{order_id}")["id"] == order_id
    assert order_id in [row["id"] for row in technician.get("repairs", limit=100)["items"]]


def repair(technician: Caller, order_id: str) -> None:
    seen = technician.raw("GET", f"repairs/{order_id}")
    unchanged = technician.raw("GET", f"repairs/{order_id}", headers={"If-None-Match": seen.headers["ETag"]})
    steps = [step["to"] for step in technician.get(f"repairs/{order_id}/transitions")["items"]]

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert steps == ["in_progress", "awaiting_approval", "waiting_parts", "cancelled"]
    for illegal in ("completed", "ready_pickup", "delivered", "pending"):
        assert technician.status(order_id, illegal, 409) == "INVALID_TRANSITION"
    assert technician.status(order_id, "mended", 400) == "VALIDATION_ERROR"
    assert technician.get(f"repairs/{order_id}")["status"] == "pending"

    assert technician.status(order_id, "in_progress")["status"] == "in_progress"
    stale = {"If-Match": seen.headers["ETag"]}
    late = technician.raw("PUT", f"repairs/{order_id}/status", {"status": "waiting_parts"}, headers=stale)
    assert (late.status_code, read(late)) == (412, "PRECONDITION_FAILED")
    assert technician.status(order_id, "completed", notes="New display, tested.")["status"] == "completed"
    assert technician.status(order_id, "in_progress", 400) == "VALIDATION_ERROR"  # it needs a reason
    assert technician.status(order_id, "ready_pickup")["status"] == "ready_pickup"


def hand_over(seller: Caller, technician: Caller, order_id: str) -> None:
    order = seller.get(f"repairs/{order_id}")

    assert seller.status(order_id, "delivered", 409) == "CONFLICT"  # nothing has been paid
    assert technician.post(f"repairs/{order_id}/payments", payment(order), 403) == "FORBIDDEN"
    seller.post(f"repairs/{order_id}/payments", payment(order))
    delivered = seller.status(order_id, "delivered")

    assert (delivered["status"], delivered["balance"], delivered["hasDevicePassword"]) == ("delivered", "0.00", False)
    for anything in ("in_progress", "cancelled", "pending"):
        assert seller.status(order_id, anything, 409) == "INVALID_TRANSITION"


def payment(order: Any) -> dict[str, str]:
    return {"amount": order["totalPrice"], "method": "card"}


def check_history(seller: Caller, order_id: str) -> None:
    rows = sorted(seller.get(f"repairs/{order_id}/history")["items"], key=lambda row: row["createdAt"])

    assert [(row["oldStatus"], row["newStatus"]) for row in rows] == [
        (None, "pending"),
        ("pending", "in_progress"),
        ("in_progress", "completed"),
        ("completed", "ready_pickup"),
        ("ready_pickup", "delivered"),
    ]
    assert rows[2]["notes"] == "New display, tested."


def stock(caller: Caller, branch_id: str) -> Any:
    """The stock level of the part at the branch."""
    item = caller.get(f"inventory/scan/{PART}")
    rows = caller.get(f"inventory/stock-levels/items/{item['id']}")
    return next(row for row in rows["items"] if row["branch"]["id"] == branch_id)


def moved(level: Any, before: Any) -> tuple[int, int]:
    """By how much on hand and reserved have changed."""
    assert level["available"] == level["quantity"] - level["reserved"]
    return level["quantity"] - before["quantity"], level["reserved"] - before["reserved"]


def issued_for(manager: Caller, order_id: str) -> list[tuple[str, int, str]]:
    rows = manager.get("inventory/movements", repairOrderId=order_id)["items"]
    return [(row["movementType"], row["quantity"], row["fromBranchId"]) for row in rows]


def only(page: Any) -> Any:
    assert page["pagination"]["total"] == 1
    return page["items"][0]
