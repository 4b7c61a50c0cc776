"""Users, how they prove who they are, their sessions, and customers."""

from apps.accounts.models.codes import OneTimeCode
from apps.accounts.models.customer import Customer
from apps.accounts.models.failures import FailedLogins
from apps.accounts.models.second_factor import Challenge, Passkey, RecoveryCode, TotpDevice
from apps.accounts.models.session import Session
from apps.accounts.models.user import User

__all__ = [
    "Challenge", "Customer", "FailedLogins", "OneTimeCode", "Passkey", "RecoveryCode", "Session", "TotpDevice", "User",
]  # fmt: skip
