"""What each role has for itself: the own profile and the way out. An admin has no business at the others' doors."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Customer, OneTimeCode, Session, User
from apps.audit.models import Event
from apps.inventory.models import Branch
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, member

pytestmark = pytest.mark.django_db
ROLES = ("admin", "manager", "technician", "seller", "customer")
NAMES = {"firstName": "ليلى", "lastName": "Nguyễn"}


def api_of(role: str, branch: Branch | None = None, **fields: Any) -> Api:
    return Api(member(role, branch, **fields))


def refused(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR"), answer.body
    return [(detail["field"], detail["code"]) for detail in answer.body["details"]]


def row(user: User | None) -> dict[str, Any]:
    assert user is not None
    return User.objects.filter(pk=user.pk).values().get()


@pytest.mark.parametrize("role", ROLES)
def test_the_doors_of_a_role_are_open_to_that_role_alone(role: str) -> None:
    apis = {name: api_of(name) for name in ROLES}
    doors = [("GET", "profile", None), ("PUT", "profile", NAMES), ("POST", "logout", {})]

    answers = {
        name: [api.request(method, f"/api/v1/{role}/auth/{door}", body).status_code for method, door, body in doors]
        for name, api in apis.items()
    }

    assert answers == {name: [200, 200, 204] if name == role else [403] * 3 for name in ROLES}
    changed = [name for name, api in apis.items() if row(api.user)["first_name"] == "ليلى"]
    assert changed == [role]
    assert list(Session.objects.filter(revoked_at__isnull=False).values_list("user__role", flat=True)) == [role]


@pytest.mark.parametrize("role", ROLES)
def test_a_profile_is_the_user_of_the_contract(role: str, branch: Branch) -> None:
    api = api_of(role, branch if role in {"manager", "technician", "seller"} else None, username="Ada.L")

    answer = api.get(f"{role}/auth/profile")

    data = answer.body["data"]
    assert data == api.get("auth/me").body["data"]
    assert data.keys() == {
        "id", "firstName", "lastName", "email", "username", "phoneNumber", "role", "isActive", "isVerified", "branches",
        "lastLogin", "createdAt", "updatedAt",
    }  # fmt: skip
    assert (data["role"], data["username"], data["lastLogin"]) == (role, "ada.l", None)
    works = role not in {"admin", "customer"}
    assert data["branches"] == ([{"id": str(branch.pk), "name": "Harbour", "code": "HAR"}] if works else [])
    again = api.get(f"{role}/auth/profile", If_None_Match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_branches_stand_in_the_order_in_which_they_were_joined(branch: Branch, other_branch: Branch) -> None:
    api = api_of("seller", other_branch)
    branch.memberships.create(user=api.user)

    data = api.get("seller/auth/profile").body["data"]

    assert [found["code"] for found in data["branches"]] == ["STA", "HAR"]


def test_a_profile_is_changed_and_only_the_names_of_the_fields_are_recorded() -> None:
    api = api_of("seller")

    answer = api.put("seller/auth/profile", {**NAMES, "username": "Laila.N", "phoneNumber": "+44 7700 900123"})

    data = answer.body["data"]
    assert [data[name] for name in ("firstName", "lastName", "username", "phoneNumber")] == [
        "ليلى", "Nguyễn", "laila.n", "+447700900123"
    ]  # fmt: skip
    event = Event.objects.get(type="accounts.user_saved")
    assert sorted(event.payload["changed"]) == ["first_name", "last_name", "phone_number", "username"]
    assert (event.payload.keys(), event.actor_id, event.aggregate_id) == ({"changed"}, api.user.pk, api.user.pk)
    assert api.get("auth/me").status_code == 200


def test_what_was_answered_may_be_sent_back_and_changes_nothing(branch: Branch) -> None:
    api = api_of("technician", branch, username="ada", phone_number="+447700900123")
    present = api.get("technician/auth/profile")
    before = row(api.user)

    answer = api.put("technician/auth/profile", present.body["data"])

    assert (answer.status_code, answer.body["data"], answer["ETag"]) == (200, present.body["data"], present["ETag"])
    assert row(api.user) == before
    assert not Event.objects.filter(type="accounts.user_saved").exists()


def test_username_and_phone_stay_when_left_out_and_go_with_null() -> None:
    api = api_of("seller", username="ada", phone_number="+447700900123")

    left_out = api.put("seller/auth/profile", NAMES).body["data"]
    taken_off = api.put("seller/auth/profile", {**NAMES, "username": None, "phoneNumber": ""}).body["data"]

    assert (left_out["username"], left_out["phoneNumber"]) == ("ada", "+447700900123")
    assert (taken_off["username"], taken_off["phoneNumber"]) == (None, None)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "new@shop.example", "read_only"),
        ("role", "admin", "read_only"),
        ("isActive", False, "read_only"),
        ("isVerified", False, "read_only"),
        ("branches", [{"id": "x"}], "read_only"),
        ("isApproved", True, "unknown_field"),
        ("password", "Correct-Horse-9", "unknown_field"),
        ("erasedAt", "2026-01-01T00:00:00Z", "unknown_field"),
        ("firstName", "", "blank"),
        ("lastName", "x" * 101, "max_length"),
        ("firstName", ["x"], "invalid"),
        ("firstName", None, "null"),
        ("username", "1x", "invalid"),
        ("username", "a@b.example", "invalid"),
        ("username", {"x": 1}, "invalid"),
        ("phoneNumber", "12", "invalid_phone"),
        ("phoneNumber", True, "invalid"),
    ],
)
def test_what_a_profile_does_not_take_is_named_and_nothing_changes(field: str, value: Any, code: str) -> None:
    api = api_of("seller")
    before = row(api.user)

    answer = api.put("seller/auth/profile", {**NAMES, field: value})

    assert refused(answer) == [(field, code)]
    assert row(api.user) == before
    assert not Event.objects.filter(type="accounts.user_saved").exists()


def test_an_admin_changes_an_e_mail_address_and_codes_to_the_old_one_end() -> None:
    api = api_of("admin")
    code = OneTimeCode.objects.create(
        user=api.user, purpose="reset_password", digest="0" * 64, expires_at=api.user.created_at
    )

    answer = api.put("admin/auth/profile", {**NAMES, "email": "Boss@Shop.Example"})

    assert answer.body["data"]["email"] == "boss@shop.example"
    code.refresh_from_db()
    assert code.ended_at is not None


@pytest.mark.parametrize("field", ["username", "phoneNumber"])
def test_what_somebody_else_is_known_by_is_a_duplicate(field: str) -> None:
    UserFactory(username="taken", phone_number="+447700900123")
    api = api_of("customer")
    before = row(api.user)

    answer = api.put("customer/auth/profile", {**NAMES, field: "Taken" if field == "username" else "+447700900123"})

    assert outcome(answer) == (409, "DUPLICATE_ERROR")
    assert row(api.user) == before


def test_a_profile_that_has_changed_since_it_was_read_is_not_written_over() -> None:
    api = api_of("seller")
    tag = api.get("seller/auth/profile")["ETag"]
    first = api.put("seller/auth/profile", NAMES, If_Match=tag)

    late = api.put("seller/auth/profile", {**NAMES, "firstName": "Late"}, If_Match=tag)

    assert (first.status_code, outcome(late)) == (200, (412, "PRECONDITION_FAILED"))
    assert row(api.user)["first_name"] == "ليلى"


def test_a_customer_s_name_goes_to_the_shop_s_record_and_an_unproven_phone_number_does_not() -> None:
    api = api_of("customer")
    record = CustomerFactory(user=api.user, first_name="Kim", phone="+447700900001")
    stranger = CustomerFactory(first_name="Sam", phone="+447700900123")

    answer = api.put("customer/auth/profile", {**NAMES, "phoneNumber": "+447700900123"})

    assert answer.status_code == 200
    record.refresh_from_db()
    assert (record.first_name, record.last_name, record.phone) == ("ليلى", "Nguyễn", "+447700900001")
    assert Event.objects.get(type="accounts.customer_changed").payload == {"changed": ["first_name", "last_name"]}
    visible = api.get("customers").body["data"]["items"]
    assert [found["id"] for found in visible] == [str(record.pk)]
    assert api.get(f"customers/{stranger.pk}").status_code == 404
    assert Customer.objects.get(pk=stranger.pk).user is None


def test_a_seller_in_waiting_has_the_own_profile_and_no_more() -> None:
    api = Api(UserFactory(role="seller", is_approved=False))

    answers = [
        api.get("seller/auth/profile"),
        api.put("seller/auth/profile", NAMES),
        api.get("seller/auth/dashboard"),
        api.get("users"),
        api.post("seller/auth/logout"),
    ]

    assert [outcome(answer) for answer in answers] == [
        (200, ""), (200, ""), (403, "ACCOUNT_UNVERIFIED"), (403, "ACCOUNT_UNVERIFIED"), (204, "")
    ]  # fmt: skip


def test_logout_ends_the_session_at_once() -> None:
    api = api_of("manager")

    answer = api.post("manager/auth/logout")

    assert (answer.status_code, answer.content) == (204, b"")
    assert outcome(api.get("manager/auth/profile")) == (401, "TOKEN_REVOKED")


@pytest.mark.parametrize("path", ["seller/auth/profile", "seller/auth/dashboard"])
def test_an_unknown_parameter_is_refused(path: str) -> None:
    assert refused(api_of("seller").get(f"{path}?role=admin")) == [("role", "unknown_parameter")]
