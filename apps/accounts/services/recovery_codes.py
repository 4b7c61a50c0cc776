"""Recovery codes: ten ways in, each works once, for who has lost the second factor."""

import secrets
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from apps.accounts.models import RecoveryCode, User

COUNT = 10
LENGTH = 10  # 31 ** 10 codes: 49 bits
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


def make_recovery_codes(user: User) -> list[str]:
    """Ten new codes, such as ``4h7kp-xw2mn``; the old ones work no more. Runs in the caller's transaction.

    This is the only time that they can be read.
    """
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user.pk, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def make_recovery_codes_if_none(user: User) -> list[str]:
    """As ``make_recovery_codes`` for who has no code left; otherwise nothing is changed, and the list is empty."""
    left = RecoveryCode.objects.filter(user=user, used_at__isnull=True)
    return [] if left.exists() else make_recovery_codes(user)


def use_recovery_code(user_id: UUID, code: str, now: datetime) -> bool:
    """Spend a code, which is given without its hyphen and in lower case; whether it was good."""
    # One conditional statement: of many uses at once one succeeds.
    unused = RecoveryCode.objects.filter(user_id=user_id, digest=_digest(user_id, code), used_at__isnull=True)
    return unused.update(used_at=now) == 1


def _digest(user_id: UUID, code: str) -> str:
    return salted_hmac("apps.accounts.recovery_codes", f"{user_id}|{code}", algorithm="sha256").hexdigest()
