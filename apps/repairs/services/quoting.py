"""Quotes that are sent: the lines of an order, frozen as a numbered version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.catalog.models import PartType, RepairType
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ValidationFailed
from apps.core.ids import new_id
from apps.repairs import events, rules, selectors
from apps.repairs.enums import OrderStatus, QuoteStatus
from apps.repairs.models import Quote, QuoteLine, RepairLine, RepairOrder
from apps.repairs.services.drafting import LineRequest, draft_lines
from apps.repairs.services.locking import actor_columns, locked, locked_for

EXPIRED_AT_ONCE = 500


@dataclass(frozen=True)
class Alternative:
    """Another way to do a line of the order."""

    line_id: UUID
    request: LineRequest


@dataclass(frozen=True)
class QuoteRequest:
    """A quote as it is asked for: for the branch's usual time unless a time or a number of days is named."""

    valid_until: datetime | None = None
    valid_days: int | None = None
    message: str = ""
    required_line_ids: Sequence[UUID] = ()
    alternatives: Sequence[Alternative] = ()
    id: UUID | None = None
    notify: bool = True


@transaction.atomic
def send_quote(order_id: UUID, request: QuoteRequest, *, actor: Actor) -> Quote:
    """Freeze the order's lines as its next version, which takes the place of one that nobody has answered.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` once the order's lines can no longer change,
    ``ValidationFailed`` for a time that has passed or a line that the order does not have, and what ``draft_lines``
    raises for another way to do one.
    """
    order = locked_for(actor, Right.ORDERS_PARTS, order_id)
    if not rules.lines_may_change(order.status):
        raise Conflict(f"There is nothing to be quoted for an order that is {OrderStatus(order.status).label}.")
    return _freeze(order, request, actor=actor)


def ask_again(order: RepairOrder, *, actor: Actor) -> None:
    """Quote an order anew whose lines have just changed, if it is dearer by now than its customer has agreed to.

    A version that was made so is withdrawn when the order is within the agreement again. Runs under the order's lock.
    """
    consent = rules.Consent(order.approved_total, order.spend_limit)
    if consent.authorised is None:
        return
    if consent.is_exceeded_by(order.total):
        _freeze(order, QuoteRequest(), actor=actor, automatic=True)
        return
    undecided = order.quotes.filter(status=QuoteStatus.SENT, is_automatic=True).first()
    if undecided is not None:
        _end(undecided, QuoteStatus.SUPERSEDED, actor)


def expire_quotes(*, actor: Actor, now: datetime) -> int:
    """End what nobody has answered in time; the number of quotes. Running it again finds none."""
    over = Quote.objects.filter(status=QuoteStatus.SENT, valid_until__lt=now).order_by("valid_until", "pk")
    rows = list(over.values_list("pk", "order_id")[:EXPIRED_AT_ONCE])
    return sum(_expire(pk, order_id, actor) for pk, order_id in rows)


@transaction.atomic
def _expire(quote_id: UUID, order_id: UUID, actor: Actor) -> int:
    locked(order_id)  # who decides at this moment does so before or after
    quote = Quote.objects.filter(pk=quote_id, status=QuoteStatus.SENT).first()
    if quote is None:
        return 0
    _end(quote, QuoteStatus.EXPIRED, actor)
    return 1


def _end(quote: Quote, status: QuoteStatus, actor: Actor) -> None:
    quote.status = status
    quote.save(update_fields=["status"])
    event = events.QuoteEnded(
        aggregate_id=quote.order_id, quote_id=quote.pk, version=quote.version, status=status.value
    )
    audit.record(event, actor=actor)


def _freeze(order: RepairOrder, request: QuoteRequest, *, actor: Actor, automatic: bool = False) -> Quote:
    lines = list(order.lines.select_related("repair_type", "part_type"))
    offered = _offered(order, lines, request)
    before = selectors.newest_quote(order.pk)
    if before is not None and before.status == QuoteStatus.SENT:
        before.status = QuoteStatus.SUPERSEDED
        before.save(update_fields=["status"])
    quote = Quote(
        id=request.id or new_id(),
        order=order,
        version=before.version + 1 if before else 1,
        currency=order.currency,
        prices_include_tax=order.prices_include_tax,
        subtotal=order.subtotal,
        discount_total=order.discount_total,
        tax_total=order.tax_total,
        total=order.total,
        valid_until=_valid_until(order, request),
        message=request.message,
        is_automatic=automatic,
        **actor_columns(actor),
    )
    quote.text = rules.text_of(_in_words(order, quote, offered))
    quote.text_sha256 = rules.sha256_of(quote.text)
    quote.save(force_insert=True)
    for line in offered:
        line.quote = quote
    QuoteLine.objects.bulk_create(offered)
    _tell(order, quote, request.notify, actor)
    return quote


def _tell(order: RepairOrder, quote: Quote, notify: bool, actor: Actor) -> None:
    event = events.QuoteSent(
        aggregate_id=order.pk,
        order_number=order.order_number,
        quote_id=quote.pk,
        version=quote.version,
        total=quote.total,
        currency=quote.currency,
        valid_until=quote.valid_until,
        automatic=quote.is_automatic,
        notify=notify,
    )
    audit.record(event, actor=actor)


def _valid_until(order: RepairOrder, request: QuoteRequest) -> datetime:
    now = timezone.now()
    if request.valid_until is not None:
        if request.valid_until <= now:
            raise ValidationFailed.on("validUntil", "min_value", "This time has passed.")
        if request.valid_until > now + timedelta(days=rules.LONGEST_VALIDITY):
            words = f"A quote is valid for at most {rules.LONGEST_VALIDITY} days."
            raise ValidationFailed.on("validUntil", "max_value", words)
        return request.valid_until
    return now + timedelta(days=request.valid_days or selectors.workshop_of(order.branch_id).quote_valid_days)


def _offered(order: RepairOrder, lines: Sequence[RepairLine], request: QuoteRequest) -> list[QuoteLine]:
    """Each line of the order, followed by the other ways to do it."""
    own = {line.pk for line in lines}
    for position, line_id in enumerate(request.required_line_ids):
        _require_own(line_id, own, f"requiredLineIds.{position}")
    for position, other in enumerate(request.alternatives):
        _require_own(other.line_id, own, f"alternatives.{position}.lineId")
    drafted = draft_lines(order, [other.request for other in request.alternatives], path="alternatives.{}.")
    _name(drafted)
    offered: list[QuoteLine] = []
    for line in lines:
        base = _copy(line, line.pk, is_required=line.pk in request.required_line_ids)
        others = [
            _copy(draft, line.pk, instead_of=base)
            for draft, other in zip(drafted, request.alternatives, strict=True)
            if other.line_id == line.pk
        ]
        offered += [base, *others]
    for position, row in enumerate(offered, start=1):
        row.position = position
    return offered


def _require_own(line_id: UUID, own: set[UUID], field: str) -> None:
    if line_id not in own:
        raise ValidationFailed.on(field, "does_not_exist", "There is no such line on this order.")


def _name(drafted: Iterable[RepairLine]) -> None:
    """Give drafts their repair and part types, for the words that describe them; two look-ups however many they are."""
    lines = list(drafted)
    repair_types = RepairType.objects.in_bulk({line.repair_type_id for line in lines})
    part_types = PartType.objects.in_bulk({line.part_type_id for line in lines if line.part_type_id})
    for line in lines:
        line.repair_type = repair_types[line.repair_type_id]
        line.part_type = part_types[line.part_type_id] if line.part_type_id else None


def _copy(
    line: RepairLine, order_line_id: UUID, *, is_required: bool = False, instead_of: QuoteLine | None = None
) -> QuoteLine:
    part = line.part_type
    return QuoteLine(
        order_line_id=order_line_id,
        instead_of=instead_of,
        is_required=is_required,
        repair_type_id=line.repair_type_id,
        part_type_id=line.part_type_id,
        item_id=line.item_id,
        description=f"{line.repair_type.name} – {part.name}" if part else line.repair_type.name,
        quality=part.quality if part else "",
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        total_price=line.total_price,
        tax_percent=line.tax_percent,
        tax_amount=line.tax_amount,
        warranty_months=line.warranty_months,
    )


def _in_words(order: RepairOrder, quote: Quote, lines: Sequence[QuoteLine]) -> rules.Offer:
    numbers: dict[UUID, str] = {}
    base = alternative = 0
    for line in lines:
        base, alternative = (base, alternative + 1) if line.instead_of else (base + 1, 0)
        numbers[line.pk] = rules.line_number(base, alternative)
    return rules.Offer(
        shop=order.branch.name,
        order_number=order.order_number,
        device=str(order.device_model),
        version=quote.version,
        currency=quote.currency,
        prices_include_tax=quote.prices_include_tax,
        lines=[_line_in_words(line, numbers) for line in lines],
        subtotal=quote.subtotal,
        discount_total=quote.discount_total,
        tax_total=quote.tax_total,
        total=quote.total,
        valid_until=quote.valid_until.astimezone(order.branch.zone),
        message=quote.message,
    )


def _line_in_words(line: QuoteLine, numbers: dict[UUID, str]) -> rules.OfferedLine:
    return rules.OfferedLine(
        number=numbers[line.pk],
        description=f"{line.description} ({line.quality})" if line.quality else line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        total=line.total_price,
        tax_percent=line.tax_percent,
        tax=line.tax_amount,
        warranty_months=line.warranty_months,
        is_required=line.is_required,
        instead_of=numbers[line.instead_of.pk] if line.instead_of else "",
    )
