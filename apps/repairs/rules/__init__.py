"""Pure decisions about orders: money, device numbers, and which status may follow which."""

from apps.repairs.rules.amounts import LineAmounts, OrderAmounts, balance, line_total, order_amounts
from apps.repairs.rules.devices import NOT_AN_IMEI, bare_imei
from apps.repairs.rules.transitions import (
    TRANSITIONS,
    Blocker,
    Situation,
    Transition,
    before_work,
    lines_may_change,
    possible,
    require_transition,
)

__all__ = [
    "NOT_AN_IMEI", "TRANSITIONS", "Blocker", "LineAmounts", "OrderAmounts", "Situation", "Transition", "balance",
    "bare_imei", "before_work",
    "line_total", "lines_may_change", "order_amounts", "possible", "require_transition",
]  # fmt: skip
