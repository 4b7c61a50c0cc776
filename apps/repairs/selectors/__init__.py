"""Questions about repair orders and bookings, within what the asker may see."""

from apps.repairs.selectors.orders import (
    Day,
    Takings,
    Workload,
    day_of,
    get_assignable,
    get_line,
    get_order,
    intakes_during,
    is_order_of,
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

__all__ = [
    "Day", "Takings", "Workload", "day_of", "get_assignable", "get_line", "get_order", "intakes_during", "is_order_of",
    "notes_visible_to", "order_events_since", "orders_takeable_by", "orders_visible_to", "payments_visible_to",
    "require_no_open_orders", "situation_of", "situations_of", "takings_during", "transitions_of",
    "transitions_of_many", "workers_for", "workload_of",
]  # fmt: skip
