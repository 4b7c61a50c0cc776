"""Pure decisions about orders and bookings: money, device numbers, times, and which status may follow which."""

from apps.repairs.rules.amounts import LineAmounts, OrderAmounts, balance, line_total, order_amounts
from apps.repairs.rules.bookings import (
    LONGEST,
    MOST_AT_ONCE,
    NO_CONTACT,
    SHORTEST,
    USUAL_HOURS,
    USUAL_WEEK,
    Contact,
    Hours,
    Slot,
    Span,
    hours_for,
    is_soon,
    opening_on,
    require_contact,
    require_no_contact,
    require_place,
    require_soon,
    slots_of,
    span_of,
)
from apps.repairs.rules.devices import NOT_AN_IMEI, bare_imei
from apps.repairs.rules.estimates import for_customer, for_staff, interval_words, is_estimated, kept_estimate
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
    "LONGEST", "MOST_AT_ONCE", "NOT_AN_IMEI", "NO_CONTACT", "SHORTEST", "TRANSITIONS", "USUAL_HOURS", "USUAL_WEEK",
    "Blocker", "Contact", "Hours", "LineAmounts", "OrderAmounts", "Situation", "Slot", "Span", "Transition", "balance",
    "bare_imei", "before_work", "for_customer", "for_staff", "hours_for", "interval_words", "is_estimated", "is_soon",
    "kept_estimate", "line_total", "lines_may_change", "opening_on",
    "order_amounts", "possible", "require_contact", "require_no_contact", "require_place", "require_soon",
    "require_transition", "slots_of", "span_of",
]  # fmt: skip
