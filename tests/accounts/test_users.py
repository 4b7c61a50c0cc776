"""Changes to accounts, and who may make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import IntegrityError, transaction

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.services import change_role, create_user, set_active, set_password, update_user
from apps.accounts.services.sessions import require_usable
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound, ValidationFailed
from config.settings import base
from tests.conftest import Api
from tests.factories import UserFactory, actor_for
from tests.racing import kinds, race

SYSTEM = Actor.system("test")


@pytest.mark.django_db
def test_create_user_keeps_identifiers_in_one_form_and_records_no_content() -> None:
    fields = {"email": "Ada@Shop.Example", "username": "Ada.L", "first_name": "Ada", "last_name": "Lo"}

    user = create_user({**fields, "role": Role.SELLER, "phone_number": ""}, "Correct-Horse-9", actor=SYSTEM)

    user.refresh_from_db()
    assert (user.email, user.username, user.phone_number) == ("ada@shop.example", "ada.l", None)
    assert user.check_password("Correct-Horse-9")
    assert Event.objects.get().payload == {"changed": ["created"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"email": "ADA@shop.example"}, {"username": "ADA"}, {"phone_number": "+491711234567"}]
)
def test_an_identifier_names_one_person(fields: dict[str, Any]) -> None:
    UserFactory(email="ada@shop.example", username="ada", phone_number="+491711234567")

    with pytest.raises(IntegrityError), transaction.atomic():
        create_user({"email": "other@shop.example", "is_verified": True, **fields}, None, actor=SYSTEM)

    assert (User.objects.count(), Event.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_a_superuser_made_from_the_command_line_is_an_admin_who_may_log_in() -> None:
    user = User.objects.create_superuser("Root@Shop.Example", "Correct-Horse-9", first_name="R", last_name="T")

    require_usable(user)
    assert (user.email, user.role, user.is_verified, user.is_staff, user.is_superuser) == (
        "root@shop.example", "admin", True, True, True
    )  # fmt: skip


@pytest.mark.django_db
def test_a_staff_account_made_without_confirmation_has_no_rights_but_its_own_account() -> None:
    user = create_user({"email": "a@b.example", "role": Role.SELLER}, "Correct-Horse-9", actor=SYSTEM)
    api = Api(user)

    answers = [api.get("auth/me"), api.get("seller/auth/profile"), api.get("customers"), api.get("users")]

    assert [(answer.status_code, answer.body.get("code")) for answer in answers] == [
        (200, None), (200, None), (403, "ACCOUNT_UNVERIFIED"), (403, "ACCOUNT_UNVERIFIED")
    ]  # fmt: skip


VERBS: dict[str, Callable[[User, Actor], None]] = {
    "role": lambda user, actor: change_role(user, Role.SELLER, actor=actor, reason="test"),
    "status": lambda user, actor: set_active(user, active=False, actor=actor, reason="test"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
@pytest.mark.parametrize("role", ["manager", "technician", "seller", "customer", ""])
def test_only_admins_change_roles_and_status(verb: Callable[[User, Actor], None], role: str) -> None:
    user = UserFactory(role="technician")
    actor = actor_for(UserFactory(role=role)) if role else Actor.anonymous()

    # Managers may do one of the two, within their branches.
    with pytest.raises((Forbidden, NotFound) if role == "manager" else Forbidden):
        verb(user, actor)

    user.refresh_from_db()
    assert (user.role, user.is_active, user.auth_version, Event.objects.count()) == ("technician", True, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_nobody_changes_their_own_role_or_status(verb: Callable[[User, Actor], None]) -> None:
    UserFactory(role="admin")
    user = UserFactory(role="admin")

    with pytest.raises(Forbidden):
        verb(user, actor_for(user))

    user.refresh_from_db()
    assert (user.role, user.is_active, Event.objects.count()) == ("admin", True, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_the_last_active_admin_stays(verb: Callable[[User, Actor], None]) -> None:
    user = UserFactory(role="admin")
    UserFactory(role="admin", is_active=False)

    with pytest.raises(Conflict):
        verb(user, SYSTEM)

    user.refresh_from_db()
    assert (user.role, user.is_active, Event.objects.count()) == ("admin", True, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "changes", "row"),
    [
        (VERBS["role"], {"role": ["technician", "seller"]}, ("seller", True, 2)),
        (VERBS["status"], {"is_active": [True, False]}, ("technician", False, 2)),
    ],
)
def test_an_admin_changes_a_role_or_status_once_and_it_is_recorded(
    verb: Callable[[User, Actor], None], changes: dict[str, Any], row: tuple[str, bool, int]
) -> None:
    user, admin = UserFactory(role="technician"), UserFactory(role="admin")

    verb(user, actor_for(admin))
    verb(user, actor_for(admin))

    user.refresh_from_db()
    assert (user.role, user.is_active, user.auth_version) == row
    event = Event.objects.get()
    assert (event.type, event.payload, event.actor_id) == (
        "accounts.status_changed", {"changes": changes, "reason": "test"}, admin.pk
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_do_not_both_succeed() -> None:
    first, second = UserFactory(role="admin"), UserFactory(role="admin")

    outcomes = race(
        lambda: change_role(first, Role.SELLER, actor=actor_for(second)),
        lambda: change_role(second, Role.SELLER, actor=actor_for(first)),
    )

    assert kinds(outcomes) == {"Conflict": 1, "NoneType": 1}
    assert User.objects.filter(role="admin").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_take_back_each_other_s_confirmation_at_once_do_not_both_succeed() -> None:
    first, second = UserFactory(role="admin"), UserFactory(role="admin")

    outcomes = race(
        lambda: update_user(first.pk, {"is_verified": False}, actor=actor_for(second)),
        lambda: update_user(second.pk, {"is_verified": False}, actor=actor_for(first)),
    )

    assert kinds(outcomes) == {"Conflict": 1, "NoneType": 1}
    assert User.objects.filter(role="admin", is_verified=True).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("unconfirmed", [{"is_verified": False}, {"is_approved": False}, {"is_active": False}])
def test_an_admin_whom_nobody_has_confirmed_does_not_count(unconfirmed: dict[str, bool]) -> None:
    last = UserFactory(role="admin")
    UserFactory(role="admin", **unconfirmed)

    with pytest.raises(Conflict):
        change_role(last, Role.SELLER, actor=SYSTEM)

    last.refresh_from_db()
    assert (last.role, Event.objects.count()) == ("admin", 0)


@pytest.mark.django_db(transaction=True)
def test_an_admin_who_is_demoted_at_the_same_moment_demotes_nobody() -> None:
    first, second, _ = (UserFactory(role="admin") for _ in range(3))

    outcomes = race(
        lambda: change_role(first, Role.SELLER, actor=actor_for(second)),
        lambda: change_role(second, Role.SELLER, actor=actor_for(first)),
    )

    assert kinds(outcomes) == {"Forbidden": 1, "NoneType": 1}
    assert User.objects.filter(role="admin").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Ab1!", ["password_too_short"]),
        ("correct-horse-9", ["password_too_plain"]),
        ("CORRECT-HORSE-9", ["password_too_plain"]),
        ("Correct-Horse-x", ["password_too_plain"]),
        ("CorrectHorse99", ["password_too_plain"]),
        ("password", ["password_too_plain", "password_too_common"]),
        ("Aa1!" * 33, ["password_too_long"]),
    ],
)
def test_a_weak_password_is_refused_and_the_old_one_stays(password: str, codes: list[str]) -> None:
    user = UserFactory()

    with pytest.raises(ValidationFailed) as refusal:
        set_password(user, password, actor=SYSTEM)

    assert [(error.field, error.code) for error in refusal.value.details] == [("newPassword", code) for code in codes]
    user.refresh_from_db()
    assert user.check_password("Correct-Horse-9")
    assert (user.auth_version, Event.objects.count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["Grün-Öl-1", "Ab1!efgh", "Aa1!" * 32, "Aa1_ " * 5])
def test_a_strong_password_replaces_the_old_one(password: str) -> None:
    user = UserFactory()

    set_password(user, password, actor=SYSTEM)

    user.refresh_from_db()
    assert (user.check_password(password), user.check_password("Correct-Horse-9")) == (True, False)
    assert Event.objects.get().payload == {"changed": ["password"]}


@pytest.mark.exhaustive
def test_passwords_are_kept_as_bcrypt_of_cost_12_over_sha256(settings: Any) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    user, long = User(), "Aa1!" * 32

    user.set_password(long)

    assert user.password.startswith("bcrypt_sha256$$2b$12$")
    assert identify_hasher(user.password).verify(long, user.password)
    assert not identify_hasher(user.password).verify(long[:-1] + "x", user.password)
