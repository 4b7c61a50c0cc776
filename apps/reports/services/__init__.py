"""Asking for reports, and making them."""

from apps.reports.services.exporting import report_csv
from apps.reports.services.making import ReportRequest, ask_report, make_due_reports, make_report, make_waiting_reports
from apps.reports.services.schedules import add_schedule, new_schedule

__all__ = [
    "ReportRequest",
    "add_schedule",
    "ask_report",
    "make_due_reports",
    "make_report",
    "make_waiting_reports",
    "new_schedule",
    "report_csv",
]
