"""Coming into the back office: one password check and one limit for every door."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.models import Session, User
from apps.accounts.services.sessions import Device, open_session
from apps.core.actor import Actor
from tests.admin.office import Office, events, text
from tests.factories import UserFactory, member
from tests.factories.people import PASSWORD


def log_in(client: Client, identifier: str, password: str = PASSWORD, address: str = "10.1.1.1") -> Any:
    form = {"username": identifier, "password": password, "next": "/admin/"}
    return client.post("/dashboard/login/", form, REMOTE_ADDR=address)


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/user/?q=a", "/admin/login/?next=/admin/accounts/user/?q=a"]
)
@pytest.mark.django_db
def test_who_is_not_logged_in_is_sent_to_the_one_door_and_back(path: str) -> None:
    client = Client()
    wanted = path.partition("next=")[2] or path

    at_the_door = client.get(path, follow=True)
    form = {"username": UserFactory(role="admin").email, "password": PASSWORD, "next": at_the_door.context["next"]}
    inside = client.post("/dashboard/login/", form)

    assert at_the_door.redirect_chain[-1][0].partition("?")[0] == "/dashboard/login/"
    assert (inside.status_code, inside["Location"]) == (302, wanted)
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("identifier", ["ada@shop.example", "ADA@shop.example", "ada.boss", "+44 7700 900123"])
@pytest.mark.django_db
def test_an_admin_comes_in_by_any_identifier(identifier: str) -> None:
    UserFactory(role="admin", email="ada@shop.example", username="ada.boss", phone_number="+447700900123")
    client = Client()

    answer = log_in(client, identifier)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert [(event.actor_id, event.address) for event in events("accounts.logged_in")] == [
        (User.objects.get().pk, "10.1.1.1")
    ]


@pytest.mark.django_db
def test_the_back_office_itself_takes_no_password() -> None:
    user, client = UserFactory(role="admin"), Client()

    answer = client.post("/admin/login/", {"username": user.email, "password": PASSWORD, "next": "/admin/"})

    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/login/?next=/admin/")
    assert not Session.objects.exists()


@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
@pytest.mark.django_db
def test_who_has_no_business_here_is_told_so_and_finds_the_way_back(role: str) -> None:
    inside = Office(member(role, None))

    refused = inside.client.get("/admin/", follow=True)

    assert refused.status_code == 403
    assert "The back office is for managers and admins." in text(refused)
    assert ('<a class="button" href="/dashboard/">To the orders</a>' in text(refused)) is (role != "customer")


def test_who_is_in_is_not_asked_again(boss: Office) -> None:
    answer = boss.get("/admin/login/")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_verified": False}])
@pytest.mark.django_db
def test_who_may_not_work_does_not_come_in(fields: dict[str, bool]) -> None:
    user = UserFactory(role="admin", **fields)
    client = Client()

    answer = log_in(client, user.email)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert len(events("accounts.login_failed")) == 1


@pytest.mark.django_db
def test_tries_are_limited_by_identifier_and_by_address(settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["3/m"]}
    user, other = UserFactory(role="admin"), UserFactory(role="admin")
    client = Client()
    tries = [log_in(client, user.email, "wrong", address=f"10.1.1.{number}").status_code for number in range(3)]

    same_user = log_in(client, f" {user.email.upper()} ", address="10.1.1.9")
    same_address = [log_in(client, other.email, "wrong", address="10.2.2.2").status_code for _ in range(3)]
    then = log_in(client, UserFactory(role="admin").email, address="10.2.2.2")

    assert tries == same_address == [200, 200, 200]
    for answer in (same_user, then):
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert f"Wait {answer['Retry-After']} seconds" in text(answer)
    assert "_auth_user_id" not in client.session
    assert len(events("accounts.login_failed")) == 6


@pytest.mark.django_db
def test_the_interface_and_the_pages_count_together(settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["2/m"]}
    user = UserFactory(role="admin")
    client = Client()
    body = {"identifier": user.email, "password": "wrong"}
    api = [client.post("/api/v1/auth/login", body, "application/json").status_code for _ in range(2)]

    answer = log_in(client, user.email)

    assert api == [401, 401]
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "fields", [{}, {"username": "a\0b", "password": "x"}, {"username": "x" * 300, "password": "y" * 129}]
)
@pytest.mark.django_db
def test_a_damaged_form_is_answered(fields: dict[str, str]) -> None:
    answer = Client(raise_request_exception=False).post("/dashboard/login/", fields)

    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_stranger_cannot_be_sent_elsewhere() -> None:
    user = UserFactory(role="admin")

    client = Client()
    door = client.get("/admin/login/?next=https://evil.example/")
    answer = client.post(door["Location"], {"username": user.email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/")


@pytest.mark.django_db(transaction=True)
def test_an_own_password_is_changed_by_the_service() -> None:
    office = Office(member("admin", None))
    elsewhere = Client()
    elsewhere.force_login(office.user)
    with transaction.atomic():
        open_session(office.user, Device("10.0.0.1", "phone"), actor=Actor.user(office.user))

    answer = office.post(
        "/admin/password_change/", old_password=PASSWORD, password="New-Horse-9x", repeated="New-Horse-9x"
    )

    assert answer.status_code == 302
    assert User.objects.get().check_password("New-Horse-9x")
    assert sorted(Session.objects.values_list("kind", "end_reason")) == [
        ("api", "changed"), ("pages", ""), ("pages", "changed"),
    ]  # fmt: skip
    assert [event.actor_id for event in events("accounts.user_saved")] == [office.user.pk]
    assert office.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"password": "weak", "repeated": "weak"}, "password"),
        ({"repeated": "Other-Horse-9"}, "repeated"),
    ],
)
def test_a_wrong_change_of_password_changes_nothing(boss: Office, fields: dict[str, str], field: str) -> None:
    form = {"old_password": PASSWORD, "password": "New-Horse-9x", "repeated": "New-Horse-9x", **fields}

    answer = boss.post("/admin/password_change/", **form)

    assert list(answer.context["form"].errors) == [field]
    assert User.objects.get().check_password(PASSWORD)
    assert events("accounts.user_saved") == []


def test_the_old_password_cannot_be_tried_without_end(boss: Office, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["2/m"]}
    form = {"password": "New-Horse-9x", "repeated": "New-Horse-9x"}
    for _ in range(2):
        boss.post("/admin/password_change/", old_password="wrong", **form)

    answer = boss.post("/admin/password_change/", old_password=PASSWORD, **form)

    assert answer.context["form"].errors["old_password"] == ["Too many tries. Wait a while and try again."]
    assert User.objects.get().check_password(PASSWORD)
