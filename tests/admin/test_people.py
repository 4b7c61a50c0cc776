"""Accounts, sessions and customers in the back office."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from apps.accounts.admin import UserAdmin
from apps.accounts.models import Customer, Passkey, Session, TotpDevice, User
from apps.accounts.services.sessions import Device, open_session
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.inventory.models import Branch, BranchMembership
from apps.repairs.models import RepairOrder
from tests.admin.office import Office, address, events, text
from tests.factories import CustomerFactory, UserFactory, member, order

NEW = {"first_name": "ليلى", "last_name": "حداد", "email": "Laila@Shop.Example", "role": "technician",
       "password": "Correct-Horse-9", "repeated": "Correct-Horse-9"}  # fmt: skip


def session_of(user: User) -> Session:
    with transaction.atomic():
        open_session(user, Device("10.0.0.1", "phone"), actor=Actor.user(user, address="10.0.0.1"))
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


def test_the_form_of_an_account_says_whose_it_is_and_nothing_more(boss: Office) -> None:
    user = UserFactory(role="technician", is_approved=False)
    session = session_of(user)

    answer = boss.save(user, first_name="Rina", role="admin", is_active="", is_approved="on")

    assert answer.status_code == 302
    user.refresh_from_db()
    session.refresh_from_db()
    assert (user.first_name, user.role, user.is_active, user.is_approved) == ("Rina", "technician", True, False)
    assert session.end_reason == ""
    assert [(event.payload, event.actor_id) for event in events("accounts.user_saved")] == [
        ({"changed": ["first_name"]}, boss.user.pk)
    ]


@pytest.mark.parametrize(("fields", "field"), [({"email": "taken@shop.example"}, "email"),
                                               ({"phone_number": "+447700900123"}, "phone_number"),
                                               ({"is_verified": "on"}, "email")])  # fmt: skip
def test_an_address_belongs_to_who_verified_it(boss: Office, fields: dict[str, str], field: str) -> None:
    UserFactory(email="taken@shop.example", phone_number="+447700900123")
    claim = {"email": "taken@shop.example", "is_verified": False} if "is_verified" in fields else {}
    user = UserFactory(**claim)

    answer = boss.save(user, **fields)

    assert errors(answer) == {field: ["Another account has verified this already."]}
    assert events("accounts.user_saved") == []


@pytest.mark.exhaustive
def test_admins_do_not_lock_themselves_out(boss: Office) -> None:
    confirmation = boss.save(boss.user, first_name="Changed", is_verified="")
    pages = [
        boss.messages(boss.page("role_page", boss.user, role="seller", reason="r")),
        boss.messages(boss.page("deactivate_page", boss.user, reason="r")),
        boss.messages(boss.page("second_factor_page", boss.user, reason="r")),
        boss.messages(boss.page("erase_page", boss.user, yes="1")),
    ]

    assert errors(confirmation) == {"__all__": ["Nobody confirms their own account."]}
    assert pages == [
        [f"{boss.user}: {words}", "Nothing was changed."]
        for words in (
            "Nobody changes their own role or status.",
            "Nobody changes their own role or status.",
            "Nobody resets their own second factor.",
            "Nobody deletes their own account of staff.",
        )
    ]
    fresh = User.objects.get(pk=boss.user.pk)
    assert (fresh.role, fresh.is_active, fresh.is_verified, fresh.first_name) == ("admin", True, True, "Ada")
    assert events("accounts.user_saved") == events("accounts.status_changed") == []


@pytest.mark.exhaustive
def test_users_are_deactivated_together_and_once_with_a_reason(boss: Office) -> None:
    users = [UserFactory(), UserFactory()]
    session = session_of(users[0])

    page = boss.get(boss.act("deactivate", *users).url)
    silent = boss.page("deactivate_page", *users, reason=" ")
    first = boss.messages(boss.page("deactivate_page", *users, reason="left"))
    again = boss.messages(boss.page("deactivate_page", *users, reason="left"))

    assert page.status_code == 200
    assert list(silent.context["form"].errors) == ["reason"]
    assert (first, again) == (["2 deactivated."], ["Nothing was changed."])
    assert User.objects.filter(is_active=True).get() == boss.user
    session.refresh_from_db()
    assert session.end_reason == "deactivated"
    assert [(event.payload, event.actor_id) for event in events("accounts.status_changed")] == [
        ({"changes": {"is_active": [True, False]}, "reason": "left"}, boss.user.pk)
    ] * 2


@pytest.mark.exhaustive
def test_a_seller_who_registered_is_found_and_approved(boss: Office) -> None:
    waiting = UserFactory(role="seller", is_approved=False)
    UserFactory(role="customer", is_verified=False)
    UserFactory(role="seller")

    found = boss.shown(User, approval="awaited")
    done = boss.messages(boss.act("approve", waiting))
    again = boss.messages(boss.act("approve", waiting))

    assert found == {waiting.pk}
    assert (done, again) == (["1 approved."], ["Nothing was changed."])
    assert boss.shown(User, approval="awaited") == set()
    event = events("accounts.status_changed")[0]
    assert event.payload == {"changes": {"is_approved": [False, True]}, "reason": "approved"}


def test_users_are_let_in_again(boss: Office) -> None:
    user = UserFactory(is_active=False)

    done = boss.messages(boss.act("activate", user))

    assert done == ["1 activated."]
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.exhaustive
def test_a_role_is_given_on_a_page(boss: Office) -> None:
    users = [UserFactory(), UserFactory()]
    session = session_of(users[0])

    page = boss.get(boss.act("change_roles", *users).url)
    done = boss.messages(boss.page("role_page", *users, role="seller", reason="counter"))
    again = boss.messages(boss.page("role_page", *users, role="seller", reason="counter"))

    assert page.status_code == 200
    assert (done, again) == (["2 given another role."], ["Nothing was changed."])
    assert User.objects.filter(role="seller").count() == 2
    session.refresh_from_db()
    assert session.end_reason == "changed"
    assert [event.payload for event in events("accounts.status_changed")] == [
        {"changes": {"role": ["technician", "seller"]}, "reason": "counter"}
    ] * 2


def test_all_sessions_of_a_user_are_ended_together(boss: Office) -> None:
    user = UserFactory()
    session = session_of(user)

    page = boss.get(boss.act("end_sessions", user).url)
    done = boss.messages(boss.page("end_sessions_page", user, yes="1"))

    assert page.status_code == 200
    assert done == ["1 logged out."]
    session.refresh_from_db()
    user.refresh_from_db()
    assert (session.end_reason, user.auth_version) == ("logout_all", 2)


@pytest.mark.exhaustive
def test_a_second_factor_is_reset_for_a_reason_that_is_recorded(boss: Office) -> None:
    user = UserFactory()
    device = TotpDevice.objects.create(user=user, secret="JBSWY3DPEHPK3PXP", confirmed_at=timezone.now())

    silent = boss.page("second_factor_page", user, reason="")
    done = boss.messages(boss.page("second_factor_page", user, reason="lost the phone"))
    again = boss.messages(boss.page("second_factor_page", user, reason="lost the phone"))

    assert list(silent.context["form"].errors) == ["reason"]
    assert done == ["1 without a second factor."]
    assert again == [f"{user}: This account has no second factor.", "Nothing was changed."]
    assert not TotpDevice.objects.filter(pk=device.pk).exists()
    event = events("accounts.second_factor_changed")[0]
    assert (event.payload, event.actor_id) == ({"change": "reset", "reason": "lost the phone"}, boss.user.pk)


@pytest.mark.exhaustive
def test_an_account_is_erased(boss: Office, branch: Branch) -> None:
    user = member("technician", branch)

    page = boss.get(boss.act("erase", user).url)
    done = boss.messages(boss.page("erase_page", user, yes="1"))

    assert page.status_code == 200
    assert done == ["1 erased."]
    user.refresh_from_db()
    assert (user.first_name, user.is_active, user.branches.count()) == ("Erased", False, 0)
    assert boss.open(user).status_code == 404


@pytest.mark.exhaustive
def test_the_page_of_a_user_shows_branches_sessions_and_activity(boss: Office, branch: Branch) -> None:
    user = member("technician", branch, first_name="ليلى")
    session = session_of(user)
    Passkey.objects.create(user=user, name="key", credential_id="c", public_key=b"k")

    page = boss.open(user)
    listed = boss.list(User, q="ليلى")

    tables = {table.title: table.rows for table in page.context["tables"]}
    assert [row[:2] for row in tables["Branches"]] == [("Harbour", "HAR")]
    assert [row[:3] for row in tables["Sessions"]] == [("app", "phone", "10.0.0.1")]
    assert [(row[1], row[2], row[4]) for row in tables["Activity"]] == [(str(user), "accounts.logged_in", "10.0.0.1")]
    assert f'href="/admin/accounts/session/?user__id__exact={user.pk}"' in text(page)
    assert boss.shown(Session, user__id__exact=str(user.pk)) == {session.pk}
    assert boss.shown(BranchMembership, user__id__exact=str(user.pk)) == {user.branch_memberships.get().pk}
    assert [listed.context["cl"].result_list[0].second_factor, "Harbour" in text(listed)] == [True, True]


def test_a_manager_sees_of_a_colleague_what_the_scope_allows(chief: Office, branch: Branch) -> None:
    colleague = member("technician", branch)
    session_of(colleague)

    page = chief.open(colleague)

    tables = {table.title: table.rows for table in page.context["tables"]}
    assert {title: len(rows) for title, rows in tables.items()} == {"Branches": 1, "Sessions": 0, "Activity": 1}
    assert tables["Activity"][0][-1] == ""  # from where is for admins
    assert [words for words, _ in page.context["links"]] == ["Branches", "Deactivate"]


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


@pytest.mark.exhaustive
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


@pytest.mark.exhaustive
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


@pytest.mark.exhaustive
def test_a_customer_without_a_possible_phone_number_is_refused(chief: Office) -> None:
    answer = chief.add(Customer, **{**CUSTOMER, "phone": "12"})

    assert errors(answer) == {"phone": ["This is not a possible phone number."]}
    assert Customer.objects.count() == 0


@pytest.mark.exhaustive
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


@pytest.mark.exhaustive
def test_opening_a_page_of_an_action_changes_nothing(chief: Office, boss: Office) -> None:
    customers, user = [CustomerFactory(), CustomerFactory()], UserFactory()
    before = Event.objects.count()

    pages = [chief.page("merge_page", *customers), chief.page("erase_page", *customers),
             *(boss.page(name, user) for name in UserAdmin.pages.values())]  # fmt: skip

    assert [page.status_code for page in pages] == [200] * 9
    assert Event.objects.count() == before
    assert Customer.objects.filter(is_active=True).count() == 2


@pytest.mark.exhaustive
def test_too_many_records_are_not_taken_at_once(boss: Office) -> None:
    CustomerFactory.create_batch(101)
    chosen = list(Customer.objects.all())

    answer = boss.act("erase", *chosen)

    assert boss.messages(answer) == ["Choose at most 100 at once."]
    assert boss.get(address(Customer, "changelist")).status_code == 200
