"""What the pages of orders show, in few queries and within what the asker may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.api.pagination import Sought
from apps.core.exceptions import NotFound
from apps.dashboard.enums import Show, Stage
from apps.dashboard.rules import IN_HOUSE, is_overdue, token_scanned
from apps.inventory.models import Reservation
from apps.inventory.selectors import levels_visible_to, reservations_to_pick
from apps.repairs import rules as repair_rules
from apps.repairs.enums import LINE_SOURCE
from apps.repairs.models import OrderNote, Payment, RepairLine, RepairOrder, Signature, StatusHistory, WorkEntry
from apps.repairs.models.orders import overdue
from apps.repairs.selectors import (
    Work,
    notes_visible_to,
    orders_behind,
    orders_found,
    orders_searched_by,
    orders_takeable_by,
    orders_visible_to,
    situation_of,
    work_on,
    workers_for,
)


@dataclass(frozen=True)
class Row:
    """One order of the list."""

    order: RepairOrder
    overdue: bool


@dataclass(frozen=True)
class Line:
    """One line of the order page; ``available`` is what the branch has left of its part, if it may be known, ``promise``
    what is reserved of a part whose units have serial numbers."""

    line: RepairLine
    available: int | None
    promise: Reservation | None = None


@dataclass(frozen=True)
class OrderPage:
    """Everything that stands on the page of an order."""

    order: RepairOrder
    overdue: bool
    lines: Sequence[Line]
    notes: Sequence[OrderNote]
    history: Sequence[StatusHistory]
    payments: Sequence[Payment]
    transitions: Sequence[repair_rules.Transition]
    balance: Decimal
    has_password: bool
    colleagues: Sequence[User]
    work: Work | None  # the time spent, for those who spend or see it
    is_mine_running: bool


def orders_shown(actor: Actor, show: Show, *, searched: bool = False) -> QuerySet[RepairOrder]:
    """The orders of a list. A technician's unassigned ones may be taken, but not yet read in full."""
    if show is Show.FREE and actor.role == Role.TECHNICIAN:
        return orders_takeable_by(actor)
    visible = orders_searched_by(actor) if searched else orders_visible_to(actor)
    if show is Show.FREE:
        return visible.filter(technician=None)
    return visible.filter(technician_id=actor.id) if show is Show.MINE else visible


def at_stage(orders: QuerySet[RepairOrder], stage: str, now: datetime) -> QuerySet[RepairOrder]:
    """``orders`` in a status, or in a set of them; ``stage`` is a value of ``Stage`` or of ``OrderStatus``."""
    if stage == Stage.ANY:
        return orders
    if stage == Stage.IN_HOUSE:
        return orders.filter(status__in=IN_HOUSE)
    if stage == Stage.OVERDUE:
        return orders.filter(pk__in=RepairOrder.objects.overdue(now).values("pk"))
    return orders.filter(status=stage)


def matching(orders: QuerySet[RepairOrder], text: str, *, by_customer: bool) -> QuerySet[RepairOrder] | Sought:
    """``orders`` by number, IMEI, serial number or model, by the code on a receipt, and by their customer where that may
    be known.
    """
    if token := token_scanned(text):
        return orders.filter(pk__in=orders_behind(token).values("pk"))
    return orders_found(orders, text, by_customer=by_customer)


def counts(orders: QuerySet[RepairOrder], now: datetime) -> Mapping[str, int]:
    """How many of ``orders`` are in the shop, overdue, and in each status there; what has left it is not counted."""
    by_status = orders.filter(status__in=IN_HOUSE).order_by().values_list("status")
    rows = list(by_status.annotate(Count("pk"), late=Count("pk", filter=overdue(now))))
    sets = {Stage.IN_HOUSE.value: sum(row[1] for row in rows), Stage.OVERDUE.value: sum(row[2] for row in rows)}
    return sets | {status: count for status, count, _ in rows}


def rows_of(ids: Sequence[UUID], now: datetime) -> list[Row]:
    """The rows of a page whose ids were found within the asker's scope, in their order."""
    related = ("customer", "branch", "device_model__brand", "technician")
    found = RepairOrder.objects.select_related(*related).in_bulk(list(ids))
    orders = [found[pk] for pk in ids if pk in found]
    return [Row(order, is_overdue(order.status, order.estimated_completion, now)) for order in orders]


def order_page(order_id: UUID, now: datetime, *, actor: Actor) -> OrderPage:
    """Raises ``NotFound`` outside the actor's scope."""
    order = _order(order_id, actor)
    situation = situation_of(order)
    may_pay = reach(actor, Right.PAYMENTS_READ) is not Reach.NONE
    work = work_on(order, now) if reach(actor, Right.WORK_RECORD) is not Reach.NONE else None
    return OrderPage(
        order=order,
        overdue=is_overdue(order.status, order.estimated_completion, now),
        lines=_lines(order, actor),
        notes=list(notes_visible_to(order, actor)),
        history=list(order.history.all()),
        payments=list(order.payments.all()) if may_pay else [],
        transitions=list(repair_rules.possible(situation, actor)),
        balance=situation.balance,
        has_password=situation.has_password,
        colleagues=colleagues_for(order, actor),
        work=work,
        is_mine_running=work is not None and any(_runs_for(actor, entry) for entry in work.entries),
    )


def _runs_for(actor: Actor, entry: WorkEntry) -> bool:
    return entry.technician_id == actor.id and entry.stopped_at is None


def _order(order_id: UUID, actor: Actor) -> RepairOrder:
    related = ("customer", "branch", "device_model__brand", "technician", "warranty_of")
    order = orders_visible_to(actor).select_related(*related).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such repair order.")
    return order


def _lines(order: RepairOrder, actor: Actor) -> list[Line]:
    lines = list(order.lines.select_related("repair_type", "part_type", "item"))
    items = {line.item_id for line in lines if line.item_id}
    levels = levels_visible_to(actor).filter(branch_id=order.branch_id, item_id__in=items)
    available = {level.item_id: level.available for level in levels}
    tracked = [line.pk for line in lines if line.item is not None and line.item.tracks_serials]
    promises = reservations_to_pick(LINE_SOURCE, tracked) if tracked else {}
    return [
        Line(line, available.get(line.item_id, 0) if line.item_id else None, promises.get(line.pk)) for line in lines
    ]


def colleagues_for(order: RepairOrder, actor: Actor) -> list[User]:
    """Who can be given the order by ``actor``; nobody when it is not theirs to give."""
    giving = actor.role in {Role.ADMIN, Role.MANAGER} or (
        actor.role == Role.SELLER and repair_rules.before_work(order.status)
    )
    if not giving or order.status not in IN_HOUSE:
        return []
    return list(workers_for(RepairOrder.objects.filter(pk=order.pk)))


def was_my_move(order: RepairOrder, old: str, new: str, actor: Actor) -> bool:
    """Whether ``actor`` has just made this move: the second half of a double click asks for it again."""
    last = order.history.order_by("-created_at", "-id").first()
    return last is not None and (last.old_status, last.new_status, last.actor_id) == (old, new, actor.id)


def is_promised_to(order: RepairOrder, reservation_id: UUID) -> bool:
    """Whether a reservation is for this order."""
    return Reservation.objects.filter(pk=reservation_id, document_id=order.pk).exists()


def has_note(order_id: UUID, note_id: UUID) -> bool:
    """Whether this remark has been written already."""
    return OrderNote.objects.filter(order_id=order_id, pk=note_id).exists()


def has_payment(order_id: UUID, payment_id: UUID) -> bool:
    """Whether this payment has been booked already."""
    return Payment.objects.filter(order_id=order_id, pk=payment_id).exists()


def has_signature(order_id: UUID, signature_id: UUID) -> bool:
    """Whether this signature has been kept already."""
    return Signature.objects.filter(order_id=order_id, pk=signature_id).exists()


def order_made(order_id: UUID, actor: Actor) -> RepairOrder | None:
    """The order that a form has made already, if it has."""
    return orders_visible_to(actor).filter(pk=order_id).first()
