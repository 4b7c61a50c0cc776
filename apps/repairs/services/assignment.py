"""Who works on an order."""

from uuid import UUID

from django.db import transaction

from apps.accounts.enums import WORKERS, Role
from apps.accounts.models import User
from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, ReferenceMissing
from apps.inventory.selectors import works_at
from apps.repairs import events, rules
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import CLOSED
from apps.repairs.services.locking import locked, locked_many


@transaction.atomic
def assign(order_id: UUID, technician_id: UUID | None, *, actor: Actor) -> RepairOrder:
    """Give an order to a technician of its branch, or to nobody. Giving it to who has it changes nothing.

    Technicians may take what nobody has, no more; the counter assigns before work starts. Raises ``Forbidden``,
    ``ReferenceMissing`` for somebody who does not work there, ``Conflict`` for an order that is closed.
    """
    require(actor, Right.ORDERS_ASSIGN)
    # Before the order, as when an account is erased: nobody is given work while, or after, they leave.
    worker = _locked_worker(technician_id)
    order = locked(order_id)
    if order.technician_id == technician_id:
        return order
    _require_may_assign(order, technician_id, actor)
    if order.status in CLOSED:
        raise Conflict(f"An order that is {OrderStatus(order.status).label} is not worked on.")
    if technician_id is not None and (worker is None or not _can_work_on(order, worker)):
        raise ReferenceMissing.on("technicianId", "technician at this branch")
    _give(order, technician_id, actor)
    return order


@transaction.atomic
def unassign_orders(technician_id: UUID, actor: Actor) -> None:
    """The orders in the shop that somebody has, whose account is erased, are nobody's from now on."""
    having = RepairOrder.objects.in_house().filter(technician_id=technician_id).values_list("pk", flat=True)
    for order in locked_many(having).values():
        if order.technician_id == technician_id:
            _give(order, None, actor)


def _give(order: RepairOrder, technician_id: UUID | None, actor: Actor) -> None:
    old, order.technician_id = order.technician_id, technician_id
    order.save(update_fields=["technician"])
    event = events.OrderAssigned(aggregate_id=order.pk, old_technician_id=old, new_technician_id=technician_id)
    audit.record(event, actor=actor)


def _require_may_assign(order: RepairOrder, technician_id: UUID | None, actor: Actor) -> None:
    if actor.role == Role.TECHNICIAN and (technician_id != actor.id or order.technician_id is not None):
        if order.technician_id not in {None, actor.id}:
            raise Conflict("Somebody else has taken this order.")
        raise Forbidden("Technicians take orders for themselves; a manager assigns them to others.")
    if actor.role == Role.SELLER and not rules.before_work(order.status):
        raise Forbidden("Once work has started, a manager assigns the order.")


def _locked_worker(user_id: UUID | None) -> User | None:
    workers = User.objects.select_for_update(no_key=True).filter(role__in=WORKERS, is_active=True)
    return workers.filter(pk=user_id).first() if user_id else None


def _can_work_on(order: RepairOrder, worker: User) -> bool:
    return worker.role == Role.ADMIN or works_at(worker.pk, order.branch_id)
