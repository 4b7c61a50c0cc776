"""A passkey in software: makes and uses ES256 credentials byte by byte as the specification has them (WebAuthn level 2)."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Authenticator:
    """One authenticator with one credential; ``sign_count`` grows with each use unless it is set back."""

    def __init__(self, rp_id: str = "localhost", origin: str = "http://localhost") -> None:
        self.rp_id, self.origin = rp_id, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.sign_count = 0
        self.flags = PRESENT | VERIFIED

    def create(self, options: str, **client_data: str) -> str:
        """The answer to ``navigator.credentials.create``, with "none" attestation."""
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + self._credential()}
        response = {
            "clientDataJSON": base64url(self._client_data("webauthn.create", options, client_data)),
            "attestationObject": base64url(cbor2.dumps(statement)),
            "transports": ["internal"],
        }
        return self._answer(response)

    def get(self, options: str, **client_data: str) -> str:
        """The answer to ``navigator.credentials.get``."""
        self.sign_count += 1
        data, client = self._data(self.flags), self._client_data("webauthn.get", options, client_data)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": base64url(client),
            "authenticatorData": base64url(data),
            "signature": base64url(signature),
            "userHandle": None,
        }
        return self._answer(response)

    def _answer(self, response: dict[str, Any]) -> str:
        name = base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client_data(self, kind: str, options: str, changed: dict[str, str]) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **changed}
        ).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.sign_count)

    def _credential(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(cose)
