"""What a customer says to a quote: once, to the newest version, and the order becomes what they chose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.repairs import events, rules, selectors
from apps.repairs.enums import DecidedBy, OrderStatus, QuoteStatus
from apps.repairs.models import Quote, QuoteDecision, QuoteLine, RepairLine, RepairOrder
from apps.repairs.models.orders import CLOSED
from apps.repairs.services.lines import change_held, remove_held
from apps.repairs.services.locking import actor_columns, locked, locked_for

CHANGED = "The repair has changed since this quote was sent. Ask the shop for a new one."
_OFFERED = ("repair_type_id", "part_type_id", "item_id", "quantity", "unit_price", "discount")


@dataclass(frozen=True)
class DecisionRequest:
    """A yes or no to a version: to ``lines`` of it, each by its id, or to all of the order's as they stand."""

    approved: bool
    version: int
    name: str
    lines: Sequence[UUID] | None = None
    reason: str = ""
    way: str = DecidedBy.LINK


@transaction.atomic
def decide_by_link(token: str, request: DecisionRequest, *, actor: Actor) -> Quote:
    """As ``decide_for_customer``, by whoever has the link. Raises ``NotFound`` for a token that leads nowhere."""
    order = locked(selectors.get_tracked(token).pk)
    # Asked again under the lock: the link may have been closed a moment ago.
    if not selectors.orders_behind(token).exists():
        raise NotFound(selectors.NOWHERE)
    return _decide(order, replace(request, way=DecidedBy.LINK), replace(actor, label=request.name))


@transaction.atomic
def decide_for_customer(order_id: UUID, request: DecisionRequest, *, actor: Actor) -> Quote:
    """Enter a decision that was told to the shop. The order's lines become what was chosen; its status stays.

    Saying the same again changes nothing. Raises ``NotFound``; ``Conflict`` for another version than the newest, one
    that was decided otherwise, has expired or no longer fits the order; ``ValidationFailed`` for a choice that is none.
    """
    return _decide(locked_for(actor, Right.ORDERS_PARTS, order_id), request, actor)


def _decide(order: RepairOrder, request: DecisionRequest, actor: Actor) -> Quote:
    quote = _newest(order, request.version)
    lines = list(quote.lines.all())
    choices = [rules.Choice(line.pk, line.order_line_id, line.instead_of_id, line.is_required) for line in lines]
    picked = rules.chosen(choices, request.lines) if request.approved else ()
    before = QuoteDecision.objects.filter(quote=quote).first()
    if before is not None:
        _require_same(before, request, picked)
        return quote
    _require_open(order, quote)
    if request.approved:
        _carry_out(order, lines, set(picked), actor)
        order.approved_total = order.total
    order.save(update_fields=["approved_total"])
    quote.status = QuoteStatus.APPROVED if request.approved else QuoteStatus.DECLINED
    quote.save(update_fields=["status"])
    _write(order, quote, request, picked, actor)
    return quote


def _newest(order: RepairOrder, version: int) -> Quote:
    quote = selectors.newest_quote(order.pk)
    if quote is None:
        raise Conflict("There is no quote to be answered.")
    if quote.version != version:
        raise Conflict(f"Version {version} is not the newest quote: that is version {quote.version}.")
    return quote


def _require_same(before: QuoteDecision, request: DecisionRequest, picked: Sequence[UUID]) -> None:
    if before.approved != request.approved or before.chosen != [str(pk) for pk in picked]:
        words = "approved" if before.approved else "declined"
        raise Conflict(f"This quote was {words} already. Talk to the shop to change that.")


def _require_open(order: RepairOrder, quote: Quote) -> None:
    if order.status in CLOSED:
        raise Conflict(f"This order is {OrderStatus(order.status).label}; its quote can no longer be answered.")
    if quote.status == QuoteStatus.EXPIRED or (quote.status == QuoteStatus.SENT and quote.valid_until < timezone.now()):
        raise Conflict("This quote has expired. Ask the shop for a new one.")
    if quote.status != QuoteStatus.SENT:
        raise Conflict("This quote is no longer needed.")


def _carry_out(order: RepairOrder, lines: Sequence[QuoteLine], picked: set[UUID], actor: Actor) -> None:
    """Make the order's lines what was chosen, their parts reserved and given back with them."""
    held = {line.pk: line for line in order.lines.all()}
    bases = [line for line in lines if line.instead_of_id is None]
    if {line.order_line_id for line in bases} != held.keys() or not all(
        _is_as_offered(held[line.order_line_id], line) for line in bases
    ):
        raise Conflict(CHANGED)
    others = {line.order_line_id: line for line in lines if line.instead_of_id and line.pk in picked}
    left = [held[line.order_line_id] for line in bases if line.pk not in picked]
    if left and not rules.lines_may_change(order.status):
        raise Conflict("The work is done already; talk to the shop to have less, or something else, charged.")
    if left:
        selectors.require_not_invoiced(order)
    # What stays comes first: an order is never without a line.
    for line in sorted(left, key=lambda line: line.pk not in others):
        if line.pk in others:
            change_held(order, line, {name: getattr(others[line.pk], name) for name in _OFFERED}, actor=actor)
        else:
            remove_held(order, line, actor=actor)


def _is_as_offered(line: RepairLine, offered: QuoteLine) -> bool:
    return all(getattr(line, name) == getattr(offered, name) for name in (*_OFFERED, "total_price"))


def _write(order: RepairOrder, quote: Quote, request: DecisionRequest, picked: Sequence[UUID], actor: Actor) -> None:
    total = order.total if request.approved else quote.total
    QuoteDecision.objects.create(
        quote=quote,
        approved=request.approved,
        way=request.way,
        name=request.name,
        reason=request.reason,
        chosen=[str(pk) for pk in picked],
        total=total,
        text_sha256=quote.text_sha256,
        address=actor.address,
        **actor_columns(actor),
    )
    event = events.QuoteDecided(
        aggregate_id=order.pk,
        order_number=order.order_number,
        quote_id=quote.pk,
        version=quote.version,
        approved=request.approved,
        way=request.way,
        total=total,
        currency=quote.currency,
        technician_id=order.technician_id,
    )
    audit.record(event, actor=actor)
