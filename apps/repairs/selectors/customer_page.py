"""What the customer's page tells of an order: everything that concerns its owner, and nothing that is the shop's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO
from uuid import UUID

from apps.core.uploads import PICTURE
from apps.inventory.models import Branch
from apps.repairs import rules
from apps.repairs.enums import AttachmentKind, NoteVisibility, OrderStatus, QuoteStatus, Weekday
from apps.repairs.models import OrderNote, Quote, QuoteDecision, QuoteLine, RepairOrder
from apps.repairs.models import StatusHistory as History
from apps.repairs.models.orders import CLOSED
from apps.repairs.selectors.attachments import customer_attachments, download_name, open_attachment
from apps.repairs.selectors.bookings import booking_week
from apps.repairs.selectors.quotes import is_as_offered, newest_quote
from apps.repairs.selectors.tracking import get_tracked
from apps.repairs.selectors.warranties import warranties_of


@dataclass(frozen=True)
class Step:
    """A status that the order came to, in the words that are for its owner."""

    status: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Note:
    """What the shop has written for the customer."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Picture:
    """A file that is meant for the customer."""

    id: UUID
    kind: str
    name: str
    media: str
    has_thumbnail: bool
    at: datetime


@dataclass(frozen=True)
class OfferedLine:
    """A line of the quote, with the other ways to do it."""

    id: UUID
    order_line_id: UUID
    description: str
    quality: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    total_price: Decimal
    tax_percent: Decimal
    tax_amount: Decimal
    warranty_months: int
    is_required: bool
    currency: str
    is_chosen: bool
    alternatives: Sequence["OfferedLine"] = ()


@dataclass(frozen=True)
class TrackedQuote:
    """The newest version; ``can_decide`` while it waits for an answer that would be taken now.

    ``is_outdated`` says that the repair has changed since: the shop is to send the next version.
    """

    version: int
    status: str
    can_decide: bool
    is_outdated: bool
    currency: str
    prices_include_tax: bool
    subtotal: Decimal
    discount_total: Decimal
    tax_total: Decimal
    total: Decimal
    valid_until: datetime
    sent_at: datetime
    message: str
    text: str
    text_sha256: str
    lines: Sequence[OfferedLine]
    decided_at: datetime | None
    decided_total: Decimal | None


@dataclass(frozen=True)
class Covered:
    """Until when the shop answers for a kind of work."""

    description: str
    until: date


@dataclass(frozen=True)
class OpeningHours:
    """A day of the week on which the shop is open."""

    day: str
    opens: time
    closes: time


@dataclass(frozen=True)
class Shop:
    """Where the device is."""

    name: str
    address: str
    city: str
    country: str
    phone: str
    email: str
    timezone: str
    hours: Sequence[OpeningHours]


@dataclass(frozen=True)
class Tracked:
    """An order as its customer's page shows it."""

    order_number: str
    status: str
    status_text: str
    device: str
    imei: str
    serial: str
    issue: str
    promised: datetime | None
    received_at: datetime
    currency: str
    total: Decimal
    paid: Decimal
    balance: Decimal
    timeline: Sequence[Step]
    notes: Sequence[Note]
    attachments: Sequence[Picture]
    quote: TrackedQuote | None
    warranties: Sequence[Covered]
    shop: Shop


def tracked(token: str, now: datetime) -> Tracked:
    """What a link shows. Raises ``NotFound``, alike for every link that leads nowhere. Nine statements at most."""
    order = get_tracked(token)
    return Tracked(
        order_number=order.order_number,
        status=order.status,
        status_text=rules.PUBLIC_WORDS[OrderStatus(order.status)],
        device=str(order.device_model),
        imei=rules.masked(order.device_imei),
        serial=rules.masked(order.device_serial),
        issue=order.issue_description,
        promised=order.estimated_completion,
        received_at=order.created_at,
        currency=order.currency,
        total=order.total,
        paid=order.paid,
        balance=rules.balance(order.charged),
        timeline=_timeline(order),
        notes=_notes(order),
        attachments=_attachments(order),
        quote=_quote(order, now),
        warranties=_warranties(order),
        shop=shop_of(order.branch),
    )


def open_tracked_file(token: str, pk: UUID, *, thumbnail: bool = False) -> tuple[str, str, IO[bytes]]:
    """A file that is meant for whoever has the link: what a download is called, what it is, and the file, to be closed by
    the caller. Raises ``NotFound``, for a file of the shop's own as for one that there is not.
    """
    order = get_tracked(token)
    found, file = open_attachment(customer_attachments(order), pk, thumbnail=thumbnail)
    return download_name(found, order.order_number), PICTURE if thumbnail else found.media, file


def _timeline(order: RepairOrder) -> list[Step]:
    rows = History.objects.filter(order=order).values_list("new_status", "created_at")
    return [Step(status, rules.PUBLIC_WORDS[OrderStatus(status)], at) for status, at in rows]


def _notes(order: RepairOrder) -> list[Note]:
    notes = OrderNote.objects.filter(order=order, visibility=NoteVisibility.CUSTOMER)
    return [Note(*row) for row in notes.values_list("text", "created_at")]


def _attachments(order: RepairOrder) -> list[Picture]:
    return [
        Picture(file.pk, AttachmentKind(file.kind).value, file.name, file.media, file.has_thumbnail, file.created_at)
        for file in customer_attachments(order)
    ]


def _warranties(order: RepairOrder) -> list[Covered]:
    return [Covered(*row) for row in warranties_of(order).values_list("description", "ends_on")]


def shop_of(branch: Branch) -> Shop:
    """The branch, as strangers may know it."""
    week = sorted(booking_week(branch).items())
    hours = [OpeningHours(Weekday(day).label, open_.opens, open_.closes) for day, open_ in week]
    return Shop(
        name=branch.name,
        address=branch.address,
        city=branch.city,
        country=branch.country,
        phone=branch.phone_number,
        email=branch.email,
        timezone=branch.timezone,
        hours=hours,
    )


def _quote(order: RepairOrder, now: datetime) -> TrackedQuote | None:
    quote = newest_quote(order.pk)
    if quote is None:
        return None
    open_ = quote.status == QuoteStatus.SENT
    decision = None if open_ else QuoteDecision.objects.filter(quote=quote).first()
    late = open_ and quote.valid_until < now
    waits = open_ and not late and order.status not in CLOSED
    rows = list(quote.lines.all())
    outdated = waits and not is_as_offered(rows, order.lines.all())
    return TrackedQuote(
        version=quote.version,
        status=QuoteStatus.EXPIRED.value if late else quote.status,
        can_decide=waits and not outdated,
        is_outdated=outdated,
        currency=quote.currency,
        prices_include_tax=quote.prices_include_tax,
        subtotal=quote.subtotal,
        discount_total=quote.discount_total,
        tax_total=quote.tax_total,
        total=quote.total,
        valid_until=quote.valid_until,
        sent_at=quote.created_at,
        message=quote.message,
        text=quote.text,
        text_sha256=quote.text_sha256,
        lines=_offered(quote, rows, frozenset(decision.chosen) if decision else frozenset()),
        decided_at=decision.created_at if decision else None,
        decided_total=decision.total if decision else None,
    )


def _offered(quote: Quote, rows: Sequence[QuoteLine], chosen: frozenset[str]) -> list[OfferedLine]:
    others: dict[UUID, list[OfferedLine]] = {}
    for row in rows:
        if row.instead_of_id:
            others.setdefault(row.instead_of_id, []).append(_line(row, quote, chosen))
    return [_line(row, quote, chosen, others.get(row.pk, ())) for row in rows if not row.instead_of_id]


def _line(row: QuoteLine, quote: Quote, chosen: frozenset[str], others: Sequence[OfferedLine] = ()) -> OfferedLine:
    return OfferedLine(
        id=row.pk,
        order_line_id=row.order_line_id,
        description=row.description,
        quality=row.quality,
        quantity=row.quantity,
        unit_price=row.unit_price,
        discount=row.discount,
        total_price=row.total_price,
        tax_percent=row.tax_percent,
        tax_amount=row.tax_amount,
        warranty_months=row.warranty_months,
        is_required=row.is_required,
        currency=quote.currency,
        is_chosen=str(row.pk) in chosen,
        alternatives=others,
    )
