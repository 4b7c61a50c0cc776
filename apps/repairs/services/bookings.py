"""Appointments: made, moved and cancelled under the branch's lock, and turned into an order when the device comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Customer
from apps.accounts.rules import Reach, Right, require
from apps.accounts.selectors import customers_visible_to
from apps.accounts.services import create_customer
from apps.audit import services as audit
from apps.catalog.services import hold_model
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.core.text import searchable
from apps.inventory.models import Branch
from apps.repairs import events, rules, selectors
from apps.repairs.enums import BookingStatus
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.services.intake import Intake, create_order

MOVED_BY = frozenset({"starts_at", "duration_minutes"})
CHANGEABLE = MOVED_BY | {"notes"}


@dataclass(frozen=True)
class BookingRequest:
    """An appointment as it is asked for: by staff for a customer or a contact, by a customer for themselves."""

    branch_id: UUID
    starts_at: datetime
    duration_minutes: int
    customer_id: UUID | None = None
    contact: rules.Contact = rules.NO_CONTACT
    device_model_id: UUID | None = None
    notes: str = ""
    id: UUID | None = None


@transaction.atomic
def make_booking(request: BookingRequest, *, actor: Actor) -> Booking:
    """Take a place at a branch.

    Raises ``Forbidden``; ``ReferenceMissing`` for a branch, customer or model that there is not for the actor;
    ``ValidationFailed`` for a time that has passed or lies outside the opening hours, and unless it is known who comes;
    ``Conflict`` when the branch is fully booked then.
    """
    reach = require(actor, Right.BOOKINGS_CREATE)
    customer_id = _whose(request, reach, actor)
    model_id = hold_model(request.device_model_id) if request.device_model_id else None
    if request.device_model_id and model_id is None:
        raise ReferenceMissing.on("deviceModelId", "device model")
    branch = selectors.branches_booked_by(actor, Right.BOOKINGS_CREATE).filter(pk=request.branch_id).first()
    if branch is None:
        raise ReferenceMissing.on("branchId", "branch where you can book")
    booking = Booking(
        id=request.id or new_id(),
        branch=branch,
        customer_id=customer_id,
        device_model_id=model_id,
        starts_at=request.starts_at,
        duration_minutes=request.duration_minutes,
        notes=request.notes,
        **vars(request.contact),
    )
    _take_place(booking)
    booking.save(force_insert=True)
    event = events.BookingMade(
        aggregate_id=booking.pk,
        branch_id=branch.pk,
        customer_id=customer_id,
        starts_at=booking.starts_at,
        duration_minutes=booking.duration_minutes,
    )
    audit.record(event, actor=actor)
    return booking


@transaction.atomic
def change_booking(booking_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> Booking:
    """Move a booking, or change its notes. What is as it was writes nothing.

    Raises ``NotFound``, ``Conflict`` once it is checked in or cancelled, and for a new time what ``make_booking`` does.
    """
    return change_held(_held(booking_id, actor, Right.BOOKINGS_CHANGE), changes, actor=actor)


def change_held(booking: Booking, changes: Mapping[str, Any], *, actor: Actor) -> Booking:
    """As ``change_booking``, for one that the caller holds and with which all is open."""
    changed = [name for name in sorted(CHANGEABLE & changes.keys()) if getattr(booking, name) != changes[name]]
    if not changed:
        return booking
    for name in changed:
        setattr(booking, name, changes[name])
    if MOVED_BY.intersection(changed):
        _take_place(booking)
        booking.reminded_at = None
    booking.save(update_fields=[*changed, "reminded_at"])
    event = events.BookingChanged(
        aggregate_id=booking.pk,
        changed=tuple(changed),
        starts_at=booking.starts_at,
        duration_minutes=booking.duration_minutes,
    )
    audit.record(event, actor=actor)
    return booking


@transaction.atomic
def cancel_booking(booking_id: UUID, *, actor: Actor, reason: str = "") -> Booking:
    """Give the place free. Raises ``NotFound``, and ``Conflict`` once it is checked in or cancelled."""
    return cancel_held(_held(booking_id, actor, Right.BOOKINGS_CANCEL), reason, actor=actor)


def cancel_held(booking: Booking, reason: str, *, actor: Actor) -> Booking:
    """As ``cancel_booking``, for one that the caller holds and with which all is open."""
    booking.status, booking.cancel_reason = BookingStatus.CANCELLED, reason
    booking.save(update_fields=["status", "cancel_reason"])
    audit.record(events.BookingCancelled(aggregate_id=booking.pk, reason=reason), actor=actor)
    return booking


@transaction.atomic
def check_in(booking_id: UUID, intake: Mapping[str, Any], *, actor: Actor) -> RepairOrder:
    """The device has come: take it in at the booking's branch, for its customer. Once.

    ``intake`` are fields of an ``Intake``; without ``device_model_id`` it is the booking's model. A contact becomes the
    customer with that phone number and name, or a new one, and is kept there alone from then on. Raises ``NotFound``,
    ``Conflict`` once it is checked in or cancelled, and what ``create_order`` raises.
    """
    visible = selectors.bookings_visible_to(actor, Right.BOOKINGS_CHANGE).filter(pk=booking_id)
    # Before the booking, as when customers are merged: nobody merges this one away meanwhile.
    list(Customer.objects.select_for_update(of=("self",)).filter(bookings__in=visible).values_list("pk"))
    booking = _held(booking_id, actor, Right.BOOKINGS_CHANGE)
    model_id = intake.get("device_model_id") or booking.device_model_id
    if model_id is None:
        raise ValidationFailed.on("deviceModelId", "required", "The booking names no device model; say which it is.")
    customer_id = booking.customer_id or _customer_of(booking, actor).pk
    place = {"customer_id": customer_id, "branch_id": booking.branch_id, "device_model_id": model_id}
    order = create_order(Intake(**{**intake, **place}), actor=actor)
    booking.status, booking.order, booking.customer_id = BookingStatus.CHECKED_IN, order, customer_id
    for name, nothing in vars(rules.NO_CONTACT).items():
        setattr(booking, name, nothing)
    booking.save()
    event = events.BookingCheckedIn(aggregate_id=booking.pk, order_id=order.pk, customer_id=customer_id)
    audit.record(event, actor=actor)
    return order


def remind_bookings(now: datetime, *, actor: Actor) -> int:
    """Say of every booking a day before it begins that it is time to remind who comes: once, and anew after a move.

    Returns of how many it was said.
    """
    return sum(_remind(pk, now, actor) for pk in selectors.bookings_to_remind(now, rules.REMINDED_AHEAD))


@transaction.atomic
def _remind(booking_id: UUID, now: datetime, actor: Actor) -> bool:
    soon = Booking.objects.still_to_come(now).filter(reminded_at=None, starts_at__lte=now + rules.REMINDED_AHEAD)
    booking = soon.select_for_update(of=("self",)).filter(pk=booking_id).first()
    if booking is None:
        return False
    booking.reminded_at = now
    booking.save(update_fields=["reminded_at"])
    event = events.BookingReminderDue(
        aggregate_id=booking.pk,
        branch_id=booking.branch_id,
        customer_id=booking.customer_id,
        starts_at=booking.starts_at,
    )
    audit.record(event, actor=actor)
    return True


def _whose(request: BookingRequest, reach: Reach, actor: Actor) -> UUID | None:
    """The customer who comes, locked so that nobody merges or erases them meanwhile; ``None`` for a contact."""
    if request.customer_id is None and reach is not Reach.OWN:
        rules.require_contact(request.contact)
        return None
    rules.require_no_contact(request.contact)
    visible = customers_visible_to(actor).select_for_update()
    if request.customer_id is not None:
        if not visible.filter(pk=request.customer_id):
            raise ReferenceMissing.on("customerId", "customer")
        return request.customer_id
    own = visible.first()
    if own is None:
        raise Conflict("The shop has no record of you yet: confirm your e-mail address first.")
    return own.pk


def _take_place(booking: Booking) -> None:
    """Raises ``ValidationFailed`` or ``Conflict`` unless there is a place at the booking's time.

    Holds the branch until the commit: who books there at the same moment counts after this one is in.
    """
    rules.require_soon(booking.starts_at, timezone.now())
    branch = Branch.objects.select_for_update(no_key=True).get(pk=booking.branch_id)
    closure = selectors.closure_on(branch, booking.span.starts.astimezone(branch.zone).date())
    rules.require_no_closure(closure.reason if closure else None)
    hours = rules.hours_for(booking.span, selectors.booking_week(branch), branch.zone)
    rules.require_place(booking.span, hours, selectors.taken_during(branch, booking.span, besides=booking.pk))


def hold_booking(booking_id: UUID, actor: Actor, right: Right) -> Booking:
    """The booking as it is now, held until the commit, on which ``actor`` has ``right``. Raises ``NotFound``."""
    require(actor, right)
    visible = selectors.bookings_visible_to(actor, right)
    booking = visible.select_for_update(of=("self",)).filter(pk=booking_id).first()
    if booking is None:
        raise NotFound("There is no such booking.")
    return booking


def _held(booking_id: UUID, actor: Actor, right: Right) -> Booking:
    """``hold_booking`` of one with which all is open."""
    booking = hold_booking(booking_id, actor, right)
    if booking.status != BookingStatus.BOOKED:
        raise Conflict(f"This booking is {BookingStatus(booking.status).label} already.")
    return booking


def _customer_of(booking: Booking, actor: Actor) -> Customer:
    """Who has the contact's phone number and name; a number alone may be a family's, and an order shows much."""
    name = searchable(booking.first_name, booking.last_name)
    for customer in customers_visible_to(actor).filter(phone=booking.phone).order_by("created_at", "pk"):
        if searchable(customer.first_name, customer.last_name) == name:
            return customer
    contact = {field: getattr(booking, field) for field in vars(rules.NO_CONTACT)}
    return create_customer(contact, actor=actor)
