"""What the stock asks about orders: their numbers, and which lines wait for a part."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import F

from apps.core.actor import Actor
from apps.inventory.registry import Waiting
from apps.repairs.enums import WAITING
from apps.repairs.models import RepairLine
from apps.repairs.models.orders import OPEN
from apps.repairs.selectors.orders import orders_visible_to


class RepairBook:
    """The repair orders, as ``inventory.registry`` asks for them."""

    def numbers(self, ids: Collection[UUID], actor: Actor) -> Mapping[UUID, str]:
        return dict(orders_visible_to(actor).filter(pk__in=ids).order_by().values_list("pk", "order_number"))

    def numbered(self, number: str, actor: Actor) -> UUID | None:
        return orders_visible_to(actor).filter(order_number=number).values_list("pk", flat=True).first()

    def waiting(self, branch_id: UUID, item_ids: Collection[UUID] | None) -> Iterable[Waiting]:
        lines = RepairLine.objects.filter(
            state__in=WAITING, item__isnull=False, order__branch_id=branch_id, order__status__in=OPEN
        )
        if item_ids is not None:
            lines = lines.filter(item_id__in=item_ids)
        columns = ("pk", "item_id", "quantity", "order_id", "order__order_number", "order__created_at",
                   "order__estimated_completion")  # fmt: skip
        promised = F("order__estimated_completion").asc(nulls_last=True)
        rows = lines.order_by(promised, "order__created_at", "order_id", "position").values_list(*columns)
        return [Waiting(*row) for row in rows]
