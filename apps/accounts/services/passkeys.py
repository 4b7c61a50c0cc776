"""Passkeys: WebAuthn credentials (W3C Web Authentication, level 2) as the second factor of staff on the pages."""

from dataclasses import dataclass
from uuid import UUID

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from django.db import transaction
from django.utils import timezone
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import bytes_to_base64url, generate_challenge, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from apps.accounts import events
from apps.accounts.enums import STAFF, ChallengePurpose, FactorKind
from apps.accounts.exceptions import InvalidCredentials
from apps.accounts.models import Challenge, Passkey, User
from apps.accounts.services.challenges import Judge, begin_challenge, pass_challenge
from apps.accounts.services.recovery_codes import make_recovery_codes_if_none
from apps.accounts.services.second_factor import factor_added, factor_removed, require_recent_second_factor
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound

MOST = 20
LONGEST_ID = 1400
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


def begin_adding(user: User, party: RelyingParty, *, actor: Actor) -> tuple[Challenge, str]:
    """A challenge and the options for ``navigator.credentials.create``, as JSON.

    Raises ``Forbidden`` for customers, ``Conflict`` when there are 20 passkeys already, ``MfaRequired`` for who has a
    second factor and has not given it just now.
    """
    _require_room(user, actor)
    challenge = begin_challenge(user, ChallengePurpose.ADD_PASSKEY, _new_nonce())
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Mendery",
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.get_full_name(),
        challenge=webauthn.base64url_to_bytes(challenge.nonce),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(user.pk),
    )
    return challenge, webauthn.options_to_json(options)


def add_passkey(
    user: User, challenge_id: UUID, answer: str, name: str, party: RelyingParty, *, actor: Actor
) -> list[str]:
    """Keep the passkey that the browser's ``answer`` (JSON) to ``begin_adding`` shows; its challenge works once.

    This session has its second factor, every other one of the user ends. The answer is ten recovery codes for who had
    none. Raises ``InvalidCredentials`` for an answer that does not fit, and as ``begin_adding`` and ``pass_challenge`` do.
    """
    _require_room(user, actor)
    codes: list[str] = []

    def judge(challenge: Challenge) -> FactorKind | None:
        nonce = _take_nonce(challenge)
        found = _verified_registration(answer, nonce, party) if nonce else None
        if found is None or not _keep(challenge.user, found, name):
            return None
        factor_added(challenge.user, "passkey_added", actor=actor)
        codes.extend(make_recovery_codes_if_none(challenge.user))
        return FactorKind.PASSKEY

    _pass(challenge_id, ChallengePurpose.ADD_PASSKEY, judge, actor=actor, user_id=user.pk)
    return codes


def begin_proving(user: User, purpose: ChallengePurpose) -> Challenge:
    """A challenge that takes passkeys as well as codes."""
    return begin_challenge(user, purpose, _new_nonce())


def options_to_prove(challenge: Challenge, party: RelyingParty) -> str:
    """The options for ``navigator.credentials.get``, as JSON; ``""`` where there is no passkey to ask for."""
    known = _descriptors(challenge.user_id)
    if not known or not challenge.nonce:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=webauthn.base64url_to_bytes(challenge.nonce),
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def prove(
    challenge_id: UUID,
    purpose: ChallengePurpose,
    answer: str,
    party: RelyingParty,
    *,
    actor: Actor,
    user_id: UUID | None = None,
) -> Challenge:
    """Pass a challenge with the browser's ``answer`` (JSON) to ``options_to_prove``.

    What was signed works once: after a refusal the challenge waits for something else to be signed. A valid signature
    whose count has not grown comes from a copy of the passkey; it is refused and recorded. Raises as ``pass_challenge``.
    """

    def judge(challenge: Challenge) -> FactorKind | None:
        nonce = _take_nonce(challenge)
        passkey = _passkey_of(answer, challenge.user_id) if nonce else None
        found = _verified_proof(answer, nonce, party, passkey) if passkey else None
        if passkey is None or found is None or not _has_grown(passkey, found.new_sign_count, actor):
            return None
        passkey.sign_count, passkey.last_used_at = found.new_sign_count, timezone.now()
        passkey.save(update_fields=["sign_count", "last_used_at", "updated_at"])
        return FactorKind.PASSKEY

    return _pass(challenge_id, purpose, judge, actor=actor, user_id=user_id)


@transaction.atomic
def remove_passkey(user: User, passkey_id: UUID, *, actor: Actor) -> None:
    """The passkey works no more; other sessions of the user end. Raises ``NotFound`` for one of somebody else, and
    ``MfaRequired``.
    """
    require_recent_second_factor(actor)
    deleted, _ = Passkey.objects.filter(pk=passkey_id, user=user).delete()
    if not deleted:
        raise NotFound("There is no such passkey.")
    factor_removed(user, "passkey_removed", actor=actor)


def _require_room(user: User, actor: Actor) -> None:
    require_recent_second_factor(actor)
    if user.role not in STAFF:
        raise Forbidden("Passkeys are for the staff of the shop.")
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise Conflict(f"There are {MOST} passkeys already. Remove one first.")


def _descriptors(user_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(user_id=user_id).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one)) for one in ids]


def _pass(
    challenge_id: UUID, purpose: ChallengePurpose, judge: Judge, *, actor: Actor, user_id: UUID | None
) -> Challenge:
    try:
        return pass_challenge(challenge_id, purpose, judge, actor=actor, user_id=user_id)
    except InvalidCredentials:
        raise InvalidCredentials("This passkey was not accepted. Try again.") from None


def _new_nonce() -> str:
    return bytes_to_base64url(generate_challenge())


def _take_nonce(challenge: Challenge) -> bytes:
    """What was to be signed, or nothing where no passkey is taken. Right or wrong, it is not waited for again."""
    taken = challenge.nonce
    if taken:
        challenge.nonce = _new_nonce()
        challenge.save(update_fields=["nonce"])
    return webauthn.base64url_to_bytes(taken)


def _keep(user: User, found: VerifiedRegistration, name: str) -> bool:
    credential_id = bytes_to_base64url(found.credential_id)
    if len(credential_id) > LONGEST_ID:
        return False
    kept, public_key = found.sign_count, found.credential_public_key
    defaults = {"user": user, "name": name, "public_key": public_key, "sign_count": kept}
    return Passkey.objects.get_or_create(credential_id=credential_id, defaults=defaults)[1]


def _has_grown(passkey: Passkey, sign_count: int, actor: Actor) -> bool:
    # An authenticator that does not count always says 0.
    if sign_count > passkey.sign_count or sign_count == passkey.sign_count == 0:
        return True
    suspicion = events.PasskeyCopySuspected(
        aggregate_id=passkey.user_id,
        passkey_id=passkey.pk,
        sign_count=sign_count,
        known_sign_count=passkey.sign_count,
    )
    audit.record(suspicion, actor=actor)
    return False


def _passkey_of(answer: str, user_id: UUID) -> Passkey | None:
    try:
        credential_id = bytes_to_base64url(parse_authentication_credential_json(answer).raw_id)
    except _MALFORMED:
        return None
    return Passkey.objects.select_for_update().filter(user_id=user_id, credential_id=credential_id).first()


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
