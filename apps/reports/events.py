"""What happens to reports."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ReportEvent(DomainEvent):
    """Something that happened to a report."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "reports.report"
    branch_id: UUID
    first_day: date
    last_day: date


@dataclass(frozen=True, kw_only=True)
class ReportAsked(ReportEvent):
    event_type: ClassVar[str] = "reports.report_asked"


@dataclass(frozen=True, kw_only=True)
class ReportMade(ReportEvent):
    """The figures are there. ``recipient_ids`` are users to whom it is to be mailed; nobody unless it was scheduled."""

    event_type: ClassVar[str] = "reports.report_made"
    recipient_ids: tuple[UUID, ...]
