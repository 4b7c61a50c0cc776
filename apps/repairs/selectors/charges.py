"""What was charged: told to the price list, which learns from it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from apps.pricing.registry import PastPrice
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairLine

_DONE = (OrderStatus.COMPLETED, OrderStatus.READY_PICKUP, OrderStatus.DELIVERED)


class ChargedLines:
    """The lines of finished orders, as ``pricing.registry`` asks for them."""

    def charged(self, currency: str, since: date, most: int) -> Iterable[PastPrice]:
        """Prices that people set for work that was done; neither estimates, nor gifts, nor work under warranty."""
        lines = RepairLine.objects.filter(
            order__status__in=_DONE,
            order__unrepaired=False,
            order__warranty_of=None,
            order__currency=currency,
            order__completed_at__gte=datetime.combine(since, time.min, UTC),
            estimate__isnull=True,
            unit_price__gt=0,
        )
        columns = (
            "pk",
            "order__device_model_id",
            "repair_type_id",
            "part_type_id",
            "unit_price",
            "order__completed_at",
        )
        newest = lines.order_by("-order__completed_at", "-pk").values_list(*columns)[:most]
        return [
            PastPrice(pk, model, repair, part, price, completed.date())
            for pk, model, repair, part, price, completed in newest
        ]
