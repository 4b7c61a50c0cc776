"""The demo shop's stock room is at work: suppliers, parts on their way, a transfer, serial numbers, a count."""

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.inventory.models import (
    CountLine,
    PurchaseLine,
    PurchaseOrder,
    ReorderPoint,
    Serial,
    StockLevel,
    Supplier,
    SupplierItem,
    Transfer,
)
from apps.inventory.services import verify_stock
from apps.repairs.models import RepairOrder
from tests.conftest import Api

pytestmark = pytest.mark.usefixtures("demo_shop")


def signed_in(name: str) -> Api:
    return Api(User.objects.get(email=f"{name}@demo.example"))


def test_every_item_but_the_board_has_one_preferred_supplier() -> None:
    preferred = SupplierItem.objects.filter(is_preferred=True)

    assert list(Supplier.objects.values_list("name", "currency", "lead_time_days")) == [
        ("Avon Phone Parts", "USD", 3), ("Rheinland Display GmbH", "EUR", 7),
    ]  # fmt: skip
    assert SupplierItem.objects.count() == 14
    assert preferred.values("item").distinct().count() == preferred.count() == 13
    assert not SupplierItem.objects.filter(item__sku="BRD-MBA13-R").exists()


def test_purchases_are_on_their_way_and_one_names_the_order_that_waits() -> None:
    waiting = RepairOrder.objects.get(status="waiting_parts")
    lines = PurchaseLine.objects.order_by("order__number", "position").select_related("order", "item")

    assert [
        (x.order.number[-1], x.order.status, x.item.sku, x.quantity, x.received, x.repair_order_number) for x in lines
    ] == [
        ("1", "ordered", "CAM-IP14P-O", 1, 0, waiting.order_number),
        ("2", "partly_received", "DSP-IP13-P", 4, 2, ""),
        ("2", "partly_received", "DSP-A52-S", 2, 0, ""),
    ]
    assert all(order.expected_on > timezone.now().date() for order in PurchaseOrder.objects.all())


def test_units_are_in_transit_and_incoming_with_their_serial_number() -> None:
    under_way = signed_in("manager").get("inventory/in-transit").body["data"]["items"]
    incoming = StockLevel.objects.filter(incoming__gt=0).order_by("item__sku")

    assert sorted((row["item"]["sku"], row["quantity"], row["toBranch"]["code"]) for row in under_way) == [
        ("DSP-A52-S", 2, "HAR"), ("DSP-IP14P-O", 1, "HAR"),
    ]  # fmt: skip
    assert sorted(Transfer.objects.values_list("from_branch__code", "status")) == [("HAR", "draft"), ("STA", "sent")]
    assert list(incoming.values_list("branch__code", "item__sku", "incoming")) == [
        ("HAR", "CAM-IP14P-O", 1), ("HAR", "DSP-A52-S", 4), ("HAR", "DSP-IP13-P", 2), ("HAR", "DSP-IP14P-O", 1),
    ]  # fmt: skip
    assert list(Serial.objects.order_by("number").values_list("number", "state", "branch__code")) == [
        ("C02G81XTQ6L4", "in_stock", "HAR"), ("F7X3140Q82", "in_stock", "HAR"), ("F7X3140Q97", "in_stock", "HAR"),
        ("F7X3152K04", "in_transit", None),
    ]  # fmt: skip


def test_a_count_is_open_and_goes_on_for_those_who_log_in() -> None:
    (count,) = signed_in("technician").get("inventory/stock-counts").body["data"]["items"]
    lines = CountLine.objects.filter(count_id=count["id"]).order_by("item__sku")

    assert (count["status"], count["branch"]["code"], count["category"]["name"]) == ("open", "HAR", "Batteries")
    assert list(lines.values_list("item__sku", "on_hand", "counted")) == [
        ("BAT-IP11-P", 11, 11), ("BAT-IP13-O", 7, 6), ("BAT-PX6-P", 0, None),
    ]  # fmt: skip


def test_there_is_something_to_order_and_every_level_has_its_point() -> None:
    manager = signed_in("manager")
    branch = manager.get("inventory/branches?q=HAR").body["data"]["items"][0]["id"]
    proposed = manager.get(f"inventory/reorder-proposals?branchId={branch}").body["data"]["items"]

    assert ReorderPoint.objects.count() == StockLevel.objects.count()
    assert [(row["item"]["sku"], row["supplier"]["name"], row["quantity"]) for row in proposed] == [
        ("BAT-PX6-P", "Avon Phone Parts", 4),
        ("CAM-IP14P-O", "Avon Phone Parts", 2),
    ]


def test_all_of_it_is_proven() -> None:
    assert verify_stock() == []
