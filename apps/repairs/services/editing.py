"""Corrections of the intake."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.rules import Right, require
from apps.accounts.selectors import customers_visible_to
from apps.audit import services as audit
from apps.catalog.services import hold_model
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing
from apps.repairs import events, rules
from apps.repairs.enums import OrderStatus
from apps.repairs.models import DeviceSecret, RepairOrder
from apps.repairs.services.locking import locked_for

EDITABLE = frozenset({
    "customer_id", "device_model_id", "device_imei", "device_serial", "device_password", "priority", "issue_description",
    "cosmetic_condition", "accessories", "estimated_completion",
})  # fmt: skip


@transaction.atomic
def edit_order(order_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """Change fields of the intake; an empty ``device_password`` removes it. What is as it was writes nothing.

    The counter may until work starts, nobody after the hand-over: ``Conflict``. Raises ``NotFound`` for an order and
    ``ReferenceMissing`` for a customer or model that does not exist in the actor's scope.
    """
    require(actor, Right.ORDERS_EDIT)
    changes = _with_current_references(changes, actor)
    order = locked_for(actor, Right.ORDERS_EDIT, order_id)
    closed = order.status == OrderStatus.DELIVERED
    if closed or (actor.role == Role.SELLER and not rules.before_work(order.status)):
        raise Conflict(f"An order that is {OrderStatus(order.status).label} cannot be edited by your role.")
    changed = [name for name in sorted(EDITABLE & changes.keys()) if _present(order, name) != changes[name]]
    if not changed:
        return order
    for name in changed:
        if name == "device_password":
            _keep_password(order, changes[name])
        else:
            setattr(order, name, changes[name])
    order.save()
    audit.record(events.OrderChanged(aggregate_id=order.pk, changed=tuple(changed)), actor=actor)
    return order


def _with_current_references(changes: Mapping[str, Any], actor: Actor) -> Mapping[str, Any]:
    """The changes, with a model that was merged replaced by where it went."""
    customer_id, model_id = changes.get("customer_id"), changes.get("device_model_id")
    # Locked, and before the order, as at the intake and when customers are merged: nobody merges this one away meanwhile.
    if customer_id and not customers_visible_to(actor).select_for_update().filter(pk=customer_id):
        raise ReferenceMissing.on("customerId", "customer")
    if not model_id:
        return changes
    current = hold_model(model_id)
    if current is None:
        raise ReferenceMissing.on("deviceModelId", "device model")
    return {**changes, "device_model_id": current}


def _present(order: RepairOrder, name: str) -> Any:
    if name != "device_password":
        return getattr(order, name)
    secret = DeviceSecret.objects.filter(order=order).first()
    return secret.password if secret else ""


def _keep_password(order: RepairOrder, password: str) -> None:
    if password:
        DeviceSecret.objects.update_or_create(order=order, defaults={"password": password})
    else:
        DeviceSecret.objects.filter(order=order).delete()
