"""Jobs of this app."""

from celery import shared_task

from apps.accounts import services


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    services.purge_sessions()
