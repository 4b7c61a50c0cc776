"""The jobs in the back office: how much waits, what runs, what failed, and whether beat does. An admin's."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.core import jobs
from apps.core.admin_base import BackOfficeAdmin, Table
from apps.core.admin_site import actor_of, site
from apps.core.backlogs import Backlog, backlogs
from apps.core.beat import last_beat
from apps.core.enums import RunState
from apps.core.models import JobRun

SHOWN = 10
SILENT_AFTER = timedelta(minutes=1)


@admin.register(JobRun, site=site)
class JobRunAdmin(BackOfficeAdmin):
    """Runs of jobs. Read by admins, changed by nobody."""

    list_display = ["started_at", "name", "queue", "how", "attempts", "error", "finished_at"]
    list_filter = ["state", "queue"]
    search_fields = ["name"]
    search_help_text = "A part of a name."
    fields = ["id", "name", "queue", "how", "attempts", "error", "started_at", "finished_at", "lost_at"]
    readonly_fields = ["id", "how"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.is_superuser)

    @admin.display(description="state", ordering="state")
    def how(self, run: JobRun) -> str:
        is_open = run.state in {RunState.RUNNING, RunState.WAITING}
        return "lost" if is_open and run.lost_at <= timezone.now() else run.get_state_display()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        shown = {"title": "Jobs", **_state(request)} if self.has_view_permission(request) else {}
        return super().changelist_view(request, {**(extra_context or {}), **shown})


def _state(request: HttpRequest) -> dict[str, Any]:
    now, beat = timezone.now(), last_beat()
    running = JobRun.objects.alive(now)[:SHOWN]
    failed = JobRun.objects.failed(now)[:SHOWN]
    waiting = [_waiting(backlog, now) for backlog in backlogs(actor_of(request))]
    runs = [(run.name, _ago(run.started_at, now), run.attempts) for run in running]
    failures = [(run.name, _ago(run.started_at, now), run.error or "its worker died") for run in failed]
    queues = [(name, "unknown" if length is None else length) for name, length in jobs.lengths().items()]
    return {
        "silent": beat is None or now - beat > SILENT_AFTER,
        "beat": beat,
        "tables": [
            Table("Waiting", ("what", "waiting", "oldest", "given up"), waiting),
            Table("Queues at the broker", ("queue", "calls"), queues),
            Table("Running", ("job", "since", "try"), runs),
            Table("Last failures", ("job", "begun", "error"), failures),
        ],
    }


def _waiting(backlog: Backlog, now: datetime) -> tuple[Any, ...]:
    address = f"{reverse(f'admin:{backlog.page}')}?{backlog.query}"
    given_up = format_html('<a href="{}">{}</a>', address, backlog.given_up) if backlog.given_up else 0
    return backlog.title, backlog.waiting, _ago(backlog.oldest, now) if backlog.oldest else "–", given_up


def _ago(then: datetime, now: datetime) -> str:
    """How long ago, in its largest unit."""
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
