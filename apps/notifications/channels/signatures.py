"""Whether a call that names a provider is that provider's. Without a key of ours nothing is anybody's."""

import logging
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from twilio.request_validator import RequestValidator

logger = logging.getLogger(__name__)
# How far SendGrid's clock and ours may be apart, the way of the call included.
FRESH = timedelta(minutes=10)


def is_of_twilio(url: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
    """Whether Twilio has signed these fields for this address, query and all, with the account's token."""
    token = settings.TWILIO_AUTH_TOKEN
    return bool(token and signature) and RequestValidator(token).validate(url, _Fields(fields), signature)


def is_of_sendgrid(body: bytes, timestamp: str, signature: str, now: datetime) -> bool:
    """Whether SendGrid has signed this body, and has done so lately."""
    if not settings.SENDGRID_WEBHOOK_KEY or not _is_fresh(timestamp, now):
        return False
    key = _key(settings.SENDGRID_WEBHOOK_KEY)
    try:
        signed = b64decode(signature, validate=True)
    except ValueError:
        return False
    if key is None:
        return False
    try:
        key.verify(signed, timestamp.encode() + body, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


class _Fields(dict[str, Sequence[str]]):
    """What Twilio's check asks for the values of a name that stands more than once."""

    def getlist(self, name: str) -> Sequence[str]:
        return self[name]


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds()


def _key(spelled: str) -> EllipticCurvePublicKey | None:
    try:
        key = load_der_public_key(b64decode(spelled, validate=True))
    except ValueError:
        key = None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    logger.error("SENDGRID_WEBHOOK_KEY is not the key that SendGrid shows; its calls are refused.")
    return None
