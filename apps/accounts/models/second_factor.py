"""Second factors of a user, and the steps at which one is asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.enums import ChallengePurpose
from apps.core.fields import EncryptedTextField
from apps.core.models import Record


class TotpDevice(Record):
    """An authenticator app (RFC 6238). It counts only once a code of it has been seen; until then the old one does."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="totp_devices")
    secret = EncryptedTextField()
    confirmed_at = models.DateTimeField(null=True)
    # The time step of the newest code that was accepted: neither it nor an older one is accepted again.
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=False), name="accounts_one_confirmed_totp"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True), name="accounts_one_unconfirmed_totp"
            ),
        ]

    def __str__(self) -> str:
        return f"authenticator of {self.user_id}"


class RecoveryCode(Record):
    """A way in for who has lost the second factor; works once, and only its HMAC is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_one_recovery_code")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Passkey(Record):
    """A WebAuthn credential (W3C Web Authentication, level 2)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.name


class Challenge(Record):
    """A step at which a second factor is waited for: begun once, passed once, and only for so many tries."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="challenges")
    purpose = models.CharField(max_length=20, choices=ChallengePurpose)
    auth_version = models.PositiveIntegerField()
    # What a passkey signs (base64url); empty where only codes are taken.
    nonce = models.CharField(max_length=128, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="accounts_challenge_expiry")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.user_id}"
