"""Jobs of the messages."""

from celery import shared_task

from apps.notifications import services


@shared_task(name="notifications.send")
def send(message_ids: list[str]) -> None:
    services.send(message_ids)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    services.sweep()


@shared_task(name="notifications.purge")
def purge() -> None:
    services.purge()
