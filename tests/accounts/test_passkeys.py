"""Passkeys: only the key itself, here and now, for this account."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.accounts import services
from apps.accounts.enums import ChallengePurpose
from apps.accounts.exceptions import InvalidCredentials, MfaRequired, TokenExpired, TokenRevoked, Unauthorized
from apps.accounts.models import Challenge, Passkey, Session, User
from apps.accounts.services import passkeys
from apps.accounts.services.challenges import begin_challenge
from apps.accounts.services.passkeys import RelyingParty
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PARTY = RelyingParty("localhost", "http://localhost")
NOT_ACCEPTED = "This passkey was not accepted. Try again."


def confirmed(user: User) -> Actor:
    """``user`` in a browser in which a second factor was given just now."""
    session = services.open_page_session(
        user,
        services.Device("127.0.0.1", "b"),
        timedelta(days=1),
        actor=Actor.user(user),
        second_factor_at=timezone.now(),
    )
    assert session is not None
    return Actor.user(user, session_id=session.pk)


def enrol(user: User, key: Authenticator | None = None, name: str = "Key") -> Authenticator:
    """A passkey of ``user``."""
    key, actor = key or Authenticator(), confirmed(user)
    challenge, options = passkeys.begin_adding(user, PARTY, actor=Actor.user(user))
    passkeys.add_passkey(user, challenge.pk, key.create(options), name, PARTY, actor=actor)
    return key


def challenge_of(user: User) -> Challenge:
    return passkeys.begin_proving(user, ChallengePurpose.LOG_IN)


def prove(challenge: Challenge, answer: str) -> Challenge:
    return passkeys.prove(challenge.pk, ChallengePurpose.LOG_IN, answer, PARTY, actor=Actor.anonymous())


def assert_refused(challenge: Challenge, answer: str) -> None:
    before = list(Passkey.objects.values_list("pk", "sign_count", "last_used_at"))

    with pytest.raises(InvalidCredentials, match=NOT_ACCEPTED):
        prove(challenge, answer)

    assert Challenge.objects.get(pk=challenge.pk).passed_at is None
    assert list(Passkey.objects.values_list("pk", "sign_count", "last_used_at")) == before
    assert Event.objects.filter(type="accounts.second_factor_failed").count() == 1
    assert not Event.objects.filter(type="accounts.second_factor_used", payload__purpose="log_in").exists()


def test_a_passkey_is_added() -> None:
    user, key = UserFactory(), Authenticator()
    challenge, options = passkeys.begin_adding(user, PARTY, actor=confirmed(user))

    passkeys.add_passkey(user, challenge.pk, key.create(options), "Yellow key", PARTY, actor=confirmed(user))

    found = Passkey.objects.get()
    assert (found.user, found.name, found.sign_count, found.last_used_at) == (user, "Yellow key", 0, None)
    changed, used = Event.objects.filter(type__startswith="accounts.second").order_by("pk")
    assert (changed.type, changed.payload) == (
        "accounts.second_factor_changed",
        {"change": "passkey_added", "reason": ""},
    )
    assert (used.type, used.payload) == (
        "accounts.second_factor_used",
        {"kind": "passkey", "purpose": "add_passkey"},
    )


def test_the_first_passkey_brings_recovery_codes_and_ends_other_sessions() -> None:
    user, key = UserFactory(), Authenticator()
    elsewhere, here = confirmed(user), confirmed(user)
    codes = []

    for _ in range(2):
        challenge, options = passkeys.begin_adding(user, PARTY, actor=here)
        codes.append(passkeys.add_passkey(user, challenge.pk, key.create(options), "Key", PARTY, actor=here))
        key = Authenticator()

    assert [len(found) for found in codes] == [10, 0]
    ended = Session.objects.get(pk=elsewhere.session_id)
    assert (ended.revoked_at is not None, ended.end_reason) == (True, "second_factor")
    assert Session.objects.get(pk=here.session_id).revoked_at is None


def test_who_has_a_second_factor_must_have_given_it_to_change_anything() -> None:
    user = UserFactory()
    enrol(user)
    own, actor = Passkey.objects.get(), Actor.user(user)
    challenge, options = passkeys.begin_adding(user, PARTY, actor=confirmed(user))
    answer = Authenticator().create(options)

    with pytest.raises(MfaRequired):
        passkeys.begin_adding(user, PARTY, actor=actor)
    with pytest.raises(MfaRequired):
        passkeys.add_passkey(user, challenge.pk, answer, "Key", PARTY, actor=actor)
    with pytest.raises(MfaRequired):
        passkeys.remove_passkey(user, own.pk, actor=actor)

    assert list(Passkey.objects.all()) == [own]
    assert Challenge.objects.filter(passed_at=None).count() == 1


def test_the_options_name_the_host_and_demand_the_person() -> None:
    user = UserFactory()
    key = enrol(user)

    challenge, text = passkeys.begin_adding(user, PARTY, actor=confirmed(user))
    adding, proving = json.loads(text), json.loads(passkeys.options_to_prove(challenge_of(user), PARTY))

    known = json.loads(key.create(text))["id"]
    assert adding["rp"] == {"name": "Mendery", "id": "localhost"}
    assert adding["challenge"] == challenge.nonce
    assert adding["user"]["name"] == user.email
    assert adding["authenticatorSelection"]["userVerification"] == "required"
    assert adding["attestation"] == "none"
    assert [one["id"] for one in adding["excludeCredentials"]] == [known]
    assert (proving["rpId"], proving["userVerification"]) == ("localhost", "required")
    assert [one["id"] for one in proving["allowCredentials"]] == [known]


def test_a_passkey_passes_a_challenge_and_is_recorded() -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)

    now = timezone.now()
    with time_machine.travel(now, tick=False):
        prove(challenge, key.get(passkeys.options_to_prove(challenge, PARTY)))

    found, passed = Passkey.objects.get(), Challenge.objects.get(pk=challenge.pk)
    assert (found.sign_count, found.last_used_at, passed.attempts, passed.passed_at) == (1, now, 1, now)
    event = Event.objects.get(type="accounts.second_factor_used", payload__purpose="log_in")
    assert event.payload == {"kind": "passkey", "purpose": "log_in"}


def test_a_passkey_that_does_not_count_works_again_and_again() -> None:
    user = UserFactory()
    key = enrol(user)
    for _ in range(2):
        key.sign_count = -1
        challenge = challenge_of(user)

        prove(challenge, key.get(passkeys.options_to_prove(challenge, PARTY)))

    assert Event.objects.filter(type="accounts.second_factor_used", payload__purpose="log_in").count() == 2
    assert Passkey.objects.get().sign_count == 0


def test_an_answer_works_once() -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)
    answer = key.get(passkeys.options_to_prove(challenge, PARTY))
    prove(challenge, answer)

    other = challenge_of(user)
    with pytest.raises(TokenRevoked):
        prove(challenge, answer)
    with pytest.raises(InvalidCredentials):
        prove(other, answer)

    assert Passkey.objects.get().sign_count == 1
    assert Event.objects.filter(type="accounts.second_factor_used", payload__purpose="log_in").count() == 1


def test_what_was_signed_is_spent_by_a_refusal_too() -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)
    options = passkeys.options_to_prove(challenge, PARTY)
    with pytest.raises(InvalidCredentials):
        prove(challenge, key.get(options, origin="http://evil.example"))
    late = key.get(options)

    with pytest.raises(InvalidCredentials):
        prove(challenge, late)
    challenge.refresh_from_db()
    prove(challenge, key.get(passkeys.options_to_prove(challenge, PARTY)))

    assert Challenge.objects.get(pk=challenge.pk).attempts == 3


@pytest.mark.parametrize(
    "client_data",
    [{"challenge": "QUFBQQ"}, {"origin": "https://localhost"}, {"origin": "http://localhost:8000"},
     {"origin": "http://evil.example"}, {"type": "webauthn.create"}],
)  # fmt: skip
def test_what_was_signed_elsewhere_is_refused(client_data: dict[str, str]) -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)

    assert_refused(challenge, key.get(passkeys.options_to_prove(challenge, PARTY), **client_data))


@pytest.mark.parametrize(("name", "value"), [("rp_id", "evil.example"), ("flags", PRESENT), ("flags", 0)])
def test_another_host_or_an_absent_person_is_refused(name: str, value: Any) -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)
    setattr(key, name, value)

    assert_refused(challenge, key.get(passkeys.options_to_prove(challenge, PARTY)))


def test_the_passkey_of_somebody_else_is_refused() -> None:
    user, other = UserFactory(), UserFactory()
    enrol(user)
    foreign, challenge = enrol(other), challenge_of(user)

    assert_refused(challenge, foreign.get(passkeys.options_to_prove(challenge, PARTY)))


def test_another_key_under_a_known_name_is_refused() -> None:
    user, forged = UserFactory(), Authenticator()
    key, challenge = enrol(user), challenge_of(user)
    forged.credential_id = key.credential_id
    forged.sign_count = 9

    assert_refused(challenge, forged.get(passkeys.options_to_prove(challenge, PARTY)))
    assert not Event.objects.filter(type="accounts.passkey_copy_suspected").exists()


@pytest.mark.parametrize("count", [0, 6, 7])
def test_a_count_that_has_not_grown_is_refused_and_recorded(count: int) -> None:
    user = UserFactory()
    key, challenge = enrol(user), challenge_of(user)
    Passkey.objects.update(sign_count=7)
    key.sign_count = count - 1

    assert_refused(challenge, key.get(passkeys.options_to_prove(challenge, PARTY)))

    event = Event.objects.get(type="accounts.passkey_copy_suspected")
    assert event.aggregate_id == user.pk
    assert event.payload == {"passkey_id": str(Passkey.objects.get().pk), "sign_count": count, "known_sign_count": 7}


def test_a_challenge_for_codes_takes_no_passkey() -> None:
    user = UserFactory()
    key, challenge = enrol(user), begin_challenge(user, ChallengePurpose.LOG_IN)

    assert passkeys.options_to_prove(challenge, PARTY) == ""
    assert_refused(challenge, key.get('{"challenge": ""}'))


def test_nobody_without_passkeys_is_asked_for_one() -> None:
    assert passkeys.options_to_prove(challenge_of(UserFactory()), PARTY) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "", "null", "[]", "{}", '{"id": 1}', "[" * 100_000, '{"id": "a\\u0000", "rawId": "YQ", "type": "public-key"}',
        json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {
            "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA",
        }}),
    ],
)  # fmt: skip
def test_what_is_no_passkey_at_all_is_refused(answer: str) -> None:
    user = UserFactory()
    enrol(user)
    challenge, _ = passkeys.begin_adding(user, PARTY, actor=confirmed(user))

    assert_refused(challenge_of(user), answer)
    with pytest.raises(InvalidCredentials, match=NOT_ACCEPTED):
        passkeys.add_passkey(user, challenge.pk, answer, "Key", PARTY, actor=confirmed(user))
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize(
    "client_data",
    [{"challenge": "QUFBQQ"}, {"origin": "http://evil.example"}, {"type": "webauthn.get"}],
)
def test_a_new_passkey_must_be_made_for_here(client_data: dict[str, str]) -> None:
    user = UserFactory()
    challenge, options = passkeys.begin_adding(user, PARTY, actor=confirmed(user))
    answer = Authenticator().create(options, **client_data)

    with pytest.raises(InvalidCredentials, match=NOT_ACCEPTED):
        passkeys.add_passkey(user, challenge.pk, answer, "Key", PARTY, actor=confirmed(user))

    assert not Passkey.objects.exists()
    assert Event.objects.filter(type="accounts.second_factor_failed").count() == 1
    assert not Event.objects.filter(type="accounts.second_factor_changed").exists()


def test_a_new_passkey_must_be_of_this_host_and_verified() -> None:
    user = UserFactory()
    elsewhere, unverified = Authenticator(rp_id="evil.example"), Authenticator()
    unverified.flags = PRESENT

    for key in (elsewhere, unverified):
        with pytest.raises(InvalidCredentials, match=NOT_ACCEPTED):
            enrol(user, key)

    assert not Passkey.objects.exists()


def test_the_challenge_of_a_new_passkey_works_once_in_time_and_for_one_user() -> None:
    user, other, key = UserFactory(), UserFactory(), Authenticator()
    spent, options = passkeys.begin_adding(user, PARTY, actor=confirmed(user))
    passkeys.add_passkey(user, spent.pk, key.create(options), "Key", PARTY, actor=confirmed(user))
    late, late_options = passkeys.begin_adding(user, PARTY, actor=confirmed(user))
    foreign, foreign_options = passkeys.begin_adding(other, PARTY, actor=confirmed(other))

    tries = [(spent, options, 0, TokenRevoked), (late, late_options, 301, TokenExpired)]
    for challenge, wanted, seconds, refusal in [*tries, (foreign, foreign_options, 0, Unauthorized)]:
        with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False), pytest.raises(refusal):
            passkeys.add_passkey(
                user, challenge.pk, Authenticator().create(wanted), "Key", PARTY, actor=confirmed(user)
            )

    assert Passkey.objects.count() == 1


def test_one_passkey_belongs_to_one_account() -> None:
    key = enrol(UserFactory())

    with pytest.raises(InvalidCredentials, match=NOT_ACCEPTED):
        enrol(UserFactory(), key)

    assert Passkey.objects.count() == 1


def test_customers_have_no_passkeys_and_nobody_has_too_many() -> None:
    customer, user = UserFactory(role="customer"), UserFactory()
    Passkey.objects.bulk_create(
        Passkey(user=user, name="Key", credential_id=f"k{number}", public_key=b"k") for number in range(20)
    )

    with pytest.raises(Forbidden):
        passkeys.begin_adding(customer, PARTY, actor=confirmed(customer))
    with pytest.raises(Conflict, match="20 passkeys"):
        passkeys.begin_adding(user, PARTY, actor=confirmed(user))

    assert not Challenge.objects.exists()


def test_a_removed_passkey_works_no_more() -> None:
    user, other = UserFactory(), UserFactory()
    key, challenge = enrol(user), challenge_of(user)
    own = Passkey.objects.get()
    answer = key.get(passkeys.options_to_prove(challenge, PARTY))

    with pytest.raises(NotFound):
        passkeys.remove_passkey(other, own.pk, actor=confirmed(other))
    passkeys.remove_passkey(user, own.pk, actor=confirmed(user))

    assert not Passkey.objects.exists()
    assert Event.objects.filter(payload__change="passkey_removed").count() == 1
    assert_refused(challenge, answer)
