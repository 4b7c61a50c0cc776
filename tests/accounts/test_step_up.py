"""The second factor once more: before what is most delicate, and for the roles that may do nothing without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyotp
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Role
from apps.accounts.exceptions import MfaRequired
from apps.accounts.models import Challenge, Passkey, RecoveryCode, Session, TotpDevice
from apps.accounts.rules import Right, is_recent, lacks_second_factor
from apps.accounts.services import change_role, require_recent_second_factor
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import Payment
from apps.repairs.services import PaymentRequest, take_payment
from tests.accounts.conftest import log_in, outcome
from tests.accounts.second_factors import (
    code_of,
    first_step,
    has_app,
    recovery_codes_of,
    second_step,
    step_up,
    wrong_code_of,
)
from tests.architecture.routes import Route, routes
from tests.conftest import Api
from tests.factories import UserFactory, actor_for, member, order
from tests.factories.people import PASSWORD
from tests.factories.work import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, 15, tzinfo=UTC)
MFA_REQUIRED, WRONG = (403, "MFA_REQUIRED"), (401, "INVALID_CREDENTIALS")
NOWHERE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("ago", "recent"), [(None, False), (0, True), (599, True), (600, True), (601, False), (86400, False), (-1, True)]
)
def test_a_second_factor_is_good_for_a_while(ago: int | None, recent: bool) -> None:
    given_at = None if ago is None else NOW - timedelta(seconds=ago)

    assert is_recent(given_at, NOW, timedelta(seconds=600)) is recent


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("given_at", [None, NOW])
@pytest.mark.parametrize("required", [[], ["admin"], ["admin", "manager", "customer"]])
def test_a_session_is_too_weak_for_roles_that_need_more(
    role: Role, given_at: datetime | None, required: list[str]
) -> None:
    assert lacks_second_factor(role, given_at, required) is (given_at is None and role.value in required)


def test_giving_the_second_factor_again_is_noted_in_the_session(clock: Any) -> None:
    user = UserFactory()
    api, other = Api(user), Api(user)
    app = has_app(user)

    answer = step_up(api, code_of(app))

    assert (answer.status_code, answer.content) == (204, b"")
    assert sorted(Session.objects.values_list("second_factor_at", flat=True), key=str) == [NOW, None]
    assert outcome(other.post("auth/mfa/recovery-codes")) == MFA_REQUIRED
    event = Event.objects.get(type="accounts.second_factor_used")
    assert (event.payload, event.actor_id) == ({"kind": "totp", "purpose": "step_up"}, user.pk)


def test_a_recovery_code_does_as_well_once() -> None:
    user = UserFactory()
    api = Api(user)
    has_app(user)
    code = recovery_codes_of(user)[0]

    answers = [step_up(api, code), step_up(api, code)]

    assert [outcome(answer) for answer in answers] == [(204, ""), WRONG]
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1


def test_a_wrong_code_confirms_nothing() -> None:
    user = UserFactory()
    api, app = Api(user), has_app(user)

    answer = step_up(api, wrong_code_of(app))

    assert outcome(answer) == WRONG
    assert (Session.objects.get().second_factor_at, TotpDevice.objects.get().last_step) == (None, 0)
    assert Event.objects.get(type="accounts.second_factor_failed").payload == {"purpose": "step_up"}


def test_the_code_that_opened_the_session_is_not_good_again(clock: Any) -> None:
    user = UserFactory()
    app = has_app(user)
    tokens = second_step(first_step(user), code_of(app)).body["data"]
    clock.shift(20)

    answer = Api().post("auth/mfa/step-up", {"code": code_of(app, -1)}, Authorization=f"Bearer {tokens['accessToken']}")

    assert outcome(answer) == WRONG
    assert Session.objects.get().second_factor_at == NOW


def test_after_five_wrong_codes_nothing_is_heard_for_a_minute(clock: Any) -> None:
    user = UserFactory()
    api, app = Api(user), has_app(user)

    answers = [step_up(api, wrong_code_of(app)) for _ in range(5)]
    locked = step_up(api, code_of(app))
    clock.shift(61)

    assert [outcome(answer) for answer in answers] == [WRONG] * 5
    assert (outcome(locked), locked.headers["Retry-After"]) == ((429, "RATE_LIMITED"), "60")
    assert outcome(step_up(api, code_of(app))) == (204, "")


def test_who_has_no_second_factor_has_nothing_to_give() -> None:
    assert outcome(step_up(Api(UserFactory()), "123456")) == (409, "CONFLICT")
    assert Challenge.objects.count() == 0


Verb = Callable[[Api, Branch], Any]


def _read_device_password(api: Api, branch: Branch) -> Any:
    taken_in = order(branch, device_password="tiger-4711")
    return api.get(f"repairs/{taken_in.pk}/device-password")


def _refund(api: Api, branch: Branch) -> Any:
    taken_in = order(branch)
    take_payment(taken_in.pk, PaymentRequest(Decimal("50.00"), "payment", "cash"), actor=SYSTEM)
    return api.post(f"repairs/{taken_in.pk}/payments", {"amount": "5.00", "method": "cash", "kind": "refund"})


def _change_role(api: Api, branch: Branch) -> Any:
    seller = member("seller", branch)
    return api.put(
        f"admin/auth/users/{seller.pk}/status", {"isActive": True, "role": "technician", "reason": "learned it"}
    )


def _change_address(api: Api, branch: Branch) -> Any:
    seller = member("seller", branch)
    body = {"firstName": seller.first_name, "lastName": seller.last_name, "email": f"new-{seller.email}"}
    return api.put(f"users/{seller.pk}/profile", body)


VERBS: dict[str, tuple[Verb, str]] = {
    "device password": (_read_device_password, "repairs.device_password_read"),
    "refund": (_refund, "repairs.payment_taken"),
    "role": (_change_role, "accounts.status_changed"),
    "address": (_change_address, "accounts.user_saved"),
}


def done(event_type: str) -> int:
    """How often it was really done, by somebody."""
    return Event.objects.filter(type=event_type, actor_kind="user").count()


@pytest.mark.parametrize(("verb", "event"), VERBS.values(), ids=VERBS.keys())
def test_what_is_delicate_asks_again_after_ten_minutes(verb: Verb, event: str, branch: Branch, clock: Any) -> None:
    user = member("admin", branch)
    app = has_app(user)
    token = second_step(first_step(user), code_of(app)).body["data"]["accessToken"]
    api = Api()
    api.headers["Authorization"] = f"Bearer {token}"

    clock.shift(600)
    in_time = verb(api, branch)
    clock.shift(1)
    too_late = verb(api, branch)
    once = done(event)
    stepped_up = step_up(api, code_of(app))
    again = verb(api, branch)

    assert [answer.status_code for answer in (in_time, stepped_up, again)] == [
        again.status_code,
        204,
        in_time.status_code,
    ]
    assert again.status_code in {200, 201}
    assert (outcome(too_late), once, done(event)) == (MFA_REQUIRED, 1, 2)


@pytest.mark.parametrize("factor", ["app", "passkey"])
@pytest.mark.parametrize(("verb", "event"), VERBS.values(), ids=VERBS.keys())
def test_a_session_from_before_the_second_factor_is_asked_too(
    verb: Verb, event: str, factor: str, branch: Branch
) -> None:
    user = member("admin", branch)
    api = Api(user)
    if factor == "app":
        has_app(user)
    else:
        Passkey.objects.create(user=user, name="Key", credential_id="key", public_key=b"key")

    assert (outcome(verb(api, branch)), done(event)) == (MFA_REQUIRED, 0)


@pytest.mark.parametrize("user_has", ["nothing", "an app that was never confirmed"])
@pytest.mark.parametrize(("verb", "event"), VERBS.values(), ids=VERBS.keys())
def test_who_has_no_second_factor_is_not_asked(verb: Verb, event: str, user_has: str, branch: Branch) -> None:
    api = Api(member("admin", branch))
    if user_has != "nothing":
        api.post("auth/mfa/totp/setup")

    assert (verb(api, branch).status_code, done(event)) == (201 if verb is _refund else 200, 1)


def test_taking_a_payment_is_not_delicate(branch: Branch) -> None:
    user = member("manager", branch)
    api, taken_in = Api(user), order(branch)
    has_app(user)

    answer = api.post(f"repairs/{taken_in.pk}/payments", {"amount": "5.00", "method": "cash"})

    assert (answer.status_code, Payment.objects.count()) == (201, 1)


@pytest.mark.parametrize("session", ["none", "of somebody else"])
def test_the_second_factor_counts_in_the_session_in_which_it_was_given(session: str, clock: Any) -> None:
    user, other = UserFactory(role="admin"), UserFactory(role="admin")
    api = Api(other)
    step_up(api, code_of(has_app(other)))
    has_app(user)
    session_id = None if session == "none" else Session.objects.get(user=other).pk
    victim = UserFactory(role="seller")

    with pytest.raises(MfaRequired):
        change_role(victim, Role.TECHNICIAN, actor=Actor.user(user, session_id=session_id))

    victim.refresh_from_db()
    assert victim.role == "seller"


def test_mendery_itself_has_no_second_factor() -> None:
    require_recent_second_factor(Actor.system("test"))


def test_asking_takes_one_query_for_who_has_just_given_it_and_three_at_most(clock: Any) -> None:
    user = UserFactory()
    without, api = Api(user), Api(user)
    step_up(api, code_of(has_app(user)))
    given = Actor.user(user, session_id=Session.objects.exclude(second_factor_at=None).get().pk)
    counted = []
    for actor in (given, actor_for(user)):
        with CaptureQueriesContext(connection) as queries:
            try:
                require_recent_second_factor(actor)
                counted.append(("passed", len(queries)))
            except MfaRequired:
                counted.append(("asked", len(queries)))

    assert counted == [("passed", 1), ("asked", 3)]
    assert without.user == user


# A role that needs a second factor.

BEYOND = [route for route in routes() if route.endpoint.right not in {None, Right.SIGNED_IN}]
OWN_ACCOUNT = [route for route in routes() if route.endpoint.right == Right.SIGNED_IN and route.method == "GET"]


def _ask(api: Api, route: Route) -> Any:
    path = route.path({**dict.fromkeys(route.parameters, NOWHERE), "version": 1})
    return api.request(route.method, path, None if route.method == "GET" else {})


@pytest.mark.exhaustive
def test_without_it_a_role_that_needs_it_can_do_nothing_but_set_it_up(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["admin", "manager"]
    api = Api(UserFactory(role="admin"))
    before = Event.objects.count()

    refused = {str(route): outcome(_ask(api, route)) for route in BEYOND}

    assert len(refused) > 80
    assert {route: answer for route, answer in refused.items() if answer != MFA_REQUIRED} == {}
    assert [str(route) for route in OWN_ACCOUNT if outcome(_ask(api, route)) == MFA_REQUIRED] == []
    assert api.get("auth/me").status_code == 200
    assert Event.objects.count() == before


def test_setting_it_up_opens_the_session(settings: Any, clock: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]
    api = Api(UserFactory(role="manager"))
    closed = api.get("customers")
    app = pyotp.TOTP(api.post("auth/mfa/totp/setup").body["data"]["secret"])

    api.post("auth/mfa/totp/confirm", {"code": code_of(app)})
    opened = api.get("customers")
    clock.shift(800)
    later = api.get("customers")
    api.request("DELETE", "auth/mfa/totp", {"password": PASSWORD, "code": code_of(app)})

    assert [outcome(answer) for answer in (closed, opened, later)] == [MFA_REQUIRED, (200, ""), (200, "")]
    assert outcome(api.get("customers")) == MFA_REQUIRED


def test_a_log_in_with_it_opens_the_session_and_survives_a_refresh(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]
    user = UserFactory(role="manager")
    app = has_app(user)
    first = second_step(first_step(user), code_of(app)).body["data"]
    renewed = Api().post("auth/refresh-token", {"refreshToken": first["refreshToken"]}).body["data"]

    answers = [Api().get("customers", Authorization=f"Bearer {pair['accessToken']}") for pair in (first, renewed)]

    assert [outcome(answer) for answer in answers] == [(200, "")] * 2


def test_other_roles_are_not_asked(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["manager"]
    token = log_in(UserFactory(role="seller"))["accessToken"]

    assert outcome(Api().get("customers", Authorization=f"Bearer {token}")) == (200, "")
