"""What is sent to make a booking, and what a refusal must leave alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.repairs.models import Booking
from tests.factories import CustomerFactory
from tests.tables import rows_of

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)  # a Monday
TUESDAY = datetime(2026, 5, 5, 10, 0, tzinfo=UTC)
KIM = {"firstName": "Kim", "lastName": "Ng", "phone": "+44 7700 900123", "email": "Kim@Mail.example"}
INVALID, UNKNOWN, FULL, MISSING = (
    (400, "VALIDATION_ERROR"),
    (400, "FOREIGN_KEY_ERROR"),
    (409, "CONFLICT"),
    (404, "NOT_FOUND"),
)


def wanted(branch: Branch, **changes: Any) -> dict[str, Any]:
    """A request for half an hour on Tuesday at ten; a change to ``...`` leaves a field out."""
    body = {
        "branchId": str(branch.pk),
        "customerId": ... if "phone" in changes or "customerId" in changes else str(CustomerFactory().pk),
        "startsAt": "2026-05-05T10:00:00Z",
        "durationMinutes": 30,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def books() -> dict[str, list[str]]:
    return rows_of([Booking, Event, Customer])


def told(made: Booking | str) -> list[tuple[str, dict[str, Any]]]:
    pk = made if isinstance(made, str) else made.pk
    return [(event.type, event.payload) for event in Event.objects.filter(aggregate_id=pk).order_by("created_at", "id")]
