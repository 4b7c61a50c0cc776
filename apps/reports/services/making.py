"""A report is asked for, made by a job, and kept as it was made."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import jobs
from apps.core.actor import Actor
from apps.core.db import snapshot
from apps.core.exceptions import ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within, home_branch
from apps.reports import events, rules, selectors
from apps.reports.enums import Period, ReportStatus
from apps.reports.models import Report, ReportSchedule

logger = logging.getLogger(__name__)
ATTEMPTS = 5
TASK = "reports.make"
_UNHEARD = timedelta(seconds=30)  # after that its wake-up was lost
_LEASE = timedelta(minutes=6)  # longer than the job may take


@dataclass(frozen=True)
class ReportRequest:
    """A stretch of days at a branch: the period in which ``day`` lies, or a range from the first to the last day."""

    period: str
    branch_id: UUID | None = None
    day: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    id: UUID | None = None


@transaction.atomic
def ask_report(request: ReportRequest, *, actor: Actor) -> Report:
    """Have a report made; a job is woken after the commit. Without a branch it is the one where the actor works.

    Raises ``Forbidden``, ``ReferenceMissing`` for a branch whose figures the actor may not read, ``ValidationFailed``.
    """
    require(actor, Right.REPORTS_READ)
    branch = _branch(request.branch_id, actor)
    days = rules.days_of(request.period, request.day, request.first_day, request.last_day)
    report = _write(branch, Period(request.period), days, actor, pk=request.id)
    audit.record(
        events.ReportAsked(aggregate_id=report.pk, branch_id=branch.pk, first_day=days.first, last_day=days.last),
        actor=actor,
    )
    return report


def make_report(report_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """Compute and keep the figures of a report that waits; whether this call did. A second call changes nothing."""
    waiting = Report.objects.filter(pk=report_id, status=ReportStatus.WAITING)
    if not waiting.filter(attempts__lt=ATTEMPTS).update(attempts=F("attempts") + 1, updated_at=timezone.now()):
        waiting.update(status=ReportStatus.FAILED)
        return False
    report = Report.objects.select_related("branch").get(pk=report_id)
    with snapshot():
        data = selectors.figures_of(report.branch, rules.Days(report.first_day, report.last_day), now)
    with transaction.atomic():
        kept = Report.objects.filter(pk=report_id, status=ReportStatus.WAITING).update(
            data=data, made_at=now, status=ReportStatus.MADE, updated_at=timezone.now()
        )
        if kept:
            _tell(report, actor)
    return bool(kept)


def make_waiting_reports(*, actor: Actor, now: datetime) -> int:
    """Make what waits, because its wake-up was lost or its maker has died; the number made."""
    waiting = Report.objects.filter(status=ReportStatus.WAITING)
    lost = Q(attempts=0, created_at__lt=now - _UNHEARD) | Q(attempts__gt=0, updated_at__lt=now - _LEASE)
    ids = list(waiting.filter(lost).order_by("created_at").values_list("pk", flat=True))
    return sum(make_report(pk, actor=actor, now=now) for pk in ids)


def make_due_reports(*, actor: Actor, now: datetime) -> int:
    """Ask for the reports of periods that have ended, once for each schedule; the number asked for."""
    return sum(_ask_scheduled(schedule, days, actor) for schedule, days in selectors.due_schedules(now))


def _ask_scheduled(schedule: ReportSchedule, days: rules.Days, actor: Actor) -> bool:
    try:
        with transaction.atomic():
            _write(schedule.branch, Period(schedule.period), days, actor, schedule=schedule)
    except IntegrityError:  # another beat was quicker
        return False
    return True


def _write(
    branch: Branch,
    period: Period,
    days: rules.Days,
    actor: Actor,
    *,
    pk: UUID | None = None,
    schedule: ReportSchedule | None = None,
) -> Report:
    report = Report(
        id=pk or new_id(),
        branch=branch,
        period=period,
        first_day=days.first,
        last_day=days.last,
        schedule=schedule,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    report.save(force_insert=True)
    jobs.enqueue(TASK, str(report.pk))
    return report


def _tell(report: Report, actor: Actor) -> None:
    recipients: tuple[UUID, ...] = ()
    if report.schedule is not None:
        recipients = tuple(user.pk for user in selectors.readers_of(report.branch, report.schedule.recipients.all()))
    event = events.ReportMade(
        aggregate_id=report.pk,
        branch_id=report.branch_id,
        first_day=report.first_day,
        last_day=report.last_day,
        recipient_ids=recipients,
    )
    audit.record(event, actor=actor)


def _branch(branch_id: UUID | None, actor: Actor) -> Branch:
    if branch_id is None:
        home = home_branch(actor, Right.REPORTS_READ)
        if home is None:
            raise ValidationFailed.on("branchId", "required", "Say of which branch the report is to be.")
        return home
    branch = branches_within(actor, Right.REPORTS_READ).filter(pk=branch_id).first()
    if branch is None:
        raise ReferenceMissing.on("branchId", "branch among yours")
    return branch
