"""Passkeys: WebAuthn credentials (W3C Web Authentication, level 2) as the second factor of staff on the pages."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    bytes_to_base64url,
    generate_challenge,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from apps.accounts import events
from apps.accounts.enums import STAFF, ChallengePurpose
from apps.accounts.exceptions import InvalidCredentials
from apps.accounts.models import Challenge, Passkey, User
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, Forbidden, NotFound, ValidationFailed

MOST = 20
TRIES = 5
ADDED_WITHIN = timedelta(minutes=10)
LONGEST_ID = 1400
_NOT_ACCEPTED = "This passkey was not accepted. Try again."
# What the library lets through of input that is no passkey at all, beside its own exceptions.
_MALFORMED = (
    WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError,
    UnsupportedAlgorithm,
)  # fmt: skip


@dataclass(frozen=True)
class RelyingParty:
    """Where passkeys are valid: ``id`` is the name of the host, ``origin`` its scheme, name and port."""

    id: str
    origin: str


@transaction.atomic
def begin_adding(user: User, party: RelyingParty, *, actor: Actor) -> tuple[Challenge, str]:
    """A challenge and the options for ``navigator.credentials.create``, as JSON.

    Raises ``Forbidden`` for customers, ``Conflict`` when there are 20 passkeys already.
    """
    _require_room(user)
    nonce = generate_challenge()
    challenge = Challenge.objects.create(
        user=user,
        purpose=ChallengePurpose.ADD_PASSKEY,
        auth_version=user.auth_version,
        nonce=bytes_to_base64url(nonce),
        expires_at=timezone.now() + ADDED_WITHIN,
    )
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Mendery",
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.get_full_name(),
        challenge=nonce,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(user.pk),
    )
    return challenge, webauthn.options_to_json(options)


def add_passkey(
    user: User, challenge_id: UUID, answer: str, name: str, party: RelyingParty, *, actor: Actor
) -> Passkey:
    """The passkey that the browser's ``answer`` (JSON) to ``begin_adding`` shows; its challenge works once.

    Raises ``ValidationFailed`` for an answer that does not fit, and as ``begin_adding`` does.
    """
    _require_room(user)
    challenge = Challenge.objects.filter(pk=challenge_id, user=user, purpose=ChallengePurpose.ADD_PASSKEY).first()
    nonce = _take_nonce(challenge, user, renew=False) if challenge else None
    found = _verified_registration(answer, nonce, party) if nonce else None
    if found is None or len(found.credential_id) * 4 / 3 > LONGEST_ID:
        raise ValidationFailed(_NOT_ACCEPTED)
    try:
        return _add(user, found, name, actor)
    except IntegrityError:
        raise ValidationFailed("This passkey belongs to an account already.") from None


@transaction.atomic
def _add(user: User, found: VerifiedRegistration, name: str, actor: Actor) -> Passkey:
    passkey = Passkey.objects.create(
        user=user,
        name=name,
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
    )
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change="passkey_added"), actor=actor)
    return passkey


def options_to_prove(challenge: Challenge, party: RelyingParty) -> str:
    """The options for ``navigator.credentials.get``, as JSON, for a challenge that waits for a passkey."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=webauthn.base64url_to_bytes(challenge.nonce),
        allow_credentials=_descriptors(challenge.user_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def prove(challenge: Challenge, answer: str, party: RelyingParty, *, actor: Actor) -> None:
    """Pass ``challenge`` with the browser's ``answer`` (JSON) to ``options_to_prove``.

    What was signed works once: after a refusal the challenge waits for something else to be signed. A valid signature
    whose count has not grown comes from a copy of the passkey; it is refused and recorded.
    Raises ``InvalidCredentials``, alike for whatever is wrong.
    """
    # A refusal is raised after the commit, so that it cannot undo the try that it has cost.
    refusal = _prove(challenge, answer, party, actor)
    if refusal is not None:
        raise refusal


@transaction.atomic
def _prove(challenge: Challenge, answer: str, party: RelyingParty, actor: Actor) -> DomainError | None:
    nonce = _take_nonce(challenge, challenge.user, renew=True)
    passkey = _passkey_of(answer, challenge.user_id) if nonce else None
    found = _verified_proof(answer, nonce, party, passkey) if nonce and passkey else None
    if passkey is None or found is None:
        return _failed(challenge, actor)
    if found.new_sign_count <= passkey.sign_count and (found.new_sign_count or passkey.sign_count):
        suspicion = events.PasskeyCopySuspected(
            aggregate_id=challenge.user_id,
            passkey_id=passkey.pk,
            sign_count=found.new_sign_count,
            known_sign_count=passkey.sign_count,
        )
        audit.record(suspicion, actor=actor)
        return _failed(challenge, actor)
    now = timezone.now()
    passkey.sign_count, passkey.last_used_at = found.new_sign_count, now
    passkey.save(update_fields=["sign_count", "last_used_at", "updated_at"])
    Challenge.objects.filter(pk=challenge.pk).update(passed_at=now)
    used = events.SecondFactorUsed(aggregate_id=challenge.user_id, kind="passkey", purpose=challenge.purpose)
    audit.record(used, actor=actor)
    return None


@transaction.atomic
def remove_passkey(user: User, passkey_id: UUID, *, actor: Actor) -> None:
    """The passkey works no more. Raises ``NotFound`` for one that is not the user's."""
    deleted, _ = Passkey.objects.filter(pk=passkey_id, user=user).delete()
    if not deleted:
        raise NotFound("There is no such passkey.")
    audit.record(events.SecondFactorChanged(aggregate_id=user.pk, change="passkey_removed"), actor=actor)


def _require_room(user: User) -> None:
    if user.role not in STAFF:
        raise Forbidden("Passkeys are for the staff of the shop.")
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise Conflict(f"There are {MOST} passkeys already. Remove one first.")


def _descriptors(user_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(user_id=user_id).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one)) for one in ids]


def _take_nonce(challenge: Challenge, user: User, *, renew: bool) -> bytes | None:
    """What was to be signed, for the one caller who gets it; it is replaced in the same statement."""
    fresh = bytes_to_base64url(generate_challenge()) if renew else ""
    open_ones = Challenge.objects.exclude(nonce="").filter(
        pk=challenge.pk,
        nonce=challenge.nonce,
        auth_version=user.auth_version,
        passed_at=None,
        attempts__lt=TRIES,
        expires_at__gt=timezone.now(),
    )
    if not open_ones.update(nonce=fresh, attempts=F("attempts") + 1):
        return None
    taken, challenge.nonce = challenge.nonce, fresh
    challenge.attempts += 1
    return webauthn.base64url_to_bytes(taken)


def _passkey_of(answer: str, user_id: UUID) -> Passkey | None:
    try:
        credential_id = parse_authentication_credential_json(answer).id
    except _MALFORMED:
        return None
    found = Passkey.objects.select_for_update().filter(user_id=user_id, credential_id=credential_id)
    return found.first() if "\0" not in credential_id else None


def _verified_registration(answer: str, nonce: bytes, party: RelyingParty) -> VerifiedRegistration | None:
    try:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=nonce,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _MALFORMED:
        return None


def _verified_proof(answer: str, nonce: bytes, party: RelyingParty, passkey: Passkey) -> VerifiedAuthentication | None:
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=nonce,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=bytes(passkey.public_key),
            # The count is judged after the signature: only the holder of the key can raise the suspicion of a copy.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _MALFORMED:
        return None


def _failed(challenge: Challenge, actor: Actor) -> DomainError:
    audit.record(events.SecondFactorFailed(aggregate_id=challenge.user_id, purpose=challenge.purpose), actor=actor)
    return InvalidCredentials(_NOT_ACCEPTED)
