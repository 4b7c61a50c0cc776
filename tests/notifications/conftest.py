"""Providers for the tests of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.stand_in import ACCOUNT, KEY, TOKEN, Provider, standing_in


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """Twilio and SendGrid stood in for, and the keys for both."""
    with standing_in() as running:
        settings.TWILIO_API_URL = running.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_SENDER = "+15005550006"
        settings.EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
        settings.ANYMAIL = {
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_API_URL": f"{running.url}/v3/",
            "REQUESTS_TIMEOUT": (2, 2),
        }
        settings.SMS_PER_SECOND = settings.EMAILS_PER_SECOND = 10_000.0
        yield running
