"""Questions about repair orders and bookings, within what the asker may see."""

from apps.repairs.selectors.bookings import (
    Availability,
    availability,
    booking_hours_within,
    booking_week,
    bookings_visible_to,
    branches_booked_by,
    require_no_coming_bookings,
    taken_during,
)
from apps.repairs.selectors.charges import ChargedLines
from apps.repairs.selectors.orders import (
    Day,
    Takings,
    Workload,
    day_of,
    get_assignable,
    get_line,
    get_order,
    intakes_during,
    notes_visible_to,
    order_events_since,
    orders_takeable_by,
    orders_visible_to,
    payments_visible_to,
    require_no_open_orders,
    situation_of,
    situations_of,
    takings_during,
    transitions_of,
    transitions_of_many,
    workers_for,
    workload_of,
)
from apps.repairs.selectors.parts import RepairBook

__all__ = [
    "Availability", "ChargedLines", "Day", "RepairBook", "Takings", "Workload", "availability",
    "booking_hours_within", "booking_week",
    "bookings_visible_to", "branches_booked_by", "day_of", "get_assignable", "get_line", "get_order",
    "intakes_during", "notes_visible_to", "order_events_since", "orders_takeable_by",
    "orders_visible_to", "payments_visible_to", "require_no_coming_bookings", "require_no_open_orders", "situation_of",
    "situations_of", "taken_during", "takings_during", "transitions_of", "transitions_of_many", "workers_for",
    "workload_of",
]  # fmt: skip
