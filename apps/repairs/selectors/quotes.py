"""Questions about the quotes of an order."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from apps.core.exceptions import NotFound
from apps.repairs.enums import QuoteStatus
from apps.repairs.models import Quote, QuoteLine, RepairLine, RepairOrder

# What of a line has to be as it was quoted, for a yes to the quote to be one to the line.
_OFFERED = (
    "repair_type_id", "part_type_id", "item_id", "quantity", "unit_price", "discount", "total_price", "tax_percent",
    "warranty_months",
)  # fmt: skip


def newest_quote(order_id: UUID) -> Quote | None:
    """The only version that can be decided on."""
    return Quote.objects.filter(order_id=order_id).order_by("-version").first()


def newest_quotes(order: RepairOrder) -> QuerySet[Quote]:
    """The newest version alone. Raises ``NotFound`` for an order that was never quoted."""
    newest = newest_quote(order.pk)
    if newest is None:
        raise NotFound("There is no quote for this order.")
    return Quote.objects.filter(pk=newest.pk)


def was_declined(order: RepairOrder) -> bool:
    """Whether the customer said no to the newest version."""
    newest = newest_quote(order.pk)
    return newest is not None and newest.status == QuoteStatus.DECLINED


def units_of_line(order: RepairOrder, line_id: UUID) -> int:
    """How many units a line of the order takes; 1 where there is no such line."""
    return RepairLine.objects.filter(order=order, pk=line_id).values_list("quantity", flat=True).first() or 1


def is_as_offered(offered: Iterable[QuoteLine], lines: Iterable[RepairLine]) -> bool:
    """Whether the lines of an order are still those that a quote was made of: another one cannot be approved."""
    bases = {line.order_line_id: _terms(line) for line in offered if line.instead_of_id is None}
    return bases == {line.pk: _terms(line) for line in lines}


def _terms(line: QuoteLine | RepairLine) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in _OFFERED)
