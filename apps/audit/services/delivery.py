"""Takes deliveries to their subscribers, each effect exactly once.

A claim is a conditional update that is committed before the handler runs; the handler's effect and the mark "done" are
one transaction. So a process that dies in between leaves either nothing or all of it, and its lease runs out.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.audit import registry, rules
from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery
from apps.audit.services.recording import record_saved
from apps.core import jobs
from apps.core.actor import Actor
from apps.core.ids import new_id

logger = logging.getLogger(__name__)
SWEEP_BATCH = 200


def deliver(delivery_ids: Iterable[UUID | str]) -> int:
    """Handle those of the deliveries that are due and free; the number that succeeded."""
    return sum(_deliver_one(UUID(str(delivery_id))) for delivery_id in delivery_ids)


def sweep(limit: int = SWEEP_BATCH) -> int:
    """Handle what is due and was not handled by a wake-up, oldest first; the number that succeeded."""
    _bury(timezone.now())
    due = Delivery.objects.due(timezone.now()).order_by("next_attempt_at")[:limit]
    return deliver(due.values_list("pk", flat=True))


@transaction.atomic
def retry(delivery: Delivery, *, actor: Actor) -> bool:
    """Bring a dead letter back to life: due now, with all its attempts, and a worker is woken for it.

    Others are left as they are; whether this one was dead. Recorded as an event of the delivery.
    """
    revived = (
        Delivery.objects.dead()
        .filter(pk=delivery.pk)
        .update(
            status=DeliveryStatus.PENDING,
            attempts=0,
            next_attempt_at=timezone.now(),
            lease_owner=None,
            lease_until=None,
        )
    )
    if revived:
        changes = {"status": [DeliveryStatus.DEAD.value, DeliveryStatus.PENDING.value]}
        record_saved("retried", aggregate="audit.delivery", aggregate_id=delivery.pk, changes=changes, actor=actor)
        jobs.enqueue("audit.deliver", [str(delivery.pk)])
    return bool(revived)


def _deliver_one(delivery_id: UUID) -> bool:
    lease = _claim(delivery_id, timezone.now())
    if lease is None:
        return False
    try:
        return _handle(delivery_id, lease)
    except Exception as error:
        logger.exception("Delivery %s failed.", delivery_id)
        _postpone(delivery_id, lease, error)
        return False


def _claim(delivery_id: UUID, now: datetime) -> UUID | None:
    lease = new_id()
    claimed = (
        Delivery.objects.due(now)
        .filter(pk=delivery_id, attempts__lt=rules.ATTEMPTS)
        .update(lease_owner=lease, lease_until=now + rules.LEASE, attempts=F("attempts") + 1)
    )
    return lease if claimed else None


def _bury(now: datetime) -> None:
    """Give up what never came back from its last attempt: a handler that kills its worker must not do so for ever."""
    lost = Delivery.objects.due(now).filter(attempts__gte=rules.ATTEMPTS)
    buried = lost.update(
        status=DeliveryStatus.DEAD, lease_owner=None, lease_until=None, last_error="The worker died at each attempt."
    )
    if buried:
        logger.error("%s deliveries were given up: the worker died at each attempt.", buried)


def _handle(delivery_id: UUID, lease: UUID) -> bool:
    with transaction.atomic():
        held = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id, lease_owner=lease)
        delivery = held.select_related("event").first()
        if delivery is None:  # the lease ran out and somebody else has it
            return False
        subscriber = registry.named(delivery.subscriber)
        if subscriber is None:
            raise LookupError(f"No subscriber is named {delivery.subscriber!r}.")
        subscriber.handle(delivery.event)
        held.update(
            status=DeliveryStatus.DONE, done_at=timezone.now(), lease_owner=None, lease_until=None, last_error=""
        )
        return True


def _postpone(delivery_id: UUID, lease: UUID, error: Exception) -> None:
    held = Delivery.objects.filter(pk=delivery_id, lease_owner=lease)
    for attempts in held.values_list("attempts", flat=True):
        dead = rules.is_given_up(attempts)
        held.update(
            status=DeliveryStatus.DEAD if dead else DeliveryStatus.PENDING,
            next_attempt_at=timezone.now() + rules.wait_after(attempts, random.random()),
            lease_owner=None,
            lease_until=None,
            last_error=_words(error),
        )


def _words(error: Exception) -> str:
    """What went wrong, as text that every database can hold."""
    text = f"{type(error).__name__}: {error}"[:2000]
    return text.encode("utf-8", "replace").decode().replace("\0", "")
