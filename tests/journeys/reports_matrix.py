"""The lines of the role table for reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from apps.reports.models import Report, ReportSchedule
from apps.reports.services import ReportRequest, ask_report
from tests.factories.work import SYSTEM

DATE = date(2026, 5, 4)
DAY = {"period": "day", "day": "2026-05-04"}
NOBODY = "405 405 405 405 405"
READ, FOREIGN = "200 200 403 403 403", "200 404 403 403 403"

# operation, path, body, answers of: admin manager technician seller customer
REPORTS: list[tuple[str, str, Any, str]] = [
    ("GET", "reports", None, READ),
    ("GET", "reports/{own_report}", None, READ),
    ("GET", "reports/{foreign_report}", None, FOREIGN),
    ("GET", "reports/{own_report}/csv", None, READ),
    ("GET", "reports/{foreign_report}/csv", None, FOREIGN),
    ("POST", "reports", {**DAY, "branchId": "{own_branch}"}, "201 201 403 403 403"),
    ("POST", "reports", {**DAY, "branchId": "{foreign_branch}"}, "201 400 403 403 403"),
    ("GET", "report-schedules", None, READ),
    ("GET", "report-schedules/{own_schedule}", None, READ),
    ("GET", "report-schedules/{foreign_schedule}", None, FOREIGN),
    ("POST", "report-schedules", {"branchId": "{own_branch}", "period": "month"}, "201 201 403 403 403"),
    ("POST", "report-schedules", {"branchId": "{foreign_branch}", "period": "month"}, "201 400 403 403 403"),
    ("PUT", "report-schedules/{own_schedule}", {"branchId": "{own_branch}", "period": "week"}, READ),
    ("PATCH", "report-schedules/{own_schedule}", {"hour": 7}, READ),
    ("PATCH", "report-schedules/{foreign_schedule}", {"hour": 7}, FOREIGN),
    ("DELETE", "report-schedules/{own_schedule}", None, "204 204 403 403 403"),
    ("DELETE", "report-schedules/{foreign_schedule}", None, "204 404 403 403 403"),
]


def report(scene: Any) -> None:
    """A report that was made, and a schedule, on each side."""
    for side in ("own", "foreign"):
        branch = getattr(scene, f"{side}_branch")
        asked = ask_report(ReportRequest("day", branch.pk, day=DATE), actor=SYSTEM)
        Report.objects.filter(pk=asked.pk).update(status="made", data={}, made_at=asked.created_at)
        setattr(scene, f"{side}_report", asked)
        schedule = ReportSchedule.objects.create(branch=branch, period="day", since=DATE)
        setattr(scene, f"{side}_schedule", schedule)
