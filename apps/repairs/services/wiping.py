"""Passwords of devices whose time is over."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.repairs import events
from apps.repairs.models import DeviceSecret, RepairOrder
from apps.repairs.selectors.settings import workshop_of
from apps.repairs.services.locking import locked_many

_BATCH = 200
_DAY = timedelta(days=1)


def wipe_passwords(*, actor: Actor, now: datetime) -> int:
    """Wipe each device password that was kept for as long as its branch keeps one, whatever its order; how many.

    In batches, each a transaction: what is ended half-way goes on the next time.
    """
    old = DeviceSecret.objects.filter(kept_since__lte=now - _DAY)  # no branch keeps one for less
    branches = (
        RepairOrder.objects.filter(device_secret__in=old).order_by("branch_id").values_list("branch_id", flat=True)
    )
    wiped = 0
    for branch_id in list(branches.distinct()):
        until = now - timedelta(days=workshop_of(branch_id).password_kept_days)
        while number := _wipe_batch(branch_id, until, actor):
            wiped += number
    return wiped


@transaction.atomic
def _wipe_batch(branch_id: UUID, until: datetime, actor: Actor) -> int:
    due = DeviceSecret.objects.filter(order__branch_id=branch_id, kept_since__lte=until)
    orders = locked_many(list(due.order_by("kept_since", "pk").values_list("pk", flat=True)[:_BATCH]))
    # Asked again under the lock: a password that was typed meanwhile is a new one.
    over = list(due.filter(pk__in=orders).values_list("pk", flat=True))
    DeviceSecret.objects.filter(pk__in=over).delete()
    for pk in over:
        orders[pk].save(update_fields=["updated_at"])
        audit.record(events.DevicePasswordWiped(aggregate_id=pk), actor=actor)
    return len(over)
