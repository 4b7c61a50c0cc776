"""Questions about repair orders, within what the asker may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from apps.accounts.enums import WORKERS, Role
from apps.accounts.models import User
from apps.accounts.rules import Reach, Right, reach
from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import InUse, NotFound
from apps.core.money import ZERO
from apps.inventory.selectors import branches_of, own_branch_ids, units_picked_for
from apps.repairs import rules
from apps.repairs.enums import GIVEN_UP, LINE_SOURCE, WAITING, LineState, NoteVisibility, OrderStatus, PaymentKind
from apps.repairs.events import OrderEvent
from apps.repairs.models import OrderNote, Payment, RepairLine, RepairOrder
from apps.repairs.models.orders import OPEN, overdue
from apps.repairs.selectors.facts import Facts, facts_of


def orders_visible_to(actor: Actor, right: Right = Right.ORDERS_READ) -> QuerySet[RepairOrder]:
    """The orders on which ``actor`` has ``right``: all, those of the own branches, or the own ones.

    A technician's own orders are those assigned to them, a customer's those of their devices.
    """
    match reach(actor, right):
        case Reach.ALL:
            return RepairOrder.objects.all()
        case Reach.BRANCH:
            return RepairOrder.objects.filter(branch_id__in=own_branch_ids(actor))
        case Reach.OWN if actor.role == Role.TECHNICIAN:
            return RepairOrder.objects.filter(technician_id=actor.id)
        case Reach.OWN if actor.role == Role.CUSTOMER and actor.id is not None:
            return RepairOrder.objects.filter(customer__user_id=actor.id)
        case _:
            return RepairOrder.objects.none()


def orders_searched_by(actor: Actor) -> QuerySet[RepairOrder]:
    """``orders_visible_to``, with the branches named: only then are the orders of one read in order of time."""
    if reach(actor, Right.ORDERS_READ) is not Reach.BRANCH:
        return orders_visible_to(actor)
    return RepairOrder.objects.filter(branch_id__in=[*own_branch_ids(actor).values_list("branch_id", flat=True)])


def orders_takeable_by(actor: Actor) -> QuerySet[RepairOrder]:
    """Unassigned orders in the shop where the actor works, an admin everywhere: what a technician may take."""
    unassigned = RepairOrder.objects.in_house().filter(technician=None)
    match reach(actor, Right.ORDERS_ASSIGN):
        case Reach.ALL:
            return unassigned
        case Reach.NONE:
            return unassigned.none()
        case _:
            return unassigned.filter(branch_id__in=own_branch_ids(actor))


def get_order(order_id: UUID, *, actor: Actor, right: Right = Right.ORDERS_READ) -> RepairOrder:
    """Raises ``NotFound`` outside the actor's scope."""
    order = orders_visible_to(actor, right).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such repair order.")
    return order


def get_assignable(order_id: UUID, *, actor: Actor) -> RepairOrder:
    """An order that ``actor`` may assign, or take because nobody has it. Raises ``NotFound``."""
    visible = orders_visible_to(actor, Right.ORDERS_ASSIGN) | orders_takeable_by(actor)
    order = visible.filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such repair order.")
    return order


def get_line(order: RepairOrder, line_id: UUID) -> RepairLine:
    """Raises ``NotFound`` for a line of another order."""
    line = RepairLine.objects.filter(order=order, pk=line_id).first()
    if line is None:
        raise NotFound("There is no such line on this order.")
    return line


def notes_visible_to(order: RepairOrder, actor: Actor) -> QuerySet[OrderNote]:
    """Customers see what was written for them."""
    notes = OrderNote.objects.filter(order=order)
    return notes.filter(visibility=NoteVisibility.CUSTOMER) if actor.role == Role.CUSTOMER else notes


def situation_of(order: RepairOrder) -> rules.Situation:
    """What the table of statuses needs to know of an order."""
    return situations_of([order])[order.pk]


def situations_of(orders: Iterable[RepairOrder]) -> dict[UUID, rules.Situation]:
    """``situation_of`` for several orders, in two statements."""
    found = {order.pk: order for order in orders}
    lines: dict[UUID, list[RepairLine]] = {pk: [] for pk in found}
    with_part = RepairLine.objects.filter(order__in=found, item__isnull=False).select_related("item")
    for line in with_part.annotate(picked=units_picked_for(LINE_SOURCE)):
        lines[line.order_id].append(line)
    facts = facts_of(found)
    return {pk: _situation(order, lines[pk], facts[pk]) for pk, order in found.items()}


def _situation(order: RepairOrder, lines: list[Any], facts: Facts) -> rules.Situation:
    states = [line.state for line in lines]
    unpicked = [
        str(line.item)
        for line in lines
        if line.state == LineState.RESERVED and line.item.tracks_serials and line.picked != line.quantity
    ]
    return rules.Situation(
        status=OrderStatus(order.status),
        unrepaired=order.unrepaired,
        parts_reserved=states.count(LineState.RESERVED),
        parts_missing=sum(state in {LineState.PLANNED, *WAITING} for state in states),
        parts_given_up=sum(state in GIVEN_UP for state in states),
        paid=order.paid,
        balance=rules.balance(order.charged),
        charge=rules.charge(order.charged),
        diagnosis_fee=order.diagnosis_fee,
        return_fee=order.return_fee,
        invoiced=facts.invoiced,
        currency=order.currency,
        has_password=facts.has_password,
        parts_unpicked=tuple(unpicked),
        order_number=order.order_number,
        outcome=order.outcome,
        declined=facts.declined,
        running=facts.running,
        quality_missing=facts.quality_required and not order.unrepaired and facts.passed is not True,
        total=order.total,
        consent=rules.Consent(order.approved_total, order.spend_limit, facts.quote),
    )


def transitions_of(order: RepairOrder, actor: Actor) -> list[rules.Transition]:
    """What ``actor`` may do next with the order, what each step would do and what still blocks it."""
    return list(rules.possible(situation_of(order), actor))


def transitions_of_many(orders: Iterable[RepairOrder], actor: Actor) -> dict[RepairOrder, list[rules.Transition]]:
    """``transitions_of`` for several orders, with a constant number of statements."""
    read = list(orders)
    situations = situations_of(read)
    return {order: list(rules.possible(situations[order.pk], actor)) for order in read}


def workers_for(orders: QuerySet[RepairOrder]) -> QuerySet[User]:
    """Who works at a branch of the orders and may be given one of them; admins may anywhere."""
    there = User.objects.filter(branch_memberships__branch__orders__in=orders.order_by().values("pk"))
    return User.objects.filter(
        Q(role=Role.ADMIN) | Q(pk__in=there.values("pk"), role__in=WORKERS), is_active=True
    ).order_by("first_name", "last_name")


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """The payments of the orders whose payments ``actor`` may read."""
    if reach(actor, Right.PAYMENTS_READ) is Reach.ALL:
        return Payment.objects.all()
    return Payment.objects.filter(order__in=orders_visible_to(actor, Right.PAYMENTS_READ))


@dataclass(frozen=True)
class Day:
    """A day where somebody works: its first and its last instant, and the name of the time zone."""

    starts: datetime
    ends: datetime
    zone: str


def day_of(actor: Actor, now: datetime) -> Day:
    """The day that it is at the branch where ``actor`` has worked the longest; in UTC for who works at none."""
    home = branches_of(actor.id).filter(is_active=True).first() if actor.id else None
    zone = home.zone if home else ZoneInfo("UTC")
    starts = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # On the wall clock, so that a day on which the clocks change is as long as it is.
    return Day(starts, starts + timedelta(days=1) - timedelta.resolution, zone.key)


@dataclass(frozen=True)
class Workload:
    """How many of the orders within somebody's scope are in each status and need a look; ``unassigned`` may be taken."""

    by_status: dict[str, int]
    overdue: int
    due: int
    unassigned: int


def workload_of(actor: Actor, day: Day, now: datetime) -> Workload:
    """Counted in three statements. ``due`` is what was promised for ``day`` and is not done yet."""
    orders = orders_visible_to(actor)
    by_status = dict(orders.order_by().values_list("status").annotate(number=Count("pk")))
    due = Q(estimated_completion__range=(day.starts, day.ends))
    late = orders.filter(status__in=OPEN).aggregate(
        overdue=Count("pk", filter=overdue(now)), due=Count("pk", filter=due)
    )
    return Workload(
        {status: by_status.get(status, 0) for status in OrderStatus.values},
        late["overdue"],
        late["due"],
        orders_takeable_by(actor).count(),
    )


def intakes_during(actor: Actor, day: Day) -> int:
    """How many orders within the actor's scope were taken in on that day."""
    return orders_visible_to(actor).filter(created_at__range=(day.starts, day.ends)).count()


@dataclass(frozen=True)
class Takings:
    """The money of one currency that came in and went back, in so many payments."""

    currency: str
    payments: int
    taken: Decimal
    refunded: Decimal


def takings_during(actor: Actor, day: Day) -> list[Takings]:
    """What was paid that day on the orders whose payments ``actor`` may read, by currency."""
    paid = payments_visible_to(actor).filter(created_at__range=(day.starts, day.ends)).order_by("currency")
    back = Q(kind=PaymentKind.REFUND)
    sums = paid.values_list("currency").annotate(
        number=Count("pk"), taken=Sum("amount", filter=~back), refunded=Sum("amount", filter=back)
    )
    return [Takings(currency, number, taken or ZERO, refunded or ZERO) for currency, number, taken, refunded in sums]


def order_events_since(moment: datetime) -> list[tuple[UUID, UUID]]:
    """Event id and order id of what has happened to any order since then, oldest first."""
    events = Event.objects.filter(aggregate=OrderEvent.aggregate, created_at__gte=moment).order_by("created_at", "id")
    return list(events.values_list("pk", "aggregate_id"))


def require_no_open_orders(customer_id: UUID) -> None:
    """Raises ``InUse`` while a device of the customer is in the shop."""
    if RepairOrder.objects.in_house().filter(customer_id=customer_id).exists():
        raise InUse("A device of this customer is still in the shop.")
