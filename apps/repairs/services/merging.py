"""What becomes of orders and bookings when a device model is merged into another one."""

from django.utils import timezone

from apps.catalog.registry import Merging, Part
from apps.repairs.models import Booking, RepairOrder

_KINDS = (Booking, RepairOrder)


def _hold(merging: Merging) -> None:
    """A booking that is checked in, and an order that comes back, are locked before their model."""
    for kind in _KINDS:
        rows = kind._default_manager.select_for_update(of=("self",), no_key=True).filter(device_model=merging.source_id)
        list(rows.order_by("pk").values_list("pk"))


def _move(merging: Merging) -> dict[str, int]:
    stamp = {"device_model": merging.target_id, "updated_at": timezone.now()}
    return {
        kind._meta.label_lower: kind._default_manager.filter(device_model=merging.source_id).update(**stamp)
        for kind in _KINDS
    }


MERGED_DEVICES = Part(relations=[kind._meta.label_lower for kind in _KINDS], hold=_hold, move=_move)
