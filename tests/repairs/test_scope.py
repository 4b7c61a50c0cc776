"""Who sees which orders, and how much of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.conftest import Api
from tests.factories import CustomerFactory, PartTypeFactory, UserFactory, line, member, order, stocked
from tests.repairs.contract import books, fresh_id, item_body

ROLES = ["admin", "manager", "technician", "seller", "customer", "stranger", "nobody"]


class Shop:
    """Orders of two branches, with and without the technician and the customer who look at them."""

    def __init__(self, here: Branch, there: Branch) -> None:
        self.technician = member("technician", here)
        self.owner = CustomerFactory(user=UserFactory(role="customer"))
        self.users: dict[str, Any] = {
            "admin": UserFactory(role="admin"),
            "manager": member("manager", here),
            "technician": self.technician,
            "seller": member("seller", here),
            "customer": self.owner.user,
            "stranger": UserFactory(role="customer"),
            "nobody": None,
        }
        self.orders = {
            "mine here": order(here, technician=self.technician, customer=self.owner.pk),
            "of nobody here": order(here),
            "of a colleague here": order(here, technician=member("technician", here)),
            "mine there": order(there, technician=self.technician),
            "theirs there": order(there, customer=self.owner.pk),
        }

    def names(self, rows: list[dict[str, Any]]) -> set[str]:
        by_id = {str(found.pk): name for name, found in self.orders.items()}
        return {by_id[row["id"]] for row in rows}


SEEN = {
    "admin": {"mine here", "of nobody here", "of a colleague here", "mine there", "theirs there"},
    "manager": {"mine here", "of nobody here", "of a colleague here"},
    "technician": {"mine here", "mine there"},
    "seller": {"mine here", "of nobody here", "of a colleague here"},
    "customer": {"mine here", "theirs there"},
    "stranger": set(),
}


@pytest.fixture
def shop(branch: Branch, other_branch: Branch) -> Shop:
    return Shop(branch, other_branch)


@pytest.mark.parametrize("role", SEEN)
def test_list_detail_and_history_show_the_same_orders(shop: Shop, role: str) -> None:
    api = Api(shop.users[role])

    listed = shop.names(api.get("repairs").body["data"]["items"])
    single = {name for name, one in shop.orders.items() if api.get(f"repairs/{one.pk}").status_code == 200}
    histories = {name for name, one in shop.orders.items() if api.get(f"repairs/{one.pk}/history").status_code == 200}

    assert (listed, single, histories) == (SEEN[role], SEEN[role], SEEN[role])


@pytest.mark.parametrize("path", ["", "/history", "/transitions", "/notes", "/payments", "/device-password"])
def test_a_foreign_order_is_answered_like_a_missing_one(shop: Shop, path: str) -> None:
    for role in ("manager", "technician"):
        api = Api(shop.users[role])

        foreign = api.get(f"repairs/{shop.orders['theirs there'].pk}{path}")
        missing = api.get(f"repairs/{fresh_id()}{path}")

        assert foreign.status_code == missing.status_code
        assert foreign.status_code in {403, 404}
        assert [foreign.body[part] for part in ("error", "code", "details")] == [
            missing.body[part] for part in ("error", "code", "details")
        ]


def test_who_has_not_logged_in_sees_nothing(anonymous: Api, shop: Shop) -> None:
    one = shop.orders["mine here"].pk

    answers = [anonymous.get(path) for path in ("repairs", f"repairs/{one}", f"repairs/{one}/history")]

    assert [(answer.status_code, answer.body["code"]) for answer in answers] == [(401, "UNAUTHORIZED")] * 3


def _writes(one: RepairOrder) -> dict[str, tuple[str, str, Any]]:
    url = f"repairs/{one.pk}"
    first = one.lines.get().pk
    return {
        "edit": ("PATCH", url, {"deviceSerial": "X"}),
        "status": ("PUT", f"{url}/status", {"status": "in_progress"}),
        "assign": ("POST", f"{url}/assign", {"technicianId": None}),
        "note": ("POST", f"{url}/notes", {"text": "x"}),
        "payment": ("POST", f"{url}/payments", {"amount": "1", "method": "cash"}),
        "claim": ("POST", f"{url}/warranty-claim", {"issueDescription": "x"}),
        "add line": ("POST", f"{url}/items", item_body()),
        "change line": ("PATCH", f"{url}/items/{first}", {"quantity": 2}),
        "remove line": ("DELETE", f"{url}/items/{first}", None),
    }


@pytest.mark.parametrize(
    ("role", "which", "codes"),
    [
        ("manager", "mine there", {"all": 404}),
        ("seller", "mine there", {"all": 404}),
        (
            "technician",
            "of a colleague here",
            {"all": 404, "edit": 403, "payment": 403, "claim": 403},
        ),
        ("customer", "mine here", {"all": 403}),
        ("stranger", "mine here", {"all": 403}),
        ("nobody", "mine here", {"all": 401}),
    ],
)
def test_no_write_reaches_an_order_out_of_reach(shop: Shop, role: str, which: str, codes: dict[str, int]) -> None:
    api, writes = Api(shop.users[role]), _writes(shop.orders[which])
    before = books()

    answered = {name: api.request(*write).status_code for name, write in writes.items()}

    assert answered == {name: codes.get(name, codes["all"]) for name in writes}
    assert books() == before


def test_a_customer_sees_the_order_without_what_is_the_shops(manager: Api, branch: Branch) -> None:
    owner = CustomerFactory(user=UserFactory(role="customer"))
    part = stocked(1, branch, cost_price=Decimal("7.77"))
    lines = [line(part, part_type_id=PartTypeFactory().pk)]
    taken_in = order(branch, customer=owner.pk, lines=lines)
    manager.put(f"repairs/{taken_in.pk}/status", {"status": "in_progress", "notes": "rude customer"})
    manager.post(f"repairs/{taken_in.pk}/notes", {"text": "secret remark"})
    api = Api(owner.user)

    seen = api.get(f"repairs/{taken_in.pk}").body["data"]
    staff = manager.get(f"repairs/{taken_in.pk}").body["data"]
    history = api.get(f"repairs/{taken_in.pk}/history")

    hidden = {"inventoryItemId", "state"}
    assert seen.keys() == staff.keys()
    assert staff["items"][0].keys() - seen["items"][0].keys() == hidden
    assert {**seen, "items": []} == {**staff, "items": []}
    assert [row.keys() for row in history.body["data"]["items"]] == [
        {"id", "oldStatus", "newStatus", "createdAt", "updatedAt"}
    ] * 2
    pages = [history, *(api.get(f"repairs{path}") for path in ("", f"/{taken_in.pk}", f"/{taken_in.pk}/notes"))]
    pages.append(api.get(f"customers/{owner.pk}/repairs"))
    for page in pages:
        assert page.status_code == 200
        assert not any(word in page.content for word in (b"7.77", b"rude", b"secret", b"inventoryItemId"))


def test_the_history_of_an_order_says_who_did_what_when(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    manager.put(f"repairs/{taken_in.pk}/status", {"status": "in_progress", "notes": "on the bench"})

    rows = manager.get(f"repairs/{taken_in.pk}/history").body["data"]["items"]

    first, second = taken_in.history.all()
    assert rows == [
        {
            "id": str(row.pk),
            "oldStatus": old,
            "newStatus": new,
            "notes": notes,
            "actor": actor,
            "createdAt": row.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "updatedAt": row.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        for row, old, new, notes, actor in (
            (first, None, "pending", "", {"kind": "system", "id": None, "name": "test"}),
            (
                second,
                "pending",
                "in_progress",
                "on the bench",
                {"kind": "user", "id": str(manager.user.pk), "name": manager.user.get_full_name()},
            ),
        )
    ]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("admin", {"mine here", "theirs there"}),
        ("manager", {"mine here"}),
        ("technician", {"mine here"}),
        ("seller", {"mine here"}),
        ("customer", {"mine here", "theirs there"}),
        ("stranger", 404),
        ("nobody", 401),
    ],
)
def test_the_orders_of_a_customer_are_those_in_scope(shop: Shop, role: str, seen: Any) -> None:
    answer = Api(shop.users[role]).get(f"customers/{shop.owner.pk}/repairs")

    found = shop.names(answer.body["data"]["items"]) if answer.status_code == 200 else answer.status_code
    assert found == seen
