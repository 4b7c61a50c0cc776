"""The demo shop is a shop: two branches, every role, every status, and a history behind each order."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import Customer, User
from apps.audit.models import Event
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.catalog.selectors import notices_for
from apps.inventory.models import Branch, BranchMembership, Item, StockLevel
from apps.pricing.models import MarginRule, Price
from apps.pricing.selectors import effective_price
from apps.repairs.enums import OrderStatus
from apps.repairs.models import OrderNote, RepairOrder
from tests.conftest import Api

pytestmark = pytest.mark.usefixtures("demo_shop")


def test_shop_has_two_branches_with_staff_of_every_role() -> None:
    staff = {(one.branch.code, one.user.role) for one in BranchMembership.objects.select_related("branch", "user")}

    assert set(Branch.objects.values_list("code", flat=True)) == {"HAR", "STA"}
    assert staff == {(code, role) for code in ("HAR", "STA") for role in ("manager", "technician", "seller")}
    assert Counter(User.objects.values_list("role", flat=True)) == {
        "admin": 1, "manager": 2, "technician": 3, "seller": 2, "customer": 1,
    }  # fmt: skip


def test_shop_has_models_prices_parts_with_stock_and_customers() -> None:
    assert (Brand.objects.count(), DeviceModel.objects.count(), Price.objects.count()) == (6, 15, 16)
    assert (RepairType.objects.count(), PartType.objects.count(), Item.objects.count()) == (8, 8, 14)
    assert Customer.objects.count() == 10
    assert Customer.objects.get(user__email="customer@demo.example").first_name == "Casey"
    assert StockLevel.objects.filter(quantity__gt=0).count() == 24


def test_station_arcade_takes_a_little_more_and_the_counter_is_told_of_traps() -> None:
    model, screen = DeviceModel.objects.get(name="iPhone 13"), RepairType.objects.get(name="Screen replacement")
    station = Branch.objects.get(code="STA")

    found = effective_price(model, screen.pk, None, None, station, timezone.localdate())

    assert found is not None
    assert (found.steps[0].kind, found.steps[0].amount) == ("list_price", Decimal("169.00"))
    assert found.amount == Decimal("177.00")
    assert MarginRule.objects.count() == 1
    assert [notice.level for notice in notices_for(model.pk, timezone.localdate())] == ["warning"]


def test_orders_stand_in_every_status_with_the_way_that_led_there() -> None:
    ways = {
        order.order_number: [
            order.status,
            *order.history.order_by("created_at", "id").values_list("new_status", flat=True),
        ]
        for order in RepairOrder.objects.all()
    }

    assert len(ways) == 12
    assert {status for status, *_ in ways.values()} == set(OrderStatus.values)
    for status, *way in ways.values():
        assert (way[0], way[-1]) == ("pending", status)
    assert max(len(way) for way in ways.values()) == 6


def test_nothing_in_the_shop_happens_in_the_future() -> None:
    now = timezone.now()

    assert not RepairOrder.objects.filter(created_at__gt=now).exists()
    assert not Event.objects.filter(created_at__gt=now).exists()
    for order in RepairOrder.objects.all():
        times = list(order.history.order_by("created_at", "id").values_list("created_at", flat=True))
        assert times == sorted(times)
        assert order.created_at <= times[0]


def test_notes_were_written_while_their_order_was_worked_on() -> None:
    notes = OrderNote.objects.select_related("order")

    assert len(notes) > 0
    for note in notes:
        begun = note.order.history.get(new_status="in_progress").created_at
        assert begun <= note.created_at <= begun + timedelta(minutes=25)


def test_delivered_orders_are_paid_and_their_parts_are_used() -> None:
    for order in RepairOrder.objects.filter(status="delivered"):
        assert order.paid == order.total > 0
        assert [line.state for line in order.lines.all()] == ["issued"]


def test_everybody_sees_what_is_theirs_over_http() -> None:
    def orders(name: str) -> int:
        total: int = (
            Api(User.objects.get(email=f"{name}@demo.example")).get("repairs").body["data"]["pagination"]["total"]
        )
        return total

    found = {name: orders(name) for name in ("admin", "manager", "manager2", "technician", "seller", "customer")}

    assert found == {"admin": 12, "manager": 8, "manager2": 4, "technician": 7, "seller": 8, "customer": 2}
