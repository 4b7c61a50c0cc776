"""What waits for parts: who sees it, what is ordered of it, and who gets what arrives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.audit.services import sweep
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound, ReferenceMissing, ValidationFailed
from apps.inventory import selectors
from apps.inventory.models import Branch, Item, PurchaseLine, PurchaseOrder
from apps.inventory.services import purchasing, verify_stock
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder
from apps.repairs.services import change_line, change_status, remove_line
from tests.factories import (
    ItemFactory,
    SupplierFactory,
    SupplierItemFactory,
    member,
    order,
    stock_of,
    stocked,
)
from tests.factories import line as part
from tests.inventory.killing import everything
from tests.inventory.purchases import SYSTEM, delivery, drafted, ordered, received, told, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_are_proven(db: None) -> Any:
    yield
    assert verify_stock() == []


def deliver() -> None:
    """Take every event to who listens, and what they tell in turn."""
    while sweep():
        pass


def states(*orders: RepairOrder) -> list[str]:
    return [state for one in orders for state in one.lines.order_by("position").values_list("state", flat=True)]


def waiting(branch: Branch, item: Item, *quantities: int, **fields: Any) -> list[RepairOrder]:
    return [order(branch, lines=[part(item, quantity=quantity)], **fields) for quantity in quantities]


def test_partial_receipt_fills_as_many_as_fit_the_oldest_first_and_tells_each_once(branch: Branch) -> None:
    item = ItemFactory()
    technician = member("technician", branch)
    first, second, third, fourth = waiting(branch, item, 2, 3, 1, 1, technician=technician)
    purchase = ordered(branch, wanted(item, 10, repair_order_id=third.pk))

    came = delivery(purchase, (1, 4))
    purchasing.receive_purchase(purchase.pk, came, actor=SYSTEM)
    purchasing.receive_purchase(purchase.pk, came, actor=SYSTEM)
    deliver()

    # Two for the first; the second needs more than are left, and keeps no smaller one from its part.
    assert states(first, second, third, fourth) == ["reserved", "on_order", "reserved", "reserved"]
    assert stock_of(item, branch) == (4, 4)
    filled = [(row["line_id"], row["item_id"], row["technician_id"]) for row in told("repairs.backorder_filled")]
    assert filled == [
        (str(one.lines.get().pk), str(item.pk), str(technician.pk)) for one in (first, third, fourth)
    ]  # fmt: skip
    assert [row["repair_order_ids"] for row in told("inventory.purchase_received")] == [[str(third.pk)]]


def test_new_order_does_not_overtake_who_waits(branch: Branch) -> None:
    item = ItemFactory()
    (old,) = waiting(branch, item, 2)
    received(ordered(branch, wanted(item, 3)), (1, 3))

    (young, younger) = waiting(branch, item, 2, 1)  # nobody has told the old one yet
    before = states(old, young, younger)
    deliver()

    assert before == ["backordered", "backordered", "reserved"]
    assert states(old, young, younger) == ["reserved", "backordered", "reserved"]
    assert stock_of(item, branch) == (3, 3)


def test_who_can_not_be_served_keeps_nobody_waiting(branch: Branch) -> None:
    item = ItemFactory()
    (large,) = waiting(branch, item, 5)
    received(ordered(branch, wanted(item, 2)), (1, 2))

    (small,) = waiting(branch, item, 2)

    assert states(large, small) == ["backordered", "reserved"]


@pytest.mark.parametrize("way", ["cancel", "remove", "reduce"])
def test_who_stops_waiting_lets_the_next_one_forward(branch: Branch, way: str) -> None:
    item = ItemFactory()
    old = order(branch, lines=[part(item, quantity=3), part()])
    received(ordered(branch, wanted(item, 3)), (1, 3))
    (young,) = waiting(branch, item, 3 if way != "reduce" else 1)
    assert states(old, young) == ["backordered", "planned", "backordered"]
    line_id = old.lines.get(position=1).pk

    if way == "cancel":
        change_status(old.pk, OrderStatus.CANCELLED, actor=SYSTEM)
    elif way == "remove":
        remove_line(old.pk, line_id, actor=SYSTEM)
    else:
        change_line(old.pk, line_id, {"quantity": 2}, actor=SYSTEM)
    deliver()

    assert states(young) == ["reserved"]
    assert stock_of(item, branch) == (3, 3)


def test_line_that_needs_less_keeps_its_part_from_who_waits(branch: Branch) -> None:
    item = stocked(3, branch)
    (young,) = waiting(branch, item, 3)
    line = young.lines.get()
    old = order(branch, lines=[part(item, quantity=1)])
    RepairOrder.objects.filter(pk=old.pk).update(created_at=young.created_at.replace(year=2020))

    change_line(young.pk, line.pk, {"quantity": 2}, actor=SYSTEM)
    deliver()

    assert states(young, old) == ["reserved", "reserved"]
    assert stock_of(item, branch) == (3, 3)


def test_needs_say_what_waits_and_what_covers_it(branch: Branch, other_branch: Branch) -> None:
    item, elsewhere = stocked(1, branch, name="Display", sku="LCD-1"), ItemFactory()
    first, second, third = waiting(branch, item, 2, 4, 3)
    waiting(other_branch, elsewhere, 1)
    offer = SupplierItemFactory(item=item, unit_cost=Decimal("6.00"))
    ordered(branch, wanted(item, 2))
    drafted(branch, wanted(item, 1))

    (need,) = selectors.purchase_needs(branch.pk, actor=SYSTEM)

    assert (need.item, need.offer, need.quantity) == (item, offer, 9)
    assert (need.available, need.incoming, need.drafted, need.to_order) == (1, 2, 1, 5)
    assert [(one.waiting.document_id, one.waiting.quantity, one.to_order) for one in need.parts] == [
        (first.pk, 2, 0), (second.pk, 4, 2), (third.pk, 3, 3),
    ]  # fmt: skip


@pytest.mark.exhaustive
def test_needs_are_drafted_for_each_preferred_supplier_once(branch: Branch) -> None:
    screens, cells = SupplierFactory(name="Alba"), SupplierFactory(name="Bora", currency="EUR")
    screen, cell, orphan = ItemFactory(name="A"), ItemFactory(name="B"), ItemFactory(name="C")
    SupplierItemFactory(item=screen, supplier=cells)
    SupplierItemFactory(item=screen, supplier=screens, is_preferred=True, pack_size=5, unit_cost=Decimal("6.00"))
    SupplierItemFactory(item=cell, supplier=cells, minimum_quantity=3, unit_cost=Decimal("2.00"))
    first = order(branch, lines=[part(screen, quantity=2), part(cell), part(orphan)])
    second = order(branch, lines=[part(screen, quantity=1)])

    def draft() -> list[PurchaseOrder]:
        return purchasing.draft_from_needs(branch.pk, actor=SYSTEM, exchange_rates={"EUR": Decimal("1.1")})

    drafts = draft()

    lines = PurchaseLine.objects.order_by("order__supplier__name", "position").values_list(
        "order__supplier__name", "item__name", "quantity", "unit_cost", "repair_order_number"
    )
    assert list(lines) == [
        ("Alba", "A", 2, Decimal(6), first.order_number),
        ("Alba", "A", 1, Decimal(6), second.order_number),
        ("Alba", "A", 2, Decimal(6), ""),  # what the pack of five holds beyond that
        ("Bora", "B", 1, Decimal(2), first.order_number),
        ("Bora", "B", 2, Decimal(2), ""),
    ]
    assert [(one.supplier.name, one.total, one.exchange_rate) for one in drafts] == [
        ("Alba", Decimal(30), 1), ("Bora", Decimal(6), Decimal("1.1")),
    ]  # fmt: skip
    before = everything()
    with pytest.raises(Conflict):
        draft()
    assert everything() == before


def test_needs_are_not_drafted_without_a_rate_or_out_of_scope(branch: Branch, other_branch: Branch) -> None:
    item = SupplierItemFactory(supplier=SupplierFactory(currency="EUR")).item
    waiting(branch, item, 1)
    chief, seller = (Actor.user(member(role, branch)) for role in ("manager", "seller"))
    before = everything()

    for kind, branch_id, actor in (
        (ValidationFailed, branch.pk, SYSTEM),
        (ReferenceMissing, other_branch.pk, chief),
        (Forbidden, branch.pk, seller),
    ):
        with pytest.raises(kind):
            purchasing.draft_from_needs(branch_id, actor=actor)

    with pytest.raises(NotFound):
        selectors.purchase_needs(other_branch.pk, actor=chief)
    assert everything() == before
