"""Repair orders in every status, each taken there through the services, with its history behind it."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.demo import content
from apps.demo.services.shop import Shop
from apps.repairs import services as repairs
from apps.repairs.enums import NoteVisibility, OrderStatus, PaymentKind, PaymentMethod
from apps.repairs.models import RepairOrder

_WAYS = {
    "pending": [],
    "in_progress": ["in_progress"],
    "awaiting_approval": ["awaiting_approval"],
    "waiting_parts": ["in_progress", "waiting_parts"],
    "completed": ["in_progress", "completed"],
    "ready_pickup": ["in_progress", "completed", "ready_pickup"],
    "delivered": ["in_progress", "completed", "ready_pickup", "delivered"],
    "cancelled": ["awaiting_approval", "cancelled"],
}
_NOTES = {
    "awaiting_approval": "Called the customer with the price.",
    "waiting_parts": "Part ordered, three days.",
    "completed": "Tested: display, touch, cameras, charging.",
    "cancelled": "Customer decided against the repair.",
}
_REMARKS = (
    (5, NoteVisibility.CUSTOMER, "We have started on your device."),
    (25, NoteVisibility.INTERNAL, "Frame is slightly bent at the lower left; fits."),
)
_FALLBACK_PRICE = Decimal("45.00")


@transaction.atomic
def load_orders(shop: Shop) -> None:
    """The orders of ``content.ORDERS``."""
    technicians = {"HAR": shop.users["technician"], "STA": shop.users["technician3"]}
    counters = {"HAR": shop.users["seller"], "STA": shop.users["seller2"]}
    prices = {(model, repair): price for model, repair, _, price, _ in content.PRICES}
    for number, (customer, branch, model, repair, part, sku, fault, goal, days, priority) in enumerate(content.ORDERS):
        start = timezone.now() - timedelta(days=days, hours=5 - number % 3)
        line = repairs.LineRequest(
            repair_type_id=shop.repair_types[repair].pk,
            part_type_id=shop.part_types[part].pk if part else None,
            unit_price=prices.get((model, repair), _FALLBACK_PRICE),
            item_id=shop.items[sku].pk if sku else None,
        )
        intake = repairs.Intake(
            customer_id=shop.customers[customer].pk,
            device_model_id=shop.models[model].pk,
            branch_id=shop.branches[branch].pk,
            issue_description=fault,
            items=[line],
            priority=priority,
            device_password="2580" if goal == "in_progress" and branch == "HAR" else "",
            cosmetic_condition="Light scratches on the frame." if number % 2 else "",
            accessories=["charger"] if number % 3 == 0 else [],
            estimated_completion=start + timedelta(days=2),
        )
        order = repairs.create_order(intake, actor=Actor.user(counters[branch]), notify=False, at=start)
        if goal != "pending":
            repairs.assign(order.pk, technicians[branch].pk, actor=Actor.user(counters[branch]))
        _take_through(order, goal, start, bench=Actor.user(technicians[branch]), counter=Actor.user(counters[branch]))


def _take_through(order: RepairOrder, goal: str, start: datetime, *, bench: Actor, counter: Actor) -> None:
    moment = start
    for status in _WAYS[goal]:
        moment = min(moment + timedelta(minutes=70), timezone.now())
        actor = counter if status == "delivered" else bench
        if status == "delivered":
            payment = repairs.PaymentRequest(order.total, PaymentKind.PAYMENT, PaymentMethod.CARD, notify=False)
            repairs.take_payment(order.pk, payment, actor=counter)
        repairs.change_status(
            order.pk, OrderStatus(status), actor=actor, note=_NOTES.get(status, ""), notify=False, at=moment
        )
    if goal == "in_progress":
        for minutes, visibility, text in _REMARKS:
            at = min(moment + timedelta(minutes=minutes), timezone.now())
            repairs.add_note(order.pk, text, visibility, actor=bench, at=at)
