"""Reports and schedules within what the asker may see."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.accounts.rules import Right, reach
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.reports import rules
from apps.reports.models import Report, ReportSchedule


def reports_visible_to(actor: Actor) -> QuerySet[Report]:
    """The reports of the branches whose figures ``actor`` may read."""
    return Report.objects.filter(branch__in=branches_within(actor, Right.REPORTS_READ))


def schedules_visible_to(actor: Actor) -> QuerySet[ReportSchedule]:
    """The schedules of those branches."""
    return ReportSchedule.objects.filter(branch__in=branches_within(actor, Right.REPORTS_READ))


def get_report(report_id: UUID, *, actor: Actor) -> Report:
    """Raises ``NotFound`` outside the actor's scope."""
    report = reports_visible_to(actor).select_related("branch").filter(pk=report_id).first()
    if report is None:
        raise NotFound("There is no such report.")
    return report


def report_told_by(event_id: UUID) -> Report:
    """The report of which an event says that it was made."""
    about = Event.objects.filter(pk=event_id).values("aggregate_id")
    return Report.objects.select_related("branch").get(pk__in=about)


def readers_of(branch: Branch, users: Iterable[User]) -> list[User]:
    """Those of ``users`` who may read the branch's figures today."""
    return [user for user in users if user.is_active and _may_read(Actor.user(user), branch)]


def due_schedules(now: datetime) -> list[tuple[ReportSchedule, rules.Days]]:
    """Schedules whose last complete period has no report yet, with its days; in the branch's own time."""
    due = []
    for schedule in ReportSchedule.objects.filter(is_active=True).select_related("branch"):
        there = now.astimezone(schedule.branch.zone)
        days = rules.last_complete(schedule.period, there.date())
        missing = days.last >= schedule.since and there.hour >= schedule.hour
        if missing and not schedule.reports.filter(first_day=days.first).exists():
            due.append((schedule, days))
    return due


def _may_read(actor: Actor, branch: Branch) -> bool:
    return (
        bool(reach(actor, Right.REPORTS_READ))
        and branches_within(actor, Right.REPORTS_READ).filter(pk=branch.pk).exists()
    )
