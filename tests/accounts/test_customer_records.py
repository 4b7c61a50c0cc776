"""Merging customers that are one person, and taking a person out of the record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import Customer, User
from apps.accounts.services import erase_customer, merge_customers
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.ids import new_id
from tests.accounts.conftest import outcome
from tests.conftest import Api
from tests.factories import CustomerFactory, UserFactory, order
from tests.racing import kinds, race

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
NOT_FOUND, INVALID = (404, "NOT_FOUND"), (400, "VALIDATION_ERROR")


def merge(api: Api, source: Customer, into: object) -> Any:
    return api.post(f"customers/{source.pk}/merge", {"intoId": str(into)})


def test_merge_moves_orders_and_fills_what_the_target_lacks(manager: Api) -> None:
    source = CustomerFactory(first_name="Kim", email="kim@mail.example", notes="rings twice")
    target = CustomerFactory(first_name="Kimberly", phone="", notes="owes a coffee")
    taken_in = order(customer=source.pk)
    before = taken_in.updated_at

    answer = merge(manager, source, target.pk)

    assert answer.status_code == 200
    data = answer.body["data"]
    assert (data["id"], data["firstName"]) == (str(target.pk), "Kimberly")
    assert (data["email"], data["phone"]) == ("kim@mail.example", source.phone)
    assert data["notes"] == "owes a coffee\nrings twice"
    taken_in.refresh_from_db()
    source.refresh_from_db()
    assert (taken_in.customer_id, taken_in.updated_at > before) == (target.pk, True)
    assert (source.is_active, source.merged_into_id) == (False, target.pk)
    event = Event.objects.get(type="accounts.customer_merged")
    assert (event.aggregate_id, event.actor_id) == (source.pk, manager.user.pk)
    moved = {"notifications.notification": 0, "repairs.booking": 0, "repairs.dropoff": 0, "repairs.repairorder": 1}
    assert event.payload == {"into_id": str(target.pk), "moved": moved}


def test_merge_keeps_what_the_target_has() -> None:
    source = CustomerFactory(email="old@mail.example", notes="x" * 900)
    target = CustomerFactory(email="new@mail.example", notes="y" * 200)
    phone = target.phone

    merge_customers(source.pk, target.pk, actor=SYSTEM)

    target.refresh_from_db()
    assert (target.email, target.phone) == ("new@mail.example", phone)
    assert target.notes == "y" * 200 + "\n" + "x" * 799


def test_merge_hands_over_the_account_and_its_owner_sees_all_orders() -> None:
    account = Api(UserFactory(role="customer"))
    source, target = CustomerFactory(user=account.user), CustomerFactory()
    orders = {str(order(customer=source.pk).pk), str(order(customer=target.pk).pk)}

    merge_customers(source.pk, target.pk, actor=SYSTEM)

    assert Customer.objects.get(user=account.user) == target
    assert {item["id"] for item in account.get("repairs").body["data"]["items"]} == orders


def test_merge_of_two_with_accounts_is_refused(manager: Api) -> None:
    source, target = (CustomerFactory(user=UserFactory(role="customer")) for _ in range(2))
    taken_in = order(customer=source.pk)

    answer = merge(manager, source, target.pk)

    assert outcome(answer) == INVALID
    assert [(item["field"], item["code"]) for item in answer.body["details"]] == [("intoId", "invalid")]
    source.refresh_from_db()
    taken_in.refresh_from_db()
    assert (source.is_active, taken_in.customer_id) == (True, source.pk)


def test_merge_into_itself_twice_or_into_nobody_is_refused(manager: Api) -> None:
    source, target, gone = CustomerFactory(), CustomerFactory(), CustomerFactory(is_active=False)
    first = merge(manager, source, target.pk)

    answers = [
        merge(manager, target, target.pk),
        merge(manager, source, target.pk),
        merge(manager, target, source.pk),
        merge(manager, target, gone.pk),
        merge(manager, target, new_id()),
    ]

    assert first.status_code == 200
    reference = (400, "FOREIGN_KEY_ERROR")
    assert [outcome(answer) for answer in answers] == [INVALID, NOT_FOUND, reference, reference, reference]
    assert Event.objects.filter(type="accounts.customer_merged").count() == 1
    target.refresh_from_db()
    assert target.is_active


@pytest.mark.parametrize("role", ["seller", "technician", "customer"])
def test_merge_is_a_manager_s(role: str, request: pytest.FixtureRequest) -> None:
    source, target = CustomerFactory(), CustomerFactory()

    answer = merge(request.getfixturevalue(role), source, target.pk)

    assert outcome(answer) == (403, "FORBIDDEN")
    source.refresh_from_db()
    assert source.is_active


@pytest.mark.django_db(transaction=True)
def test_two_merges_in_opposite_directions_at_once_leave_one_customer() -> None:
    first, second = CustomerFactory(), CustomerFactory()

    outcomes = race(
        lambda: merge_customers(first.pk, second.pk, actor=SYSTEM),
        lambda: merge_customers(second.pk, first.pk, actor=SYSTEM),
    )

    assert kinds(outcomes) == {"Customer": 1, "ReferenceMissing": 1}
    assert Customer.objects.current().count() == 1


def test_erasing_takes_the_person_out_and_keeps_the_history(manager: Api) -> None:
    customer = CustomerFactory(first_name="Kim", email="kim@mail.example", notes="rings twice")
    taken_in = order(customer=customer.pk, status="cancelled>ready_pickup>delivered")
    told_before = Event.objects.count()

    answer = manager.delete(f"customers/{customer.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    customer.refresh_from_db()
    assert (customer.first_name, customer.last_name, customer.is_active) == ("Erased", "customer", False)
    assert (customer.email, customer.phone, customer.notes, customer.search_text) == ("", "", "", "erased customer")
    shown = Api(UserFactory(role="admin")).get(f"repairs/{taken_in.pk}").body["data"]
    assert shown["customer"]["lastName"] == "customer"
    event = Event.objects.get(type="accounts.customer_erased")
    assert (event.aggregate_id, event.actor_id, event.payload) == (customer.pk, manager.user.pk, {})
    assert Event.objects.count() == told_before + 2  # and the login of the admin who looked


@pytest.mark.parametrize("status", ["pending", "in_progress", "in_progress>completed>ready_pickup"])
def test_a_customer_whose_device_is_in_the_shop_is_not_erased(manager: Api, status: str) -> None:
    customer = CustomerFactory()
    order(customer=customer.pk, status=status)
    before = Customer.objects.values().get(pk=customer.pk)

    answer = manager.delete(f"customers/{customer.pk}")

    assert outcome(answer) == (409, "IN_USE")
    assert Customer.objects.values().get(pk=customer.pk) == before
    assert not Event.objects.filter(type="accounts.customer_erased").exists()


def test_erasing_twice_finds_nobody(manager: Api) -> None:
    customer = CustomerFactory()
    manager.delete(f"customers/{customer.pk}")

    assert outcome(manager.delete(f"customers/{customer.pk}")) == NOT_FOUND


@pytest.mark.parametrize("role", ["seller", "technician", "customer"])
def test_erasing_is_a_manager_s(role: str, request: pytest.FixtureRequest) -> None:
    api: Api = request.getfixturevalue(role)
    customer = Customer.objects.filter(user=api.user).first() or CustomerFactory()

    assert outcome(api.delete(f"customers/{customer.pk}")) == (403, "FORBIDDEN")
    customer.refresh_from_db()
    assert customer.is_active


def test_erasing_reaches_everybody_who_was_merged_into_the_person() -> None:
    first, second, third = (CustomerFactory(first_name="Kim") for _ in range(3))
    merge_customers(first.pk, second.pk, actor=SYSTEM)
    merge_customers(second.pk, third.pk, actor=SYSTEM)

    erase_customer(third.pk, actor=SYSTEM)

    rows = Customer.objects.values_list("first_name", "last_name", "phone", "email", "search_text").distinct()
    assert list(rows.order_by()) == [("Erased", "customer", "", "", "erased customer")]


def test_erasing_closes_and_empties_the_person_s_account() -> None:
    user = UserFactory(role="customer", username="kim", phone_number="+447700900123")
    customer = CustomerFactory(user=user)

    erase_customer(customer.pk, actor=SYSTEM)

    user = User.objects.get()
    customer.refresh_from_db()
    assert customer.user_id is None
    assert (user.email, user.username, user.phone_number) == (f"{user.pk}@erased.invalid", None, None)
    assert (user.get_full_name(), user.is_active, user.has_usable_password()) == ("Erased customer", False, False)
    assert user.search_text == f"erased customer {user.pk}@erased.invalid"


def test_erasing_leaves_an_account_of_staff_alone() -> None:
    user = UserFactory(role="seller", first_name="Robin")
    customer = CustomerFactory(user=user)

    erase_customer(customer.pk, actor=SYSTEM)

    user.refresh_from_db()
    customer.refresh_from_db()
    assert (user.first_name, user.is_active, customer.user_id) == ("Robin", True, None)


def test_a_failed_erasure_changes_nothing() -> None:
    customer = CustomerFactory(first_name="Kim")

    with pytest.raises(NotFound), transaction.atomic():
        erase_customer(new_id(), actor=SYSTEM)

    customer.refresh_from_db()
    assert (customer.first_name, Event.objects.count()) == ("Kim", 0)
