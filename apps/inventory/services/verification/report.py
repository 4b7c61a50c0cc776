"""The alarm: an event for each difference, each once a night."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from apps.audit import services as audit
from apps.audit.selectors import events_since
from apps.core.actor import Actor
from apps.core.db import one_at_a_time
from apps.core.events import DomainEvent
from apps.inventory import events
from apps.inventory.services.verification.differences import Discrepancy

TOLD_ONE_BY_ONE = 200
NIGHT = timedelta(hours=20)  # the next night comes after 24
_TYPES = (events.StockMismatch.event_type, events.DocumentMismatch.event_type, events.StockMismatches.event_type)


@transaction.atomic
def report_discrepancies(found: Iterable[Discrepancy]) -> int:
    """Raise the alarm: an event for each of the first 200 differences, and one that counts if there are more.

    What has been told in the last 20 hours is not told again, however often the job runs. Returns the number of events.
    """
    differences = list(found)
    if not differences:
        return 0
    one_at_a_time("stock verification")
    told = {
        _key(event.type, event.aggregate_id, event.payload) for event in events_since(timezone.now() - NIGHT, _TYPES)
    }
    new = [
        event for event in _alarms(differences) if _key(event.event_type, event.aggregate_id, vars(event)) not in told
    ]
    audit.record_many(new, actor=Actor.system("stock verification"))
    return len(new)


def _alarms(differences: list[Discrepancy]) -> list[DomainEvent]:
    alarms = [_alarm(difference) for difference in differences[:TOLD_ONE_BY_ONE]]
    if len(differences) > TOLD_ONE_BY_ONE:
        whole = uuid5(NAMESPACE_OID, "stock verification")
        alarms.append(events.StockMismatches(aggregate_id=whole, found=len(differences), told=TOLD_ONE_BY_ONE))
    return alarms


def _alarm(difference: Discrepancy) -> DomainEvent:
    if difference.item_id is None:
        return events.DocumentMismatch(
            aggregate_id=uuid5(NAMESPACE_OID, difference.document),
            what=difference.what,
            document=difference.document,
            stored=difference.stored,
            proven=difference.proven,
        )
    return events.StockMismatch(
        aggregate_id=difference.item_id,
        branch_id=difference.branch_id,
        what=difference.what,
        document=difference.document,
        stored=difference.stored,
        proven=difference.proven,
    )


def _key(kind: str, aggregate_id: UUID, payload: dict[str, object]) -> tuple[str, ...]:
    """What makes two alarms the same, of a stored event and of one that is not yet stored."""
    names = ("branch_id", "what", "document", "stored", "proven", "found")
    return (kind, str(aggregate_id), *(str(payload.get(name)) for name in names))
