"""One-time codes: what a person who was sent one proves with it."""

from django.conf import settings
from django.db import models

from apps.accounts.enums import CodePurpose
from apps.core.models import Record


class OneTimeCode(Record):
    """One code that was made. Only its HMAC is kept, bound to the purpose, the user and this row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=20, choices=CodePurpose)
    digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    # Used, or replaced by a newer one: either way it is not judged any more.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "purpose", "-created_at"], name="accounts_code_of_user")]

    def __str__(self) -> str:
        return f"{self.purpose} for {self.user_id}"
