"""Corrections of the intake."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.rules import Right, require
from apps.accounts.selectors import customers_visible_to
from apps.audit import services as audit
from apps.catalog.services import hold_model
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, ReferenceMissing, ValidationFailed
from apps.repairs import events, rules
from apps.repairs.enums import OrderStatus, PasswordKind
from apps.repairs.models import RepairOrder
from apps.repairs.services import stock
from apps.repairs.services.intake import checked_limit
from apps.repairs.services.locking import locked_for
from apps.repairs.services.payments import require_amount
from apps.repairs.services.secrets import keep_password, kept_password, require_password
from apps.repairs.services.status import end_with
from apps.repairs.services.tracking import renew_link

EDITABLE = frozenset({
    "customer_id", "device_model_id", "device_imei", "device_serial", "device_password", "priority", "issue_description",
    "cosmetic_condition", "accessories", "estimated_completion", "diagnosis_fee",
    "activation_lock", "outcome", "spend_limit",
})  # fmt: skip


@transaction.atomic
def edit_order(order_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """Change fields of the intake; an empty ``device_password`` removes it. What is as it was writes nothing.

    ``device_password_kind`` goes with a password, which is text without it. Whose an order of a drop-off is stays;
    an order that becomes somebody else's has a new link.

    The counter may until work starts, nobody after the hand-over: ``Conflict``. Raises ``NotFound`` for an order and
    ``ReferenceMissing`` for a customer or model that does not exist in the actor's scope, ``ValidationFailed`` for an
    outcome that contradicts where the order is.
    """
    require(actor, Right.ORDERS_EDIT)
    changes = _with_password(_with_current_references(changes, actor))
    order = locked_for(actor, Right.ORDERS_EDIT, order_id)
    closed = order.status == OrderStatus.DELIVERED
    if closed or (actor.role == Role.SELLER and not rules.before_work(order.status)):
        raise Conflict(f"An order that is {OrderStatus(order.status).label} cannot be edited by your role.")
    if "diagnosis_fee" in changes:
        require_amount(changes["diagnosis_fee"], order.currency, "diagnosisFee")
    changed = [name for name in sorted(EDITABLE & changes.keys()) if _present(order, name) != changes[name]]
    if not changed:
        return order
    _require_same_visit(order, changed)
    checked_limit(changes.get("spend_limit"), order.currency)
    for name in changed:
        _take_over(order, name, changes[name], actor)
    if "customer_id" in changed:
        # Who had the link before has no business with this order any more.
        renew_link(order, actor=actor)
    order.save()
    if "estimated_completion" in changed:
        stock.tell_waiting(order, order.lines.all(), actor=actor)
    audit.record(events.OrderChanged(aggregate_id=order.pk, changed=tuple(changed)), actor=actor)
    return order


def _take_over(order: RepairOrder, name: str, value: Any, actor: Actor) -> None:
    if name == "device_password":
        keep_password(order, *value)
    elif name == "outcome":
        rules.require_known(value, order.status, unrepaired=order.unrepaired)
        end_with(order, value, actor=actor)
    else:
        setattr(order, name, value)


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


def _with_password(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The changes, with a password and its kind as one value. Raises ``ValidationFailed``."""
    password, kind = changes.get("device_password"), changes.get("device_password_kind")
    if password is None:
        if kind is not None:
            raise ValidationFailed.on("devicePassword", "required", "Give the password together with its kind.")
        return changes
    kind = kind if kind and password else PasswordKind.TEXT.value
    require_password(kind, password)
    return {**changes, "device_password": (password, kind)}


def _require_same_visit(order: RepairOrder, changed: Collection[str]) -> None:
    if order.drop_off_id is not None and "customer_id" in changed:
        raise Conflict("This device came in with others of its customer; it cannot become somebody else's.")


def _present(order: RepairOrder, name: str) -> Any:
    return kept_password(order) if name == "device_password" else getattr(order, name)
