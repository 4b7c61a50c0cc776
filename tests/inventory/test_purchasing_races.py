"""Sixteen at once at the same purchases, and purchases that are killed at any statement."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from apps.core.db import retrying
from apps.inventory.models import Branch, Item, PurchaseOrder, PurchaseReceipt, StockMovement, SupplierItem
from apps.inventory.services import purchasing, verify_stock
from apps.inventory.services.purchasing import ReceiptRequest
from apps.repairs.services import fill_backorders
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, SupplierItemFactory, member, order, stock_of
from tests.factories import line as part
from tests.inventory.killing import every_statement_killed
from tests.inventory.purchases import SYSTEM, delivery, drafted, level, line, ordered, state, wanted
from tests.racing import kinds, race

CLIENTS = 16

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Branch:
    return BranchFactory(code="HAR")


def take(purchase: PurchaseOrder, request: ReceiptRequest) -> PurchaseReceipt:
    return retrying(lambda: purchasing.receive_purchase(purchase.pk, request, actor=SYSTEM))


def test_sixteen_receive_the_same_line_and_never_more_than_was_ordered(shop: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(shop, wanted(item, 10, "7.00"))

    outcomes = race(*[partial(take, purchase, delivery(purchase, (1, 2))) for _ in range(CLIENTS)])

    # Who comes when all have come finds the order closed; who comes before then is told how many are left.
    counted = kinds(outcomes)
    assert counted["PurchaseReceipt"] == 5
    assert counted.get("Conflict", 0) + counted.get("ValidationFailed", 0) == 11
    assert level(item, shop) == (10, 0, 70_000_000)
    assert state(purchase) == ("received", (10, 0))
    assert verify_stock() == []


@pytest.mark.postgresql
def test_race_shows_what_a_missing_lock_would_do(shop: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(shop, wanted(item, 10))

    outcomes = race(*[partial(take_without_lock, purchase)] * CLIENTS)

    assert kinds(outcomes) == {"bool": 16}
    assert sum(outcomes) > 5


@transaction.atomic
def take_without_lock(purchase: PurchaseOrder) -> bool:
    """The control of the race above: what is outstanding is read and written without a lock."""
    found = line(purchase)
    if found.outstanding < 2:
        return False
    time.sleep(0.05)
    found.received += 2
    found.save()
    return True


def test_one_receipt_sent_sixteen_times_is_booked_once(shop: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(shop, wanted(item, 10))

    outcomes = race(*[partial(take, purchase, delivery(purchase, (1, 2)))] * CLIENTS)

    assert kinds(outcomes) == {"PurchaseReceipt": 16}
    assert len({receipt.pk for receipt in outcomes}) == 1
    assert (level(item, shop), StockMovement.objects.count()) == ((2, 8, 20_000_000), 1)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_what_is_received_is_not_cancelled_too(shop: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(shop, wanted(item, 16))

    outcomes = race(
        *[partial(take, purchase, delivery(purchase, (1, 1))) for _ in range(CLIENTS - 2)],
        *[lambda: retrying(lambda: purchasing.cancel_purchase(purchase.pk, actor=SYSTEM))] * 2,
    )

    came = kinds(outcomes).get("PurchaseReceipt", 0)
    assert kinds(outcomes) == {
        name: times for name, times in
        {"Conflict": 15 - came, "PurchaseOrder": 1, "PurchaseReceipt": came}.items() if times
    }  # fmt: skip
    assert state(purchase) == ("received" if came else "cancelled", (came, 16 - came))
    assert level(item, shop) == (came, 0, came * 10_000_000)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_receipts_of_the_same_items_in_opposite_order_do_not_deadlock(shop: Branch) -> None:
    items = [ItemFactory() for _ in range(4)]
    forth = [ordered(shop, *(wanted(item, 1) for item in items)) for _ in range(CLIENTS // 2)]
    back = [ordered(shop, *(wanted(item, 1) for item in reversed(items))) for _ in range(CLIENTS // 2)]

    def once(purchase: PurchaseOrder) -> PurchaseReceipt:
        request = delivery(purchase, (4, 1), (2, 1), (3, 1), (1, 1))
        return purchasing.receive_purchase(purchase.pk, request, actor=SYSTEM)  # not tried again

    outcomes = race(*[partial(once, purchase) for pair in zip(forth, back, strict=True) for purchase in pair])

    assert kinds(outcomes) == {"PurchaseReceipt": 16}
    assert [level(item, shop) for item in items] == [(16, 0, 160_000_000)] * 4
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_orders_taken_in_while_parts_arrive_do_not_overtake_who_waits(shop: Branch) -> None:
    item = ItemFactory()
    old = [order(shop, lines=[part(item)]) for _ in range(4)]
    purchase = ordered(shop, wanted(item, 6))
    clerks = 8

    def fill() -> int:
        return retrying(lambda: fill_backorders(item.pk, shop.pk, actor=SYSTEM))

    outcomes = race(
        partial(take, purchase, delivery(purchase, (1, 6))),
        *[lambda: retrying(lambda: order(shop, lines=[part(item)]))] * clerks,
        *[fill] * 3,
    )
    fill()

    young = outcomes[1 : clerks + 1]
    assert kinds(young) == {"RepairOrder": clerks}
    assert [one.lines.get().state for one in old] == ["reserved"] * 4
    states = [one.lines.get().state for one in sorted(young, key=lambda one: (one.created_at, one.pk))]
    assert (states.count("reserved"), states.count("backordered")) == (2, 6)
    assert stock_of(item, shop) == (6, 6)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_needs_are_drafted_by_one_of_sixteen(shop: Branch) -> None:
    item = SupplierItemFactory(pack_size=4).item
    order(shop, lines=[part(item, quantity=3)])

    outcomes = race(*[lambda: retrying(lambda: purchasing.draft_from_needs(shop.pk, actor=SYSTEM))] * CLIENTS)

    assert kinds(outcomes) == {"Conflict": 15, "list": 1}
    assert list(PurchaseOrder.objects.get().lines.values_list("quantity", flat=True)) == [3, 1]


@pytest.mark.exhaustive
def test_of_sixteen_who_prefer_a_supplier_one_is_the_last(shop: Branch) -> None:
    item = ItemFactory()
    offers = [SupplierItemFactory(item=item) for _ in range(CLIENTS)]
    callers = [Api(member("manager", shop)) for _ in offers]

    answers = race(*[
        partial(api.patch, f"inventory/supplier-items/{offer.pk}", {"isPreferred": True})
        for api, offer in zip(callers, offers, strict=True)
    ])  # fmt: skip

    assert [answer.status_code for answer in answers] == [200] * CLIENTS
    assert SupplierItem.objects.filter(item=item, is_preferred=True).count() == 1


def _steps(shop: Branch, item: Item, tracked: Item) -> dict[str, Any]:
    draft, sent, part_come = (drafted(shop, wanted(item, 4), wanted(tracked, 2)) for _ in range(3))
    for one in (sent, part_come):
        purchasing.order_purchase(one.pk, actor=SYSTEM)
    came = take(part_come, delivery(part_come, (1, 3)))
    numbered = delivery(sent, (2, 2), serials=["A", "B"])
    return {
        "order": partial(purchasing.order_purchase, draft.pk, actor=SYSTEM),
        "edit": partial(purchasing.edit_purchase, draft.pk, {"lines": [wanted(item, 1)]}, actor=SYSTEM),
        "discard": partial(purchasing.discard_purchase, draft.pk, actor=SYSTEM),
        "receive": partial(purchasing.receive_purchase, sent.pk, numbered, actor=SYSTEM),
        "cancel": partial(purchasing.cancel_purchase, part_come.pk, actor=SYSTEM),
        "reverse": partial(purchasing.reverse_receipt, part_come.pk, came.pk, "x", actor=SYSTEM),
        "draft from needs": partial(purchasing.draft_from_needs, shop.pk, actor=SYSTEM),
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", ["order", "edit", "discard", "receive", "cancel", "reverse", "draft from needs"])
def test_whatever_is_killed_at_any_statement_has_not_happened(shop: Branch, step: str) -> None:
    item, tracked = ItemFactory(), ItemFactory(tracks_serials=True)
    SupplierItemFactory(item=item)
    order(shop, lines=[part(item, quantity=40)])
    work = _steps(shop, item, tracked)[step]

    statements = every_statement_killed(work)

    assert statements > 5
    assert verify_stock() == []
