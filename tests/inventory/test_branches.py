"""Branches and their staff."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.rules import Right
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.inventory.models import Branch, BranchMembership
from apps.inventory.selectors import home_branch, works_at
from apps.inventory.services import add_member, remove_member
from tests.conftest import Api
from tests.factories import BranchFactory, UserFactory, actor_for, member, stocked

SYSTEM = Actor.system("test")
HARBOUR = {
    "name": "Harbour",
    "code": "HAR",
    "address": "1 Quay",
    "city": "Hamburg",
    "country": "DE",
    "phoneNumber": "+49 40 3576 1230",
    "email": "harbour@shop.example",
    "managerName": "Robin Miller",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
}


def test_branch_is_created_and_answered_in_full(admin: Api) -> None:
    answer = admin.post("inventory/branches", HARBOUR)

    assert answer.status_code == 201
    data = answer.body["data"]
    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == HARBOUR | {
        "phoneNumber": "+494035761230",
        "isActive": True,
    }
    assert admin.get(f"inventory/branches/{data['id']}").body["data"] == data


def test_branch_takes_the_currency_of_the_installation(admin: Api) -> None:
    data = admin.post("inventory/branches", {"name": "Harbour", "code": "HAR"}).body["data"]

    assert (data["currency"], data["timezone"], data["phoneNumber"]) == ("USD", "UTC", None)


@pytest.mark.parametrize("code", ["HAR", "har", " HAR "])
def test_branch_code_is_unique(admin: Api, branch: Branch, code: str) -> None:
    answer = admin.post("inventory/branches", {"name": "Other", "code": code})

    assert (answer.status_code, answer.body["code"]) == (409, "DUPLICATE_ERROR")
    assert Branch.objects.get() == branch


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("timezone", "Mars/Olympus", "invalid"),
        ("timezone", "../../etc/passwd", "invalid"),
        ("timezone", "", "blank"),
        ("currency", "EU", "invalid"),
        ("currency", "QQQ", "invalid"),
        ("currency", "eur", "invalid"),
        ("phoneNumber", "12", "invalid_phone"),
        ("email", "harbour", "invalid"),
        ("code", "", "blank"),
        ("code", "x" * 21, "max_length"),
        ("name", "x" * 101, "max_length"),
        ("members", [], "unknown_field"),
    ],
)
def test_branch_with_a_value_that_is_none_is_refused(admin: Api, field: str, value: Any, code: str) -> None:
    answer = admin.post("inventory/branches", HARBOUR | {field: value})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(row["field"], row["code"]) for row in answer.body["details"]] == [(field, code)]
    assert not Branch.objects.exists()


def test_branch_is_changed_by_its_own_manager(manager: Api, branch: Branch) -> None:
    answer = manager.patch(f"inventory/branches/{branch.pk}", {"city": "Bremen"})

    assert (answer.status_code, answer.body["data"]["city"]) == (200, "Bremen")
    event = Event.objects.get(type="inventory.branch.updated")
    assert (event.aggregate_id, event.payload["changes"]) == (branch.pk, {"city": ["", "Bremen"]})


def test_branch_of_others_is_read_but_not_found_for_changing(manager: Api, other_branch: Branch) -> None:
    path = f"inventory/branches/{other_branch.pk}"

    read, changed = manager.get(path), manager.patch(path, {"city": "Bremen"})

    assert (read.status_code, read.body["data"]["code"]) == (200, "STA")
    assert (changed.status_code, changed.body["code"]) == (404, "NOT_FOUND")
    other_branch.refresh_from_db()
    assert other_branch.city == ""


@pytest.mark.parametrize("role", ["manager", "technician", "seller", "customer"])
def test_branches_are_opened_and_closed_by_admins_alone(
    request: pytest.FixtureRequest, role: str, branch: Branch
) -> None:
    api = request.getfixturevalue(role)

    answers = [api.post("inventory/branches", HARBOUR), api.delete(f"inventory/branches/{branch.pk}")]
    if role != "manager":
        answers.append(api.patch(f"inventory/branches/{branch.pk}", {"city": "Bremen"}))

    assert {(answer.status_code, answer.body["code"]) for answer in answers} == {(403, "FORBIDDEN")}
    assert list(Branch.objects.values_list("code", "city")) == [("HAR", "")]


@pytest.mark.parametrize("used_by", ["stock", "staff"])
def test_branch_in_use_is_not_deleted(admin: Api, branch: Branch, used_by: str) -> None:
    stocked(1, branch) if used_by == "stock" else member("seller", branch)

    answer = admin.delete(f"inventory/branches/{branch.pk}")

    assert (answer.status_code, answer.body["code"]) == (409, "IN_USE")
    assert Branch.objects.get() == branch


def test_branch_without_history_is_deleted(admin: Api, branch: Branch) -> None:
    assert admin.delete(f"inventory/branches/{branch.pk}").status_code == 204
    assert not Branch.objects.exists()


def test_customers_see_public_fields_of_open_branches(customer: Api, branch: Branch) -> None:
    closed = BranchFactory(is_active=False)

    listed = customer.get("inventory/branches").body["data"]["items"]
    hidden = customer.get(f"inventory/branches/{closed.pk}")

    assert [row["code"] for row in listed] == ["HAR"]
    assert "managerName" not in listed[0]
    assert (hidden.status_code, hidden.body["code"]) == (404, "NOT_FOUND")


def test_branches_are_found_and_filtered(seller: Api, branch: Branch) -> None:
    BranchFactory(name="Station", code="STA", city="Bremen", is_active=False)

    def codes(query: str) -> list[str]:
        return [row["code"] for row in seller.get(f"inventory/branches?{query}").body["data"]["items"]]

    assert codes("") == ["HAR", "STA"]
    assert codes("q=brem") == ["STA"]
    assert codes("q=sta") == ["STA"]
    assert codes("isActive=true") == ["HAR"]
    assert codes("ordering=-code") == ["STA", "HAR"]


# Staff.


def test_member_joins_and_leaves_once(branch: Branch) -> None:
    user = UserFactory(role="seller")

    for verb in (add_member, add_member, remove_member, remove_member):
        verb(branch, user, actor=SYSTEM)

    assert not works_at(user.pk, branch.pk)
    told = Event.objects.order_by("created_at", "id").values_list("type", "aggregate_id", "payload")
    assert list(told) == [
        ("inventory.member_joined", branch.pk, {"user_id": str(user.pk)}),
        ("inventory.member_left", branch.pk, {"user_id": str(user.pk)}),
    ]


def test_customer_is_no_member_of_staff(branch: Branch) -> None:
    user = UserFactory(role="customer")

    with pytest.raises(ValidationFailed) as refusal:
        add_member(branch, user, actor=SYSTEM)

    assert [(error.field, error.code) for error in refusal.value.details] == [("user", "invalid")]
    assert not BranchMembership.objects.exists()
    assert not Event.objects.exclude(type="accounts.logged_in").exists()


def test_member_is_named_with_the_branches_in_order_of_joining(branch: Branch, other_branch: Branch) -> None:
    user = member("seller", other_branch)
    add_member(branch, user, actor=SYSTEM)

    data = Api(user).get("auth/me").body["data"]

    assert [row["code"] for row in data["branches"]] == ["STA", "HAR"]


def test_member_sees_stock_from_the_next_request_on(branch: Branch, other_branch: Branch) -> None:
    user = member("seller", branch)
    api, path = Api(user), f"inventory/stock-levels/branch/{other_branch.pk}"

    before = api.get(path).status_code
    add_member(other_branch, user, actor=SYSTEM)
    joined = api.get(path).status_code
    remove_member(other_branch, user, actor=SYSTEM)

    assert (before, joined, api.get(path).status_code) == (404, 200, 404)


def test_home_branch_is_the_first_own_one_that_is_open(branch: Branch, other_branch: Branch) -> None:
    user = member("seller", branch)
    add_member(other_branch, user, actor=SYSTEM)
    actor = actor_for(user)

    first = home_branch(actor, Right.ORDERS_CREATE)
    Branch.objects.filter(pk=branch.pk).update(is_active=False)
    second = home_branch(actor, Right.ORDERS_CREATE)

    assert (first, second) == (branch, other_branch)


def test_home_branch_of_an_admin_is_the_only_one_there_is(branch: Branch) -> None:
    actor = actor_for(member("admin", None))

    only = home_branch(actor, Right.ORDERS_CREATE)
    BranchFactory()

    assert only == branch
    assert home_branch(actor, Right.ORDERS_CREATE) is None


def test_currency_stays_once_stock_is_reckoned_in_it(admin: Api, branch: Branch, other_branch: Branch) -> None:
    stocked(5, branch)

    refused = admin.patch(f"inventory/branches/{branch.pk}", {"currency": "JPY"})
    same = admin.patch(f"inventory/branches/{branch.pk}", {"currency": branch.currency})
    empty = admin.patch(f"inventory/branches/{other_branch.pk}", {"currency": "JPY"})

    assert [answer.status_code for answer in (refused, same, empty)] == [400, 200, 200]
    assert [(one["field"], one["code"]) for one in refused.body["details"]] == [("currency", "in_use")]
    assert list(Branch.objects.order_by("name").values_list("currency", flat=True)) == [branch.currency, "JPY"]
