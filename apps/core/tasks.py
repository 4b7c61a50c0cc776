"""Jobs of the core."""

from celery import shared_task

from apps.core import services


@shared_task(name="core.purge_idempotency")
def purge_idempotency() -> None:
    services.purge_idempotency()
