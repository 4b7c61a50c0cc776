"""Jobs of the core."""

from celery import shared_task

from apps.core import job_runs, services


@shared_task(name="core.purge_idempotency")
def purge_idempotency() -> None:
    services.purge_idempotency()


@shared_task(name="core.purge_job_runs")
def purge_job_runs() -> None:
    job_runs.purge_job_runs()
