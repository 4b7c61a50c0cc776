"""Schedules of reports: plain records but for the day from which on they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.reports.models import ReportSchedule


def new_schedule(schedule: ReportSchedule, now: datetime) -> ReportSchedule:
    """``schedule``, unsaved, that holds from today on: nothing is made of what was over before it."""
    schedule.since = now.astimezone(schedule.branch.zone).date()
    return schedule


def add_schedule(fields: Mapping[str, Any], *, now: datetime) -> ReportSchedule:
    """A new schedule of these columns, and ``recipients``. Runs in the caller's transaction, which records it."""
    columns = {name: value for name, value in fields.items() if name != "recipients"}
    schedule = new_schedule(ReportSchedule(**columns), now)
    schedule.save(force_insert=True)
    schedule.recipients.set(fields.get("recipients", []))
    return schedule
