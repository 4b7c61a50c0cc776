"""An account is erased: the person goes, what happened stays."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import Challenge, OneTimeCode, Passkey, RecoveryCode, TotpDevice, User
from apps.accounts.services import delete_user
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.db import retrying
from apps.core.exceptions import Conflict, Forbidden
from apps.inventory.models import Branch
from tests.accounts.conftest import log_in, outcome, renew
from tests.accounts.second_factors import has_app, recovery_codes_of
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, actor_for, member, order
from tests.factories.people import PASSWORD
from tests.racing import kinds, race

pytestmark = pytest.mark.django_db
FORBIDDEN, NOT_FOUND, GONE = (403, "FORBIDDEN"), (404, "NOT_FOUND"), (204, "")
PATHS = ("users", "admin/auth/users")


def with_everything(branch: Branch) -> User:
    user = member("technician", branch, first_name="ليلى", username="laila", phone_number="+447700900123")
    has_app(user)
    recovery_codes_of(user)
    Passkey.objects.create(user=user, name="key", credential_id="c", public_key=b"k")
    Challenge.objects.create(user=user, purpose="log_in", auth_version=1, expires_at=timezone.now())
    OneTimeCode.objects.create(user=user, purpose="reset_password", digest="0" * 64, expires_at=timezone.now())
    return user


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_the_person_is_left_in_an_erased_account(admin: Api, branch: Branch, path: str) -> None:
    user = with_everything(branch)
    email = user.email

    answer = admin.delete(f"{path}/{user.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    user.refresh_from_db()
    assert (user.get_full_name(), user.email, user.username, user.phone_number, user.search_text) == (
        "Erased technician", f"{user.pk}@erased.invalid", None, None, f"erased technician {user.pk}@erased.invalid"
    )  # fmt: skip
    assert (user.is_active, user.is_verified, user.has_usable_password(), user.erased_at is None) == (False,) * 4
    proofs = (TotpDevice, RecoveryCode, Passkey, Challenge, OneTimeCode)
    assert [model.objects.filter(user=user).count() for model in proofs] == [0] * 5
    assert outcome(Api().post("auth/login", {"identifier": email, "password": PASSWORD})) == (
        401,
        "INVALID_CREDENTIALS",
    )


def test_every_session_ends_and_the_address_is_free_again(admin: Api) -> None:
    user = UserFactory(role="seller", email="ada@shop.example", username="ada", phone_number="+447700900123")
    tokens = log_in(user)

    admin.delete(f"users/{user.pk}")

    assert outcome(renew(tokens["refreshToken"])) == (401, "TOKEN_REVOKED")
    again = UserFactory(email="ada@shop.example", username="ada", phone_number="+447700900123")
    assert log_in(again)["user"]["id"] == str(again.pk)


def test_memberships_end_open_orders_are_nobody_s_and_closed_ones_keep_their_technician(
    admin: Api, branch: Branch
) -> None:
    user = member("technician", branch)
    open_one = order(branch, technician=user, status="in_progress")
    closed = order(branch, technician=user, status="cancelled")

    admin.delete(f"users/{user.pk}")

    open_one.refresh_from_db()
    closed.refresh_from_db()
    assert (open_one.technician_id, closed.technician_id, user.branches.count()) == (None, user.pk, 0)
    unassigned = Event.objects.get(type="repairs.order_assigned")
    assert (unassigned.aggregate_id, unassigned.actor_id, unassigned.payload) == (
        open_one.pk, admin.user.pk, {"old_technician_id": str(user.pk), "new_technician_id": None}
    )  # fmt: skip
    left = Event.objects.get(type__contains="member_left")
    assert (left.aggregate_id, left.payload) == (branch.pk, {"user_id": str(user.pk)})


def test_what_happened_keeps_the_name_under_which_it_was_recorded(admin: Api, branch: Branch) -> None:
    user = member("seller", branch, first_name="Ada", last_name="Lo")
    Api(user).put("seller/auth/profile", {"firstName": "Ada", "lastName": "Love"})

    admin.delete(f"users/{user.pk}")

    labels = Event.objects.filter(actor_id=user.pk).values_list("actor_label", flat=True)
    assert set(labels) == {"Ada Lo"}
    erased = Event.objects.get(type="accounts.user_saved", payload__changed=["erased"])
    assert (erased.aggregate_id, erased.actor_id) == (user.pk, admin.user.pk)


def test_an_account_is_erased_once(admin: Api) -> None:
    user = UserFactory(role="seller")

    answers = [outcome(admin.delete(f"users/{user.pk}")) for _ in range(2)]

    assert answers == [GONE, NOT_FOUND]
    assert Event.objects.filter(payload__changed=["erased"]).count() == 1


def test_customers_delete_their_own_account_and_the_shop_keeps_its_record(customer: Api, branch: Branch) -> None:
    record = customer.user.customer
    taken_in = order(branch, customer=record.pk)
    before = (record.first_name, record.last_name, record.phone)

    answer = customer.delete(f"users/{customer.user.pk}")

    assert outcome(answer) == GONE
    assert outcome(customer.get("auth/me")) == (401, "TOKEN_REVOKED")
    record.refresh_from_db()
    taken_in.refresh_from_db()
    assert (record.user, (record.first_name, record.last_name, record.phone)) == (None, before)
    assert (taken_in.status, taken_in.customer_id) == ("pending", record.pk)
    assert Event.objects.get(type="accounts.customer_changed").payload == {"changed": ["user"]}


def test_nobody_else_deletes_an_account(branch: Branch, other_branch: Branch) -> None:
    apis = {role: Api(member(role, branch)) for role in ("manager", "technician", "seller", "customer")}
    CustomerFactory(user=apis["customer"].user)
    others = [member("technician", branch), member("seller", other_branch), UserFactory(role="customer")]

    answers = {
        role: [outcome(api.delete(f"users/{user.pk}")) for user in ([api.user] if role != "customer" else []) + others]
        for role, api in apis.items()
    }
    at_admin = {role: outcome(api.delete(f"admin/auth/users/{api.user.pk}")) for role, api in apis.items()}

    assert answers == {
        "manager": [FORBIDDEN] * 4, "technician": [FORBIDDEN] * 4, "seller": [FORBIDDEN] * 4, "customer": [NOT_FOUND] * 3,
    }  # fmt: skip
    assert at_admin == dict.fromkeys(apis, FORBIDDEN)
    assert not User.objects.filter(erased_at__isnull=False).exists()


@pytest.mark.parametrize("path", PATHS)
def test_an_admin_does_not_delete_the_own_account(admin: Api, path: str) -> None:
    UserFactory(role="admin")

    answer = admin.delete(f"{path}/{admin.user.pk}")

    assert outcome(answer) == FORBIDDEN
    assert outcome(admin.get("auth/me")) == (200, "")


def test_the_last_active_admin_is_not_erased() -> None:
    last = UserFactory(role="admin")
    UserFactory(role="admin", is_active=False)

    with pytest.raises(Conflict):
        delete_user(last.pk, actor=Actor.system("test"))

    last.refresh_from_db()
    assert (last.is_active, last.erased_at, Event.objects.count()) == (True, None, 0)


def test_who_has_lost_the_role_while_waiting_erases_nobody() -> None:
    former, user = UserFactory(role="admin"), UserFactory(role="admin")
    actor = actor_for(former)
    User.objects.filter(pk=former.pk).update(role="seller")
    UserFactory(role="admin")

    with pytest.raises(Forbidden):
        delete_user(user.pk, actor=actor)

    user.refresh_from_db()
    assert (user.erased_at, Event.objects.count()) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_delete_each_other_at_once_do_not_both_succeed() -> None:
    first, second = UserFactory(role="admin"), UserFactory(role="admin")

    outcomes = race(
        lambda: retrying(lambda: delete_user(first.pk, actor=actor_for(second))),
        lambda: retrying(lambda: delete_user(second.pk, actor=actor_for(first))),
    )

    assert kinds(outcomes) == {"Conflict": 1, "NoneType": 1}
    assert User.objects.filter(role="admin", is_active=True, erased_at=None).count() == 1
