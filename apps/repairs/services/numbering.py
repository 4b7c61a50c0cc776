"""Order numbers."""

from apps.core.numbering import counted_up
from apps.repairs.models import OrderCounter


def next_order_number(year: int) -> str:
    """The next number of a year, ``R-2026-000123``, under the terms of ``counted_up``."""
    return f"R-{year}-{counted_up(OrderCounter, year):06d}"
