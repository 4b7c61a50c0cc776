"""Accounts, sessions and customers in the back office."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction

from apps.accounts.models import Customer, Session, User
from apps.accounts.services.sessions import Device, open_session
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from tests.admin.office import Office, address, events, text
from tests.factories import CustomerFactory, UserFactory, order

NEW = {"first_name": "ليلى", "last_name": "حداد", "email": "Laila@Shop.Example", "role": "technician",
       "password": "Correct-Horse-9", "repeated": "Correct-Horse-9"}  # fmt: skip


def session_of(user: User) -> Session:
    with transaction.atomic():
        open_session(user, Device("10.0.0.1", "phone"), actor=Actor.user(user))
    return Session.objects.get(user=user)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def test_a_user_is_made_with_a_password_by_the_service(boss: Office) -> None:
    answer = boss.add(User, **NEW, phone_number="+44 7700 900123")

    assert answer.status_code == 302
    user = User.objects.get(email="laila@shop.example")
    assert (user.first_name, user.role, user.phone_number, user.is_verified) == (
        "ليلى",
        "technician",
        "+447700900123",
        True,
    )
    assert check_password("Correct-Horse-9", user.password)
    assert [(event.aggregate_id, event.actor_id, event.payload) for event in events("accounts.user_saved")] == [
        (user.pk, boss.user.pk, {"changed": ["created"]})
    ]
    assert boss.shown(User, q="ليلى") == {user.pk}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "weak", "repeated": "weak"}, "password"),
        ({"repeated": "Other-Horse-9"}, "repeated"),
        ({"email": "TAKEN@shop.example"}, "email"),
        ({"username": "1x"}, "username"),
        ({"phone_number": "12"}, "phone_number"),
        ({"role": "owner"}, "role"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(boss: Office, fields: dict[str, str], field: str) -> None:
    UserFactory(email="taken@shop.example")
    before = User.objects.count()

    answer = boss.add(User, **{**NEW, **fields})

    assert list(errors(answer)) == [field]
    assert "Correct-Horse-9" not in text(answer)
    assert User.objects.count() == before


def test_role_and_status_are_changed_by_services_that_end_sessions(boss: Office) -> None:
    user = UserFactory(role="technician")
    session = session_of(user)

    answer = boss.save(user, role="manager", first_name="Rina")

    assert answer.status_code == 302
    user.refresh_from_db()
    session.refresh_from_db()
    assert (user.role, user.first_name, session.end_reason) == ("manager", "Rina", "changed")
    assert [event.payload["changed"] for event in events("accounts.user_saved")] == [["first_name"], ["role"]]
    assert {event.actor_id for event in events("accounts.user_saved")} == {boss.user.pk}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": "seller"}, "Nobody changes their own role or status."),
        ({"is_active": ""}, "Nobody changes their own role or status."),
        ({"is_verified": ""}, "Nobody changes their own role or status."),
    ],
)
def test_admins_do_not_lock_themselves_out(boss: Office, fields: dict[str, str], words: str) -> None:
    answer = boss.save(boss.user, first_name="Changed", **fields)

    assert errors(answer) == {"__all__": [words]}
    fresh = User.objects.get(pk=boss.user.pk)
    assert (fresh.role, fresh.is_active, fresh.is_verified, fresh.first_name) == ("admin", True, True, "Ada")
    assert events("accounts.user_saved") == []


def test_users_are_deactivated_together_and_once(boss: Office) -> None:
    users = [UserFactory(), UserFactory()]
    session = session_of(users[0])

    first = boss.messages(boss.act("deactivate", *users, boss.user))
    again = boss.messages(boss.act("deactivate", *users))

    assert first == [f"{boss.user}: Nobody changes their own role or status.", "2 deactivated."]
    assert again == ["Nothing was changed."]
    assert User.objects.filter(is_active=True).get() == boss.user
    session.refresh_from_db()
    assert session.end_reason == "deactivated"
    assert len(events("accounts.user_saved")) == 2


def test_a_role_is_given_on_a_page(boss: Office) -> None:
    users = [UserFactory(), UserFactory()]

    page = boss.get(boss.act("change_roles", *users).url)
    done = boss.messages(boss.page("role_page", *users, role="seller"))
    again = boss.messages(boss.page("role_page", *users, role="seller"))

    assert page.status_code == 200
    assert (done, again) == (["2 made seller."], ["Nothing was changed."])
    assert User.objects.filter(role="seller").count() == 2
    assert len(events("accounts.user_saved")) == 2


def test_a_password_is_set_for_somebody_else(boss: Office) -> None:
    user = UserFactory()
    session = session_of(user)

    weak = boss.page("password_page", user, password="weak", repeated="weak")
    done = boss.messages(boss.page("password_page", user, password="New-Horse-9x", repeated="New-Horse-9x"))

    assert "password" in weak.context["form"].errors
    assert done == ["1 password set."]
    user.refresh_from_db()
    session.refresh_from_db()
    assert check_password("New-Horse-9x", user.password)
    assert session.end_reason == "changed"
    assert [event.actor_id for event in events("accounts.user_saved")] == [boss.user.pk]


def test_sessions_are_ended_once(boss: Office) -> None:
    user = UserFactory(first_name="Rina")
    session = session_of(user)

    first = boss.messages(boss.act("end", session))
    second = boss.messages(boss.act("end", session))

    assert (first, second) == (["1 ended."], ["Nothing was changed."])
    assert [(event.aggregate_id, event.actor_id) for event in events("accounts.session_ended")] == [
        (user.pk, boss.user.pk)
    ]
    assert boss.shown(Session, q="rina") == {session.pk}
    assert str(session.refresh_id) not in text(boss.open(session))


CUSTOMER = {
    "first_name": "ليلى",
    "last_name": "حداد",
    "phone": "+20 100 123 4567",
    "email": "L@Mail.Example",
    "locale": "ar",
}


def test_a_customer_is_made_and_changed_by_the_services(chief: Office) -> None:
    made = chief.add(Customer, **CUSTOMER)
    customer = Customer.objects.get()
    changed = chief.save(customer, notes="يتصل مساء", push="on")

    assert (made.status_code, changed.status_code) == (302, 302)
    customer.refresh_from_db()
    assert (customer.phone, customer.email, customer.notes) == ("+201001234567", "l@mail.example", "يتصل مساء")
    assert customer.notification_preferences == {"sms": True, "email": True, "push": True}
    assert [event.actor_id for event in events("accounts.customer_created")] == [chief.user.pk]
    assert [event.payload["changed"] for event in events("accounts.customer_changed")] == [
        ["notes", "notification_preferences"]
    ]
    assert chief.shown(Customer, q="حداد") == {customer.pk}


def test_a_customer_without_a_possible_phone_number_is_refused(chief: Office) -> None:
    answer = chief.add(Customer, **{**CUSTOMER, "phone": "12"})

    assert errors(answer) == {"phone": ["This is not a possible phone number."]}
    assert Customer.objects.count() == 0


def test_customers_are_merged_into_the_one_that_stays(chief: Office, branch: Branch) -> None:
    stays, goes = CustomerFactory(first_name="ليلى"), CustomerFactory()
    taken_in = order(branch, customer=goes.pk)

    alone = chief.messages(chief.act("merge", stays))
    page = chief.get(chief.act("merge", stays, goes).url)
    done = chief.messages(chief.page("merge_page", stays, goes, into=stays.pk))
    again = chief.messages(chief.page("merge_page", stays, goes, into=stays.pk))

    assert alone == ["Choose the customers who are the same person."]
    assert "ليلى" in text(page)
    assert (done, again) == (["1 merged into the one that stays."], ["Nothing was changed."])
    assert RepairOrder.objects.get(pk=taken_in.pk).customer == stays
    goes.refresh_from_db()
    assert (goes.is_active, goes.merged_into) == (False, stays)
    assert [event.actor_id for event in events("accounts.customer_merged")] == [chief.user.pk]


def test_a_customer_is_erased_when_nothing_of_theirs_is_in_the_shop(chief: Office, branch: Branch) -> None:
    gone, busy = CustomerFactory(), CustomerFactory()
    order(branch, customer=busy.pk)

    page = chief.get(chief.act("erase", gone, busy).url)
    done = chief.messages(chief.page("erase_page", gone, busy, yes="1"))

    assert page.status_code == 200
    assert done == [f"{busy}: A device of this customer is still in the shop.", "1 erased."]
    gone.refresh_from_db()
    busy.refresh_from_db()
    assert (gone.is_active, gone.phone, busy.is_active) == (False, "", True)
    assert chief.open(gone).status_code == 404


def test_opening_a_page_of_an_action_changes_nothing(chief: Office, boss: Office) -> None:
    customers, user = [CustomerFactory(), CustomerFactory()], UserFactory()
    before = Event.objects.count()

    pages = [chief.page("merge_page", *customers), chief.page("erase_page", *customers),
             boss.page("role_page", user), boss.page("password_page", user)]  # fmt: skip

    assert [page.status_code for page in pages] == [200] * 4
    assert Event.objects.count() == before
    assert Customer.objects.filter(is_active=True).count() == 2


def test_too_many_records_are_not_taken_at_once(boss: Office) -> None:
    CustomerFactory.create_batch(101)
    chosen = list(Customer.objects.all())

    answer = boss.act("erase", *chosen)

    assert boss.messages(answer) == ["Choose at most 100 at once."]
    assert boss.get(address(Customer, "changelist")).status_code == 200
