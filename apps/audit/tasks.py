"""Jobs of the outbox."""

from celery import shared_task

from apps.audit import services


@shared_task(name="audit.deliver")
def deliver(delivery_ids: list[str]) -> None:
    services.deliver(delivery_ids)


@shared_task(name="audit.sweep")
def sweep() -> None:
    services.sweep()
