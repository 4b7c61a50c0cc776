"""Logging in over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password

from apps.accounts.models import Session, User
from apps.accounts.services import set_active, set_password
from apps.audit.models import Event
from apps.core.actor import Actor
from tests.accounts.conftest import claims_of, log_in, me, outcome
from tests.accounts.hashers import InterruptedHasher
from tests.conftest import Api
from tests.factories import BranchFactory, UserFactory, member
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = (401, "INVALID_CREDENTIALS")


def attempt(identifier: Any, password: Any = PASSWORD, **headers: str) -> Any:
    return Api().post("auth/login", {"identifier": identifier, "password": password}, **headers)


def last_event() -> Event:
    found = Event.objects.order_by("created_at", "id").last()
    assert found is not None
    return found


@pytest.mark.parametrize(
    "identifier",
    ["Ada@Shop.Example", "  ada@shop.example ", "ada.l", "ADA.L", "+491711234567", "+49 171 / 123-45 67"],
)
def test_login_takes_email_username_and_phone_in_any_form(identifier: str) -> None:
    user = UserFactory(email="ada@shop.example", username="ada.l", phone_number="+491711234567")

    answer = attempt(identifier)

    assert answer.status_code == 200
    assert answer.body["data"]["user"]["id"] == str(user.pk)


@pytest.mark.parametrize("identifier", ["0171 1234567", "(0171) 1234567"])
def test_login_takes_a_national_phone_number_where_a_region_is_set(identifier: str, settings: Any) -> None:
    settings.PHONE_REGION = "DE"
    UserFactory(phone_number="+491711234567")

    assert attempt(identifier).status_code == 200


def test_login_answers_tokens_and_the_user() -> None:
    branch = BranchFactory(name="Harbour", code="HAR")
    user = member("seller", branch, username="ada", phone_number="+491711234567", first_name="Ada", last_name="Lo")

    with time_machine.travel(datetime(2026, 5, 4, 10, 0, 0, 1, tzinfo=UTC), tick=False):
        answer = attempt(user.email)

    data = answer.body["data"]
    user.refresh_from_db()
    assert data.keys() == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert data["expiresIn"] == 900
    assert data["user"] == {
        "id": str(user.pk),
        "firstName": "Ada",
        "lastName": "Lo",
        "email": user.email,
        "username": "ada",
        "phoneNumber": "+491711234567",
        "role": "seller",
        "isActive": True,
        "isVerified": True,
        "branches": [{"id": str(branch.pk), "name": "Harbour", "code": "HAR"}],
        "lastLogin": "2026-05-04T10:00:00.000001Z",
        "createdAt": user.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "updatedAt": user.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def test_a_login_is_no_change_of_the_account() -> None:
    user = UserFactory()

    attempt(user.email)

    assert User.objects.get(pk=user.pk).updated_at == user.updated_at


def test_me_answers_the_same_user_as_the_login() -> None:
    tokens = log_in(member("technician", BranchFactory()))

    answer = me(tokens["accessToken"])

    assert answer.status_code == 200
    assert answer.body["data"] == tokens["user"]


def test_an_access_token_says_nothing_about_the_person() -> None:
    user = UserFactory()

    access, refresh = (claims_of(log_in(user)[name]) for name in ("accessToken", "refreshToken"))

    names = {"token_type", "sub", "sid", "jti", "ver", "iat", "exp", "iss", "aud"}
    assert (access.keys(), refresh.keys()) == (names, names)
    assert (access["exp"] - access["iat"], refresh["exp"] - refresh["iat"]) == (15 * 60, 7 * 24 * 3600)
    assert (access["sub"], access["token_type"], refresh["token_type"]) == (str(user.pk), "access", "refresh")


def test_a_login_is_recorded_with_its_session() -> None:
    user = UserFactory()

    attempt(user.email, User_Agent="Scanner 9" * 60, X_Request_ID="req-7")

    session, event = Session.objects.get(), last_event()
    assert (session.user_id, session.address, session.device) == (user.pk, "127.0.0.1", ("Scanner 9" * 60)[:300])
    assert (event.type, event.aggregate_id, event.payload) == (
        "accounts.logged_in", user.pk, {"session_id": str(session.pk)}
    )  # fmt: skip
    assert (event.actor_kind, event.actor_id, event.request_id) == ("user", user.pk, "req-7")


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer() -> None:
    user = UserFactory()

    unknown, wrong = attempt("nobody@shop.example"), attempt(user.email, "Wrong-Horse-9")

    for answer in (unknown, wrong):
        answer.body.pop("meta")
    assert outcome(unknown) == WRONG
    assert (unknown.status_code, unknown.body) == (wrong.status_code, wrong.body)
    assert unknown.headers["WWW-Authenticate"] == wrong.headers["WWW-Authenticate"] == "Bearer"
    assert unknown.headers.keys() == wrong.headers.keys()
    assert Session.objects.count() == 0


NEWCOMER = {"is_verified": False, "role": "customer"}


def test_an_address_that_several_claim_leads_to_its_owner_and_to_the_newest_claim() -> None:
    owner = UserFactory(email="ada@shop.example")
    claims = [UserFactory(email=owner.email, **NEWCOMER) for _ in range(2)]
    for user, password in zip([owner, *claims], ["Owner-Horse-9", "First-Horse-9", "Second-Horse-9"], strict=True):
        user.set_password(password)
        user.save()

    answers = [attempt(owner.email, password) for password in ("Owner-Horse-9", "First-Horse-9", "Second-Horse-9")]

    assert [answer.status_code for answer in answers] == [200, 401, 200]
    assert [answers[n].body["data"]["user"]["id"] for n in (0, 2)] == [str(owner.pk), str(claims[1].pk)]


def test_an_address_that_nobody_has_verified_leads_to_the_first_and_the_newest_claim() -> None:
    claims = [UserFactory(email="ada@shop.example", **NEWCOMER) for _ in range(3)]
    for number, user in enumerate(claims):
        user.set_password(f"Horse-Number-{number}")
        user.save()

    answers = [attempt("ada@shop.example", f"Horse-Number-{number}") for number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 401, 200]


def test_of_two_claims_with_one_password_the_owner_s_is_meant() -> None:
    UserFactory(email="ada@shop.example", **NEWCOMER)
    owner = UserFactory(email="ada@shop.example")

    assert attempt("ada@shop.example").body["data"]["user"]["id"] == str(owner.pk)


def test_who_is_kept_out_while_the_password_is_compared_is_not_in_when_let_in_again(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    user = UserFactory(password=make_password(PASSWORD))
    InterruptedHasher.meanwhile = lambda: set_active(user, active=False, actor=Actor.system("test"))

    answer = attempt(user.email)

    InterruptedHasher.meanwhile = list
    set_active(user, active=True, actor=Actor.system("test"))
    assert outcome(answer) == WRONG
    assert not Session.objects.exists()


def test_a_password_that_changes_while_it_is_compared_opens_nothing(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    user = UserFactory()
    InterruptedHasher.meanwhile = lambda: set_password(user, "Another-Horse-9", actor=Actor.user(user))

    late = attempt(user.email)

    InterruptedHasher.meanwhile = list
    assert outcome(late) == WRONG
    assert Session.objects.count() == 0
    assert last_event().payload == {"reason": "wrong password"}
    assert outcome(attempt(user.email, "Another-Horse-9")) == (200, "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"is_active": False}, (403, "ACCOUNT_INACTIVE")),
        ({"is_active": False, "role": "customer"}, (403, "ACCOUNT_INACTIVE")),
        ({"is_verified": False}, (200, "")),
        ({"is_approved": False}, (200, "")),
        ({"is_verified": False, "role": "admin"}, (200, "")),
        ({"is_verified": False, "role": "customer"}, (200, "")),
    ],
)
def test_an_account_that_may_not_be_used_is_told_only_to_who_knows_the_password(
    fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    user = UserFactory(**fields)

    wrong, right = attempt(user.email, "Wrong-Horse-9"), attempt(user.email)

    assert (outcome(wrong), outcome(right)) == (WRONG, expected)
    assert Session.objects.count() == (1 if expected[0] == 200 else 0)


@pytest.mark.parametrize(
    ("fields", "password", "reason"),
    [
        ({}, "Wrong-Horse-9", "wrong password"),
        ({"is_active": False}, PASSWORD, "account_inactive"),
    ],
)
def test_a_failed_login_is_recorded_though_the_request_is_refused(
    fields: dict[str, Any], password: str, reason: str
) -> None:
    user = UserFactory(**fields)

    attempt(user.email, password)

    event = last_event()
    assert (event.type, event.aggregate_id, event.payload) == ("accounts.login_failed", user.pk, {"reason": reason})
    assert (event.actor_kind, event.address) == ("anonymous", "127.0.0.1")


PENDING = [{"is_verified": False}, {"is_approved": False}, {"role": "seller", "is_approved": False}]


@pytest.mark.parametrize("fields", PENDING)
def test_staff_in_waiting_see_their_own_account_and_nothing_else(fields: dict[str, Any]) -> None:
    api = Api(UserFactory(**fields))
    before = Event.objects.count()

    open_to_them = [api.get("auth/me"), api.get("auth/sessions")]
    closed = [api.get("repairs"), api.get("catalog/brands"), api.post("customers", {})]

    assert [outcome(answer) for answer in open_to_them] == [(200, "")] * 2
    assert [outcome(answer) for answer in closed] == [(403, "ACCOUNT_UNVERIFIED")] * 3
    assert Event.objects.count() == before
    assert outcome(api.post("auth/logout")) == (204, "")


def test_who_has_been_let_in_needs_no_new_login() -> None:
    user = UserFactory(is_approved=False)
    api = Api(user)
    before = outcome(api.get("catalog/brands"))

    type(user).objects.filter(pk=user.pk).update(is_approved=True)

    assert (before, outcome(api.get("catalog/brands"))) == ((403, "ACCOUNT_UNVERIFIED"), (200, ""))


def test_a_demo_user_does_not_exist_where_the_demo_shop_is_not_allowed(settings: Any) -> None:
    user = UserFactory(email="admin@demo.example", role="admin")
    tokens = log_in(user)
    settings.ALLOW_DEMO_SHOP = False

    assert outcome(attempt(user.email)) == WRONG
    assert outcome(me(tokens["accessToken"])) == (403, "ACCOUNT_INACTIVE")


def test_a_password_keeps_its_spaces() -> None:
    user = UserFactory()
    user.set_password(f" {PASSWORD} ")
    user.save()

    assert outcome(attempt(user.email, PASSWORD)) == WRONG
    assert outcome(attempt(user.email, f" {PASSWORD} ")) == (200, "")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"password": "x"}, "identifier", "required"),
        ({"identifier": "x"}, "password", "required"),
        ({"identifier": "", "password": "x"}, "identifier", "blank"),
        ({"identifier": None, "password": "x"}, "identifier", "null"),
        ({"identifier": ["x"], "password": "x"}, "identifier", "invalid"),
        ({"identifier": "x" * 255, "password": "x"}, "identifier", "max_length"),
        ({"identifier": "x", "password": "x" * 129}, "password", "max_length"),
        ({"identifier": "x", "password": {}}, "password", "invalid"),
        ({"identifier": "x", "password": "x", "otp": "1"}, "otp", "unknown_field"),
    ],
)
def test_a_malformed_login_is_a_validation_error(body: dict[str, Any], field: str, code: str) -> None:
    answer = Api().post("auth/login", body)

    assert outcome(answer) == (400, "VALIDATION_ERROR")
    assert [(item["field"], item["code"]) for item in answer.body["details"]] == [(field, code)]


@pytest.mark.parametrize("identifier", ["+", "+999999999999999999999999", "0" * 254, "²³", "' OR 1=1 --", "%", "a@b@c"])
def test_an_odd_identifier_is_nobody(identifier: str) -> None:
    UserFactory(phone_number="+491711234567", username="ada")

    assert outcome(attempt(identifier)) == WRONG


def test_a_login_takes_no_notice_of_a_broken_token() -> None:
    answer = attempt(UserFactory().email, Authorization="Bearer rubbish")

    assert answer.status_code == 200


@pytest.fixture
def five_a_minute(settings: Any) -> Any:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth": ["5/m"]}
    with time_machine.travel(datetime(2026, 5, 4, 10, 0, 1, tzinfo=UTC), tick=False) as clock:
        yield clock


def test_logins_are_limited_by_address_whoever_is_tried(five_a_minute: Any) -> None:
    user = UserFactory()

    answers = [attempt(f"nobody{n}@shop.example") for n in range(5)]
    sixth = attempt(user.email)
    elsewhere = Api()
    elsewhere.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    other_address = elsewhere.post("auth/login", {"identifier": user.email, "password": PASSWORD})

    assert [outcome(answer) for answer in answers] == [WRONG] * 5
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0"]
    assert outcome(sixth) == (429, "RATE_LIMITED")
    assert sixth.headers["X-RateLimit-Limit"] == "5"
    assert 1 <= int(sixth.headers["Retry-After"]) <= 60
    assert int(sixth.headers["X-RateLimit-Reset"]) == 1777888801 + int(sixth.headers["Retry-After"])
    assert other_address.status_code == 200


def test_logins_are_limited_by_identifier_from_whatever_address(five_a_minute: Any) -> None:
    user, other = UserFactory(), UserFactory()
    statuses = []
    for number, identifier in enumerate([user.email] * 3 + [user.email.upper(), f" {user.email}", user.email]):
        api = Api()
        api.client.defaults["REMOTE_ADDR"] = f"198.51.100.{number + 1}"
        statuses.append(api.post("auth/login", {"identifier": identifier, "password": "Wrong-Horse-9"}).status_code)
    fresh = Api()
    fresh.client.defaults["REMOTE_ADDR"] = "198.51.100.99"
    another = fresh.post("auth/login", {"identifier": other.email, "password": PASSWORD})

    assert statuses == [401, 401, 401, 401, 401, 429]
    assert another.status_code == 200


def test_a_limit_ends_with_its_window_and_even_the_right_password_waits(five_a_minute: Any) -> None:
    user = UserFactory()
    for _ in range(5):
        attempt(user.email, "Wrong-Horse-9")

    refused = attempt(user.email)
    five_a_minute.shift(61)
    later = attempt(user.email)

    assert (refused.status_code, later.status_code) == (429, 200)
