"""Questions about reports, and the figures that they are made of."""

from apps.reports.selectors.figures import figures_of
from apps.reports.selectors.reports import (
    due_schedules,
    get_report,
    readers_of,
    report_told_by,
    reports_visible_to,
    schedules_visible_to,
)

__all__ = [
    "due_schedules",
    "figures_of",
    "get_report",
    "readers_of",
    "report_told_by",
    "reports_visible_to",
    "schedules_visible_to",
]
