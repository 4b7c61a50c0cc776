"""Whether a provider may be asked now: its pace, and its circuit breaker, which all processes share.

After ``TRIPS_AT`` outages in a row a provider is left alone for a while, doubling up to ``LONGEST_REST``; then one message
tries it, and if that goes through the others follow at the provider's pace.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q

from apps.notifications.models import Provider

TRIPS_AT = 5
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=5)
# So long a message may wait for its turn in a sender's hands; for a later one it is put back.
PATIENCE = timedelta(seconds=2)


def slot(name: str, per_second: float, now: datetime) -> tuple[datetime, bool]:
    """When the provider may next be asked, and whether that turn is the caller's; a later one is not taken.

    Runs in the transaction of a claim.
    """
    Provider.objects.get_or_create(name=name)
    provider = Provider.objects.select_for_update().get(pk=name)
    if provider.open_until is not None and provider.open_until > now:
        return provider.open_until, False
    turn = max(now, provider.next_slot_at or now)
    if turn - now > PATIENCE:
        return turn, False
    changes = {"next_slot_at": turn + timedelta(seconds=1 / per_second)}
    if provider.open_until is not None:  # it has rested: this message tries it, and the others wait for what it finds
        changes["open_until"] = now + FIRST_REST
    Provider.objects.filter(pk=name).update(**changes)
    return turn, True


def went_well(name: str) -> None:
    """The provider has answered. Costs no write while nothing was wrong."""
    troubled = Provider.objects.filter(Q(failures__gt=0) | Q(open_until__isnull=False), pk=name)
    troubled.update(failures=0, open_until=None, last_error="")


def went_badly(name: str, error: str, now: datetime, retry_after: float = 0.0) -> datetime:
    """The provider takes nothing now; until when to leave it alone.

    It is asked by itself to wait ``retry_after`` seconds: then the turns of all messages begin later, and nothing is open.
    """
    Provider.objects.filter(pk=name).update(failures=F("failures") + 1, last_error=error[:200])
    provider = Provider.objects.get(pk=name)
    asked = now + timedelta(seconds=min(retry_after, LONGEST_REST.total_seconds()))
    if provider.failures < TRIPS_AT:
        Provider.objects.filter(Q(next_slot_at=None) | Q(next_slot_at__lt=asked), pk=name).update(next_slot_at=asked)
        return asked
    doubled = FIRST_REST * 2.0 ** min(provider.failures - TRIPS_AT, 10)
    until = max(asked, now + min(LONGEST_REST, doubled))
    Provider.objects.filter(Q(open_until=None) | Q(open_until__lt=until), pk=name).update(open_until=until)
    return until
