"""Questions about repair orders and bookings, within what the asker may see."""

from apps.repairs.selectors.attachments import (
    attachments_of,
    attachments_visible_to,
    customer_attachments,
    download_name,
    open_attachment,
)
from apps.repairs.selectors.booking_page import (
    LinkedBooking,
    booking_token,
    bookings_behind,
    get_linked,
    linked_booking,
)
from apps.repairs.selectors.bookings import (
    Availability,
    availability,
    booking_hours_within,
    booking_week,
    bookings_during,
    bookings_to_remind,
    bookings_visible_to,
    branches_booked_by,
    closure_on,
    closures_within,
    get_booking,
    require_no_coming_bookings,
    taken_during,
)
from apps.repairs.selectors.charges import (
    ChargedLines,
)
from apps.repairs.selectors.checklists import (
    checklist_templates,
    latest_checklist,
    template_for,
    templates_for_device,
)
from apps.repairs.selectors.customer_page import (
    OfferedLine,
    Tracked,
    TrackedQuote,
    open_tracked_file,
    tracked,
)
from apps.repairs.selectors.documents import (
    AddressOf,
    drop_off_to_print,
    invoice_facts,
    invoice_holding,
    invoice_to_print,
    label_facts,
    order_to_print,
    quote_facts,
    quote_to_print,
    visit_facts,
)
from apps.repairs.selectors.drop_offs import (
    drop_offs_visible_to,
    get_drop_off,
    totals_of_drop_off,
)
from apps.repairs.selectors.due import (
    delayed,
    due_of,
    to_remind_of,
    unclaimed,
)
from apps.repairs.selectors.intake import (
    KnownDevice,
    KnownOrder,
    known_device,
)
from apps.repairs.selectors.invoices import (
    get_invoice,
    invoice_of,
    invoiced_among,
    invoices_visible_to,
    require_not_invoiced,
    rests_of,
    standing_on,
)
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
    orders_searched_by,
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
from apps.repairs.selectors.parts import (
    RepairBook,
)
from apps.repairs.selectors.quotes import (
    is_as_offered,
    newest_quote,
    newest_quotes,
    units_of_line,
    was_declined,
)
from apps.repairs.selectors.searching import (
    orders_found,
    orders_found_anywhere,
)
from apps.repairs.selectors.settings import (
    PriceTerms,
    price_terms,
    workshop_of,
)
from apps.repairs.selectors.terms import (
    TermsText,
    image_of_signature,
    terms_for,
)
from apps.repairs.selectors.tracking import (
    NOWHERE,
    get_tracked,
    is_of_this_shop,
    orders_behind,
    tracking_token,
)
from apps.repairs.selectors.warranties import (
    Cover,
    covers_of,
    day_at,
    description_of,
    promise_of,
    warranties_of,
    warranty_terms,
)
from apps.repairs.selectors.work import (
    Work,
    entries_around,
    entries_correctable_by,
    running_of,
    work_on,
)

__all__ = [
    "AddressOf", "Availability", "ChargedLines", "Cover", "Day", "KnownDevice", "KnownOrder", "LinkedBooking",
    "NOWHERE", "OfferedLine", "PriceTerms", "RepairBook", "Takings", "TermsText", "Tracked", "TrackedQuote", "Work",
    "Workload", "attachments_of", "attachments_visible_to", "availability", "booking_hours_within", "booking_token",
    "booking_week", "bookings_behind", "bookings_during", "bookings_to_remind", "bookings_visible_to",
    "branches_booked_by", "checklist_templates", "closure_on", "closures_within", "covers_of", "customer_attachments",
    "day_at", "day_of", "delayed", "description_of", "download_name", "drop_off_to_print", "drop_offs_visible_to",
    "due_of", "entries_around", "entries_correctable_by", "get_assignable", "get_booking", "get_drop_off",
    "get_invoice", "get_line", "get_linked", "get_order", "get_tracked", "image_of_signature", "intakes_during",
    "invoice_facts", "invoice_holding", "invoice_of", "invoice_to_print", "invoiced_among", "invoices_visible_to",
    "is_as_offered", "is_of_this_shop", "known_device", "label_facts", "latest_checklist", "linked_booking",
    "newest_quote", "newest_quotes", "notes_visible_to", "open_attachment", "open_tracked_file", "order_events_since",
    "order_to_print", "orders_behind", "orders_found", "orders_found_anywhere", "orders_searched_by",
    "orders_takeable_by", "orders_visible_to", "payments_visible_to", "price_terms", "promise_of", "quote_facts",
    "quote_to_print", "require_no_coming_bookings", "require_no_open_orders", "require_not_invoiced", "rests_of",
    "running_of", "situation_of", "situations_of", "standing_on", "taken_during", "takings_during", "template_for",
    "templates_for_device", "terms_for", "to_remind_of", "totals_of_drop_off", "tracked", "tracking_token",
    "transitions_of", "transitions_of_many", "unclaimed", "units_of_line", "visit_facts", "warranties_of",
    "warranty_terms", "was_declined", "work_on", "workers_for", "workload_of", "workshop_of",
]  # fmt: skip
