"""A login on one device: what an access token stands on."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.enums import SessionEnd, SessionKind
from apps.core.models import Record


class Session(Record):
    """One login, of an app or of a browser on our pages (whose cookie leads here through Django's session).

    Tokens are never stored: a refresh token is told by the id (``jti``) that its signature vouches for.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_sessions")
    kind = models.CharField(max_length=10, choices=SessionKind, default=SessionKind.API)
    expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=300, blank=True)
    refresh_id = models.UUIDField()
    previous_refresh_id = models.UUIDField(null=True)
    rotated_at = models.DateTimeField()
    successor_used = models.BooleanField(default=False)
    # When a second factor was last given in this session.
    second_factor_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, choices=SessionEnd, blank=True)

    class Meta:
        ordering = ["-last_seen_at"]
        indexes = [
            models.Index(fields=["user", "-last_seen_at"], condition=Q(revoked_at=None), name="accounts_session_live"),
            models.Index(fields=["expires_at"], name="accounts_session_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.device or 'unknown device'}"
