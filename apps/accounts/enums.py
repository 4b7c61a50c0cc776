"""Roles, kinds of sessions and of proofs, and the reasons for which a session ends."""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "admin"
    MANAGER = "manager", "manager"
    TECHNICIAN = "technician", "technician"
    SELLER = "seller", "seller"
    CUSTOMER = "customer", "customer"


STAFF = frozenset({Role.ADMIN, Role.MANAGER, Role.TECHNICIAN, Role.SELLER})
MANAGED = frozenset({Role.TECHNICIAN, Role.SELLER})  # whom managers let in and keep out
WORKERS = frozenset({Role.ADMIN, Role.MANAGER, Role.TECHNICIAN})  # to whom repairs are assigned


class SessionEnd(models.TextChoices):
    LOGOUT = "logout", "logged out"
    LOGOUT_ALL = "logout_all", "logged out everywhere"
    REUSE = "reuse", "a spent refresh token was used again"
    DEACTIVATED = "deactivated", "account deactivated"
    CHANGED = "changed", "role or password changed"
    SECOND_FACTOR = "second_factor", "second factor changed"
    EXPIRED = "expired", "too old"


class SessionKind(models.TextChoices):
    API = "api", "app"
    PAGES = "pages", "browser"


class CodePurpose(models.TextChoices):
    VERIFY_EMAIL = "verify_email", "verify an e-mail address"
    RESET_PASSWORD = "reset_password", "reset a password"


class ChallengePurpose(models.TextChoices):
    LOG_IN = "log_in", "log in"
    STEP_UP = "step_up", "confirm"
    ADD_PASSKEY = "add_passkey", "add a passkey"


class FactorKind(StrEnum):
    """What a second factor was given by."""

    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
