"""Counters of failed log-ins."""

from django.db import models


class FailedLogins(models.Model):
    """How often in a row something was tried in vain; ``key`` is an HMAC, so that nobody's identifier is kept here."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "failed logins"

    def __str__(self) -> str:
        return f"{self.failures} failures"
