"""Calls of providers, signed as they sign them."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from twilio.request_validator import RequestValidator

from tests.conftest import Api

_FORM = "application/x-www-form-urlencoded"
SENDGRID = ec.generate_private_key(ec.SECP256R1())
SENDGRID_KEY = b64encode(SENDGRID.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
EVENTS = "/api/v1/hooks/sendgrid/events"


def twilio_calls(caller: Api, path: str, fields: dict[str, str], signature: str | None = None) -> Any:
    """Twilio's call to one of its doors; signed by its own library unless a signature is given."""
    if signature is None:
        url = f"{settings.PUBLIC_URL}/api/v1/hooks/twilio/{path}"
        signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(url, fields)
    body = urlencode(fields)
    return caller.client.post(
        f"/api/v1/hooks/twilio/{path}", body, content_type=_FORM, headers={"X-Twilio-Signature": signature}
    )


def sendgrid_calls(caller: Api, said: Any, at: datetime, **changed: str) -> Any:
    """SendGrid's call; ``changed`` are its ``timestamp`` or ``signature`` where they are not the right ones."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode() + b"\r\n"
    timestamp = str(int(at.timestamp()))
    signature = b64encode(SENDGRID.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    name = "X-Twilio-Email-Event-Webhook"
    headers = {
        f"{name}-Signature": changed.get("signature", signature),
        f"{name}-Timestamp": changed.get("timestamp", timestamp),
    }
    return caller.client.post(EVENTS, body, content_type="application/json", headers=headers)
