"""What the pages show, in few queries and within what the asker may see."""

from apps.dashboard.selectors.intake import (
    MATCHES,
    Offer,
    Phone,
    available,
    customers_matching,
    estimates_offered,
    get_model,
    intake_branches,
    is_customer,
    models_brought_by,
    models_matching,
    notices_at_intake,
    offers_for,
    parts_for,
    phone_with,
    repair_types,
)
from apps.dashboard.selectors.orders import (
    Line,
    OrderPage,
    Row,
    at_stage,
    colleagues_for,
    counts,
    has_note,
    has_payment,
    has_signature,
    is_promised_to,
    matching,
    order_made,
    order_page,
    orders_shown,
    rows_of,
    was_my_move,
)

__all__ = [
    "Line", "MATCHES", "Offer", "OrderPage", "Phone", "Row", "at_stage", "available", "colleagues_for", "counts",
    "customers_matching", "estimates_offered", "get_model", "has_note", "has_payment", "has_signature", "intake_branches",
    "is_customer", "is_promised_to", "matching", "models_brought_by", "models_matching", "notices_at_intake",
    "offers_for", "order_made", "order_page", "orders_shown", "parts_for", "phone_with", "repair_types", "rows_of",
    "was_my_move",
]  # fmt: skip
