"""A record of the Open Repair Data Standard (openrepair.org): what it says of a repair, or why it cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from apps.catalog.enums import DeviceType
from apps.core.text import plain
from apps.repairs.enums import OrderStatus as S

LONGEST_PROBLEM = 2000
_DEVICES = {
    "laptop": DeviceType.LAPTOP,
    "mobile": DeviceType.PHONE,
    "tablet": DeviceType.TABLET,
    "desktop computer": DeviceType.DESKTOP,
}
_REPAIRED = ((S.IN_PROGRESS, ""), (S.COMPLETED, "Fixed"), (S.READY_PICKUP, ""), (S.DELIVERED, ""))
_NOT_REPAIRED = {
    "repairable": "Repairable, but not repaired at the event",
    "end of life": "End of life",
    "unknown": "The outcome was not recorded",
}


class RefusedRecord(ValueError):
    """The record cannot be taken; the text says why."""


@dataclass(frozen=True)
class OpenRepairRecord:
    """A repair as it was recorded. ``steps`` are the statuses that it went through after intake, each with its note."""

    reference: str
    provider: str
    brand: str
    device_type: DeviceType
    problem: str
    happened_at: datetime
    steps: tuple[tuple[S, str], ...]


def parse_open_repair(row: Mapping[str, str | None], today: date) -> OpenRepairRecord:
    """Raises ``RefusedRecord`` for a record without an id or a problem, or with a value that is none.

    Text is cleaned of markup, entities and literal line breaks. ``today`` bounds the date: nothing was repaired tomorrow.
    """
    value = {name: (text or "").strip() for name, text in row.items() if isinstance(name, str)}
    if not value.get("id"):
        raise RefusedRecord("id is empty")
    if len(value["id"]) > 100:
        raise RefusedRecord("id is longer than 100 characters")
    problem = plain(value.get("problem", ""))
    if not problem:
        raise RefusedRecord("problem is empty")
    if len(problem) > LONGEST_PROBLEM:
        raise RefusedRecord(f"problem is longer than {LONGEST_PROBLEM} characters")
    return OpenRepairRecord(
        reference=f"open-repair:{value['id']}",
        provider=value.get("data_provider", "")[:100] or "Unknown provider",
        brand=value.get("brand", "")[:80] or "Unknown",
        device_type=_device_type(value.get("product_category", "")),
        problem=problem,
        happened_at=_moment(value.get("event_date", ""), today),
        steps=_steps(value.get("repair_status", ""), value.get("repair_barrier_if_end_of_life", "")),
    )


def _device_type(category: str) -> DeviceType:
    if category.casefold() not in _DEVICES:
        raise RefusedRecord(f"product_category “{category}” is not known")
    return _DEVICES[category.casefold()]


def _moment(text: str, today: date) -> datetime:
    """Noon of the day, in UTC: the hour is not recorded."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RefusedRecord(f"event_date “{text}” is not a date") from None
    if not date(1990, 1, 1) <= day <= today:
        raise RefusedRecord(f"event_date “{text}” is out of range")
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _steps(status: str, barrier: str) -> tuple[tuple[S, str], ...]:
    if status.casefold() == "fixed":
        return _REPAIRED
    if status.casefold() not in _NOT_REPAIRED:
        raise RefusedRecord(f"repair_status “{status}” is not known")
    reason = _NOT_REPAIRED[status.casefold()]
    note = f"{reason}: {plain(barrier)}"[:1000] if barrier else reason
    return ((S.IN_PROGRESS, ""), (S.CANCELLED, note), (S.READY_PICKUP, "Goes back unrepaired"), (S.DELIVERED, ""))
