"""Jobs of this app."""

from celery import shared_task

from apps.accounts import services


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    services.purge_sessions()


@shared_task(name="accounts.purge_page_sessions")
def purge_page_sessions() -> None:
    services.purge_page_sessions()


@shared_task(name="accounts.purge_codes")
def purge_codes() -> None:
    services.purge_codes()


@shared_task(name="accounts.purge_challenges")
def purge_challenges() -> None:
    services.purge_challenges()


@shared_task(name="accounts.purge_failures")
def purge_failures() -> None:
    services.purge_failures()


@shared_task(name="accounts.purge_claims")
def purge_claims() -> None:
    services.purge_claims()
