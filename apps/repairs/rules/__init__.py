"""Pure decisions about orders and bookings: money, device numbers, times, and which status may follow which."""

from apps.repairs.rules.allocating import (
    allocated,
)
from apps.repairs.rules.amounts import (
    Charged,
    LineAmounts,
    OrderAmounts,
    balance,
    charge,
    line_total,
    order_amounts,
    tax_of,
)
from apps.repairs.rules.authorisation import (
    Consent,
)
from apps.repairs.rules.bookings import (
    LONGEST,
    MOST_AT_ONCE,
    NO_CONTACT,
    REMINDED_AHEAD,
    SHORTEST,
    USUAL_HOURS,
    USUAL_WEEK,
    Contact,
    Hours,
    Slot,
    Span,
    booking_path,
    booking_token,
    hours_for,
    is_soon,
    opening_on,
    read_booking_token,
    require_contact,
    require_no_closure,
    require_no_contact,
    require_place,
    require_soon,
    slots_of,
    span_of,
    why_over,
)
from apps.repairs.rules.devices import (
    NOT_AN_IMEI,
    bare_imei,
)
from apps.repairs.rules.estimates import (
    for_customer,
    for_staff,
    interval_words,
    is_estimated,
    kept_estimate,
)
from apps.repairs.rules.invoices import (
    FEE,
    InvoiceTotals,
    Rest,
    can_be_invoiced,
    credited_tax,
    fee_amounts,
    invoice_totals,
)
from apps.repairs.rules.outcomes import (
    require_fitting,
    require_known,
)
from apps.repairs.rules.passwords import (
    password_problem,
)
from apps.repairs.rules.quotes import (
    LONGEST_VALIDITY,
    Choice,
    Offer,
    OfferedLine,
    chosen,
    line_number,
    sha256_of,
    text_of,
)
from apps.repairs.rules.searching import (
    Needle,
    needle,
)
from apps.repairs.rules.taxes import (
    TaxRow,
    tax_percent,
)
from apps.repairs.rules.tracking import (
    PUBLIC_WORDS,
    masked,
    read_token,
    token_for,
    tracking_path,
)
from apps.repairs.rules.transitions import (
    TRANSITIONS,
    Blocker,
    Situation,
    Transition,
    before_work,
    is_invoiced_by,
    is_rework,
    lines_may_change,
    outcome_of_move,
    possible,
    require_transition,
    return_fee_after,
)

__all__ = [
    "Blocker", "Charged", "Choice", "Consent", "Contact", "FEE", "Hours", "InvoiceTotals", "LONGEST",
    "LONGEST_VALIDITY", "LineAmounts", "MOST_AT_ONCE", "NOT_AN_IMEI", "NO_CONTACT", "Needle", "Offer", "OfferedLine",
    "OrderAmounts", "PUBLIC_WORDS", "REMINDED_AHEAD", "Rest", "SHORTEST", "Situation", "Slot", "Span", "TRANSITIONS",
    "TaxRow", "Transition", "USUAL_HOURS", "USUAL_WEEK", "allocated", "balance", "bare_imei", "before_work",
    "booking_path", "booking_token", "can_be_invoiced", "charge", "chosen", "credited_tax", "fee_amounts",
    "for_customer", "for_staff", "hours_for", "interval_words", "invoice_totals", "is_estimated", "is_invoiced_by",
    "is_rework", "is_soon", "kept_estimate", "line_number", "line_total", "lines_may_change", "masked", "needle",
    "opening_on", "order_amounts", "outcome_of_move", "password_problem", "possible", "read_booking_token",
    "read_token", "require_contact", "require_fitting", "require_known", "require_no_closure", "require_no_contact",
    "require_place", "require_soon", "require_transition", "return_fee_after", "sha256_of", "slots_of", "span_of",
    "tax_of", "tax_percent", "text_of", "token_for", "tracking_path", "why_over",
]  # fmt: skip
