"""Links that need no log-in: what their token says, and the proof that this installation has made it for that purpose."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

_PROOF = 16  # bytes of the HMAC that stand in a token


def signed(said: bytes, purpose: str, keys: Sequence[str]) -> str:
    """The token that says ``said``, proven for ``purpose`` with the first of ``keys``."""
    return _spelled(said + _proof(said, purpose, keys[0]))


def proven(token: str, size: int, purpose: str, keys: Sequence[str]) -> bytes | None:
    """The ``size`` bytes that a token says; ``None`` for one that none of ``keys`` has made for ``purpose``."""
    held = _bytes_of(token, size + _PROOF)
    if held is None:
        return None
    said, proof = held[:size], held[size:]
    # Every key is tried whatever the one before said, so that the time does not tell which of them it was.
    if sum([hmac.compare_digest(proof, _proof(said, purpose, key)) for key in keys]) == 0:
        return None
    return said


def _bytes_of(token: str, size: int) -> bytes | None:
    if len(token) != -(-size * 4 // 3) or not token.isascii():
        return None
    try:
        held = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        return None
    # The last character has bits to spare, and the decoder skips what it does not know: there is one spelling only.
    return held if _spelled(held) == token else None


def _spelled(held: bytes) -> str:
    return urlsafe_b64encode(held).rstrip(b"=").decode("ascii")


def _proof(said: bytes, purpose: str, key: str) -> bytes:
    return hmac.digest(_derived(key, purpose), said, "sha256")[:_PROOF]


@lru_cache(maxsize=32)
def _derived(key: str, purpose: str) -> bytes:
    """The same keys encrypt fields: what is derived for one purpose opens nothing of another."""
    return hmac.new(key.encode(), purpose.encode(), sha256).digest()
