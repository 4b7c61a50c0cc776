"""Jobs of the reports."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.core.actor import Actor
from apps.reports import services

ACTOR = Actor.system("reports")


# A year of a busy branch takes longer than most jobs may.
@shared_task(name="reports.make", soft_time_limit=300, time_limit=330)
def make(report_id: str) -> None:
    services.make_report(UUID(report_id), actor=ACTOR, now=timezone.now())


@shared_task(name="reports.sweep", soft_time_limit=300, time_limit=330)
def sweep() -> None:
    services.make_waiting_reports(actor=ACTOR, now=timezone.now())


@shared_task(name="reports.make_due")
def make_due() -> None:
    services.make_due_reports(actor=ACTOR, now=timezone.now())
