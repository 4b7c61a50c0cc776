"""Repair orders and bookings."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from apps.core.actor import Actor
from apps.inventory.models import Branch, Item
from apps.repairs.enums import OrderStatus
from apps.repairs.models import Booking, RepairOrder
from apps.repairs.services import BookingRequest, Intake, LineRequest, change_status, create_order, make_booking
from tests.factories.people import CustomerFactory
from tests.factories.shop import BranchFactory, DeviceModelFactory, RepairTypeFactory

SYSTEM = Actor.system("test")


def line(item: Item | None = None, **fields: object) -> LineRequest:
    """A line of 100.00 without a part, or with one."""
    defaults = {
        "repair_type_id": RepairTypeFactory().pk,
        "unit_price": Decimal("100.00"),
        "item_id": item.pk if item else None,
    }
    return LineRequest(**{**defaults, **fields})


def order(
    branch: Branch | None = None, *, status: str = "pending", lines: list[LineRequest] | None = None, **fields: object
) -> RepairOrder:
    """An order taken in and then through the statuses given as ``a>b>c``, by the services."""
    defaults = {
        "customer_id": fields.pop("customer", None) or CustomerFactory().pk,
        "device_model_id": fields.pop("device_model", None) or DeviceModelFactory().pk,
        "branch_id": (branch or BranchFactory()).pk,
        "issue_description": "does not turn on",
        "items": lines or [line()],
    }
    technician = fields.pop("technician", None)
    taken_in = create_order(Intake(**{**defaults, **fields}), actor=SYSTEM)
    if technician is not None:
        RepairOrder.objects.filter(pk=taken_in.pk).update(technician=technician)
    for step in status.split(">"):
        if step != "pending":
            change_status(taken_in.pk, OrderStatus(step), actor=SYSTEM, note="test")
    taken_in.refresh_from_db()
    return taken_in


def a_monday(hour: int = 10, minute: int = 0) -> datetime:
    """A Monday one to two weeks ahead, in UTC: a time at which every branch takes bookings."""
    today = timezone.now().date()
    return datetime.combine(today + timedelta(days=14 - today.weekday()), time(hour, minute), UTC)


def booking(branch: Branch | None = None, **fields: object) -> Booking:
    """An appointment of half an hour on a Monday at ten, for a customer of its own."""
    defaults = {
        "branch_id": (branch or BranchFactory()).pk,
        "customer_id": fields.pop("customer", None) or CustomerFactory().pk,
        "starts_at": a_monday(),
        "duration_minutes": 30,
    }
    return make_booking(BookingRequest(**{**defaults, **fields}), actor=SYSTEM)
