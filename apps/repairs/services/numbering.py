"""Numbers of orders and of visits."""

from apps.core.numbering import counted_up
from apps.repairs.models import DropOffCounter, OrderCounter


def next_order_number(year: int) -> str:
    """The next number of a year, ``R-2026-000123``, under the terms of ``counted_up``."""
    return f"R-{year}-{counted_up(OrderCounter, year):06d}"


def next_drop_off_number(year: int) -> str:
    """The next number of a visit, ``D-2026-000001``, under the same terms."""
    return f"D-{year}-{counted_up(DropOffCounter, year):06d}"
