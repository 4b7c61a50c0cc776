"""What a shop already knows of a device that is being brought: it may be in the house, or under warranty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.selectors.orders import orders_visible_to

_MOST = 20


@dataclass(frozen=True)
class KnownOrder:
    """An order of the same device. ``order`` is missing where the asker may not read it: then only the branch is told."""

    branch: Branch
    order: RepairOrder | None
    warranty_until: date | None = None


@dataclass(frozen=True)
class KnownDevice:
    """The orders of a device that are in the shop, and those whose warranty runs; the latest first."""

    open_orders: Sequence[KnownOrder] = ()
    under_warranty: Sequence[KnownOrder] = ()

    @property
    def is_remarkable(self) -> bool:
        return bool(self.open_orders or self.under_warranty)


def known_device(imei: str, serial: str, *, actor: Actor, today: date) -> KnownDevice:
    """What is known of the device with this IMEI or serial number, at whatever branch. Without a number, nothing."""
    numbers = Q(pk__in=[])
    if imei:
        numbers |= Q(device_imei=imei)
    if serial:
        numbers |= Q(device_serial=serial)
    if not (imei or serial):
        return KnownDevice()
    same = RepairOrder.objects.filter(numbers).select_related("branch").order_by("-created_at", "-pk")
    warranted = same.filter(warranties__ends_on__gte=today).annotate(until=Max("warranties__ends_on"))
    return KnownDevice(_told(same.in_house(), actor), _told(warranted, actor))


def _told(orders: QuerySet[RepairOrder], actor: Actor) -> list[KnownOrder]:
    found = list(orders[:_MOST])
    visible = set(orders_visible_to(actor).filter(pk__in=[order.pk for order in found]).values_list("pk", flat=True))
    return [
        KnownOrder(order.branch, order if order.pk in visible else None, getattr(order, "until", None))
        for order in found
    ]  # fmt: skip
