"""Several devices that are brought in one visit: each is an order of its own, and all are taken in, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.catalog.services import hold_model
from apps.core.actor import Actor
from apps.core.exceptions import DomainError, NotFound
from apps.core.ids import new_id
from apps.repairs import events
from apps.repairs.models import DropOff, RepairOrder
from apps.repairs.selectors.drop_offs import drop_offs_visible_to
from apps.repairs.services.intake import Intake, branch_for, create_order, hold_customer
from apps.repairs.services.numbering import next_drop_off_number


@dataclass(frozen=True)
class DropOffRequest:
    """A visit as it is asked for. ``devices`` are fields of an ``Intake``, without customer and branch."""

    customer_id: UUID
    devices: Sequence[Mapping[str, Any]]
    branch_id: UUID | None = None
    id: UUID | None = None


@transaction.atomic
def create_drop_off(request: DropOffRequest, *, actor: Actor) -> DropOff:
    """Take in every device of a visit, all or nothing.

    Raises what ``create_order`` raises; the fields of the n-th device are named ``devices.n.…``.
    """
    require(actor, Right.ORDERS_CREATE)
    branch = branch_for(request.branch_id, actor)
    hold_customer(request.customer_id, actor)
    # All of them, and always in the same sequence: two visits that bring the same models do not wait for each other.
    for model_id in sorted({device["device_model_id"] for device in request.devices}):
        hold_model(model_id)
    now = timezone.now()
    drop_off = DropOff(
        id=request.id or new_id(),
        number=next_drop_off_number(now.astimezone(branch.zone).year),
        customer_id=request.customer_id,
        branch=branch,
    )
    drop_off.save(force_insert=True)
    event = events.DropOffMade(
        aggregate_id=drop_off.pk, number=drop_off.number, branch_id=branch.pk, customer_id=request.customer_id
    )
    audit.record(event, actor=actor)
    for number, device in enumerate(request.devices):
        _taken_in(drop_off, device, path=f"devices.{number}.", actor=actor)
    return drop_off


@transaction.atomic
def add_device(drop_off_id: UUID, device: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """One more device of a visit. Raises ``NotFound`` outside the actor's scope, and what ``create_order`` raises."""
    require(actor, Right.ORDERS_CREATE)
    drop_off = drop_offs_visible_to(actor, Right.ORDERS_CREATE).filter(pk=drop_off_id).first()
    if drop_off is None:
        raise NotFound("There is no such drop-off.")
    return _taken_in(drop_off, device, path="", actor=actor)


def _taken_in(drop_off: DropOff, device: Mapping[str, Any], *, path: str, actor: Actor) -> RepairOrder:
    intake = Intake(
        customer_id=drop_off.customer_id, branch_id=drop_off.branch_id, drop_off_id=drop_off.pk, **device
    )  # fmt: skip
    try:
        return create_order(intake, actor=actor)
    except DomainError as refusal:
        refusal.details = [replace(one, field=f"{path}{one.field}") for one in refusal.details]
        raise
