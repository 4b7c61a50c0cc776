"""Purchase orders by their services: what they cost, what is to come, and what is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.core.exceptions import Conflict, DomainError, Duplicate, NotFound, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import AlreadyReversed, InsufficientStock, SerialElsewhere
from apps.inventory.models import Branch, PurchaseOrder, PurchaseReceipt, Serial, StockLevel, StockMovement
from apps.inventory.services import MovementRequest, purchasing, record_movement, verify_stock
from apps.inventory.services.purchasing import PurchaseRequest, ReceiptRequest, ReceivedLine
from tests.factories import BranchFactory, ItemFactory, SupplierFactory, SupplierItemFactory, stocked
from tests.inventory.killing import everything
from tests.inventory.purchases import (
    SYSTEM,
    delivery,
    drafted,
    level,
    line,
    ordered,
    received,
    state,
    told,
    wanted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_are_proven(db: None) -> Any:
    yield
    assert verify_stock() == []


def assert_refused(kind: type[DomainError], field: str | None, work: Any) -> DomainError:
    """It is refused, on this field, and nothing is different afterwards."""
    before = everything()
    with pytest.raises(kind) as refusal:
        work()
    assert everything() == before
    assert [detail.field for detail in refusal.value.details] == ([field] if field else [])
    return refusal.value


def test_draft_expects_nothing_and_has_a_number(branch: Branch) -> None:
    item = ItemFactory()

    order = drafted(branch, wanted(item, 3, "2.50"), wanted(item, 2, "0.10"))

    year = datetime.now(UTC).year
    assert (order.number, order.status, order.total, order.currency) == (
        f"PO-{year}-000001", "draft", Decimal("7.70"), "USD",
    )  # fmt: skip
    assert level(item, branch) == (0, 0, 0)
    assert [row["supplier_id"] for row in told("inventory.purchase_drafted")] == [str(order.supplier_id)]


def test_cost_comes_from_the_suppliers_list_then_from_the_item(branch: Branch) -> None:
    offer = SupplierItemFactory(unit_cost=Decimal("4.20"))
    unlisted = ItemFactory(cost_price=Decimal("8.00"))

    order = drafted(branch, wanted(offer.item, 1, None), wanted(unlisted, 1, None), supplier=offer.supplier)

    assert list(order.lines.values_list("unit_cost", flat=True)) == [Decimal("4.200"), Decimal("8.000")]


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"lines": []}, ValidationFailed, "lines"),
        ({"cost": "1.001"}, ValidationFailed, "lines.0.unitCost"),
        ({"cost": "99999999999"}, ValidationFailed, "lines.0.unitCost"),
        ({"repair_order_id": new_id()}, ReferenceMissing, "lines.0.repairOrderId"),
        ({"exchange_rate": Decimal(2)}, ValidationFailed, "exchangeRate"),
        ({"supplier_id": new_id()}, ReferenceMissing, "supplierId"),
        ({"branch_id": new_id()}, ReferenceMissing, "branchId"),
        ({"currency": "EUR"}, ValidationFailed, "exchangeRate"),
        ({"is_active": False}, ValidationFailed, "supplierId"),
        ({"unlisted": True}, ValidationFailed, "lines.0.unitCost"),
    ],
)
def test_draft_is_refused_as_a_whole(
    branch: Branch, change: dict[str, Any], kind: type[DomainError], field: str
) -> None:
    supplier = SupplierFactory(currency=change.pop("currency", "USD"), is_active=change.pop("is_active", True))
    item = ItemFactory(currency="JPY", cost_price=1)
    cost = None if change.pop("unlisted", False) else change.pop("cost", "1.00")
    lines = [wanted(item, 2, cost, repair_order_id=change.pop("repair_order_id", None))]
    fields = {"supplier_id": supplier.pk, "branch_id": branch.pk, "lines": lines, **change}

    assert_refused(kind, field, lambda: purchasing.draft_purchase(PurchaseRequest(**fields), actor=SYSTEM))


def test_draft_is_changed_and_names_what_changed(branch: Branch) -> None:
    item, other = ItemFactory(), ItemFactory()
    order = drafted(branch, wanted(item, 3))
    kept = line(order).pk

    changes = {"lines": [wanted(other, 1, "7.00"), wanted(item, 5, "9.00", id=kept)], "notes": "by ship"}
    purchasing.edit_purchase(order.pk, changes, actor=SYSTEM)

    order.refresh_from_db()
    assert (order.total, order.notes) == (Decimal("52.000"), "by ship")
    assert [(row.position, row.item_id, row.quantity) for row in order.lines.all()] == [
        (1, other.pk, 1), (2, item.pk, 5),
    ]  # fmt: skip
    assert line(order, 2).pk == kept
    assert [row["changed"] for row in told("inventory.purchase_changed")] == [["lines", "notes"]]


@pytest.mark.exhaustive
def test_draft_takes_no_rate_along_to_another_currency(branch: Branch) -> None:
    order = drafted(branch, wanted(ItemFactory(), 1))
    abroad, yen = SupplierFactory(currency="EUR"), BranchFactory(currency="JPY")

    for change in ({"supplier_id": abroad.pk}, {"branch_id": yen.pk}):

        def move(change: dict[str, Any] = change) -> object:
            return purchasing.edit_purchase(order.pk, change, actor=SYSTEM)

        assert_refused(ValidationFailed, "exchangeRate", move)


def test_draft_is_discarded_and_its_number_not_given_again(branch: Branch) -> None:
    first = drafted(branch, wanted(ItemFactory(), 1))

    purchasing.discard_purchase(first.pk, actor=SYSTEM)

    assert not PurchaseOrder.objects.exists()
    assert drafted(branch, wanted(ItemFactory(), 1)).number.endswith("-000002")
    assert [row["number"] for row in told("inventory.purchase_discarded")] == [first.number]


def test_ordered_units_are_incoming(branch: Branch) -> None:
    item = stocked(2, branch)
    order = drafted(branch, wanted(item, 3), wanted(item, 4))

    purchasing.order_purchase(order.pk, actor=SYSTEM, supplier_reference="A-1")

    order.refresh_from_db()
    assert (order.status, order.supplier_reference, order.ordered_at is not None) == ("ordered", "A-1", True)
    assert level(item, branch) == (2, 7, 16_000_000)
    assert [(row["total"], row["currency"]) for row in told("inventory.purchase_ordered")] == [("70.00", "USD")]


@pytest.mark.exhaustive
def test_what_was_ordered_is_neither_changed_nor_ordered_nor_deleted(branch: Branch) -> None:
    order = ordered(branch, wanted(ItemFactory(), 3))

    for work in (
        lambda: purchasing.order_purchase(order.pk, actor=SYSTEM),
        lambda: purchasing.edit_purchase(order.pk, {"notes": "x"}, actor=SYSTEM),
        lambda: purchasing.discard_purchase(order.pk, actor=SYSTEM),
    ):
        assert_refused(Conflict, None, work)


def test_partial_receipts_at_different_costs_make_the_moving_average(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 10, "10.00"))

    received(order, (1, 4))
    first = level(item, branch)
    received(order, (1, 3), cost="13.00")
    second = level(item, branch)
    record_movement(MovementRequest(item.pk, MovementType.OUT, 2, from_branch_id=branch.pk), actor=SYSTEM)
    third = level(item, branch)
    received(order, (1, 3), cost="9.99")

    assert first == (4, 6, 40_000_000)
    assert second == (7, 3, 79_000_000)  # 4 × 10 + 3 × 13
    assert third == (5, 3, 56_428_571)  # two sevenths are gone: 22.571429
    assert level(item, branch) == (8, 0, 86_398_571)
    assert state(order) == ("received", (10, 0))
    assert PurchaseOrder.objects.get().closed_at is not None


def test_receipt_in_another_currency_is_worth_what_the_rate_says_rounded_once(branch: Branch) -> None:
    item = ItemFactory()
    supplier = SupplierFactory(currency="EUR")
    order = ordered(branch, wanted(item, 7, "3.33"), supplier=supplier, rate="1.08370125")

    received(order, (1, 3))
    received(order, (1, 4), cost="3.10")

    rows = StockMovement.objects.order_by("created_at")
    assert [(row.unit_price, row.currency, row.to_value_micros) for row in rows] == [
        (Decimal("3.610"), "USD", 10_826_175),  # 3 × 3.33 × 1.08370125 = 10.8261754875
        (Decimal("3.360"), "USD", 13_437_896),  # 4 × 3.10 × 1.08370125 = 13.4378955
    ]
    assert level(item, branch) == (7, 0, 24_264_071)


def test_receipt_into_a_branch_without_minor_units(db: None) -> None:
    branch, item = BranchFactory(currency="JPY"), ItemFactory()
    order = ordered(branch, wanted(item, 2, "1.25"), supplier=SupplierFactory(currency="USD"), rate="150.5")

    received(order, (1, 2))

    assert StockMovement.objects.get().unit_price == Decimal(188)  # 188.125
    assert level(item, branch) == (2, 0, 376_250_000)


def test_receipt_names_its_document_everywhere(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 5))

    receipt = received(order, (1, 2), delivery_note="DN-7")

    movement = StockMovement.objects.get()
    assert (movement.movement_type, movement.document_type) == ("IN", "purchase_order")
    assert (movement.document_id, movement.document_line_id) == (order.pk, line(order).pk)
    assert (movement.reference_number, movement.notes) == (order.number, "DN-7")
    assert state(order) == ("partly_received", (2, 0))
    assert [(row["receipt_id"], row["status"], row["lines"]) for row in told("inventory.purchase_received")] == [
        (str(receipt.pk), "partly_received", [[str(line(order).pk), 2]])
    ]


def test_same_receipt_twice_books_once(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 2))
    came = delivery(order, (1, 2))

    first = purchasing.receive_purchase(order.pk, came, actor=SYSTEM)
    again = purchasing.receive_purchase(order.pk, came, actor=SYSTEM)

    assert first == again
    assert level(item, branch) == (2, 0, 20_000_000)
    assert (PurchaseReceipt.objects.count(), StockMovement.objects.count()) == (1, 1)


def test_a_receipts_id_belongs_to_one_order(branch: Branch) -> None:
    one, other = ordered(branch, wanted(ItemFactory(), 2)), ordered(branch, wanted(ItemFactory(), 2))
    came = received(one, (1, 1))

    assert_refused(Duplicate, None, lambda: received(other, (1, 1), id=came.pk))


@pytest.mark.parametrize(
    "other", [{"came": (1, 3)}, {"cost": "9.99"}, {"delivery_note": "DN-8"}, {"notes": "x"}, {"serials": ["SN-1"]}]
)
def test_another_receipt_with_a_known_id_is_refused(branch: Branch, other: dict[str, Any]) -> None:
    order = ordered(branch, wanted(ItemFactory(), 9))
    known = received(order, (1, 2), delivery_note="DN-7")
    said: dict[str, Any] = {"came": (1, 2), "delivery_note": "DN-7", **other}
    came = delivery(order, said.pop("came"), **said, id=known.pk)

    assert_refused(Duplicate, None, lambda: purchasing.receive_purchase(order.pk, came, actor=SYSTEM))


def test_receipt_of_units_is_the_same_however_their_numbers_are_written(branch: Branch) -> None:
    order = ordered(branch, wanted(ItemFactory(tracks_serials=True), 2))
    first = received(order, (1, 2), serials=["SN-1", "SN-2"])

    assert received(order, (1, 2), serials=["sn-2", "sn - 1"], id=first.pk, cost="10.00") == first
    assert StockMovement.objects.count() == 1


@pytest.mark.exhaustive
def test_more_than_outstanding_and_strange_lines_are_refused(branch: Branch) -> None:
    item = ItemFactory()
    order, other = ordered(branch, wanted(item, 5), wanted(item, 2)), ordered(branch, wanted(item, 5))
    received(order, (1, 3))
    first, second = line(order).pk, line(order, 2).pk

    def come(*lines: ReceivedLine) -> Any:
        return lambda: purchasing.receive_purchase(order.pk, ReceiptRequest(lines), actor=SYSTEM)

    too_many = come(ReceivedLine(second, 2), ReceivedLine(first, 3))
    refusal = assert_refused(ValidationFailed, "lines.1.quantity", too_many)
    assert refusal.message == "Only 2 of line 1 are still to come."
    assert_refused(ValidationFailed, "lines.0.lineId", come(ReceivedLine(line(other).pk, 1)))
    assert_refused(ValidationFailed, "lines.1.lineId", come(ReceivedLine(first, 1), ReceivedLine(first, 1)))
    assert_refused(ValidationFailed, "lines.0.quantity", come(ReceivedLine(first, 0)))
    assert_refused(ValidationFailed, "lines", come())
    assert_refused(ValidationFailed, "lines.0.unitCost", come(ReceivedLine(first, 1, Decimal("0.001"))))
    assert_refused(ValidationFailed, "lines.0.serials", come(ReceivedLine(first, 1, serials=["A"])))


@pytest.mark.exhaustive
def test_drafts_and_closed_orders_receive_nothing(branch: Branch) -> None:
    item = ItemFactory()
    closed = ordered(branch, wanted(item, 1))
    received(closed, (1, 1))

    for order in (drafted(branch, wanted(item, 1)), closed):
        assert_refused(Conflict, None, lambda order=order: received(order, (1, 1)))


@pytest.mark.exhaustive
def test_tracked_units_come_by_their_numbers(branch: Branch) -> None:
    item = ItemFactory(tracks_serials=True)
    order = ordered(branch, wanted(item, 3))

    receipt = received(order, (1, 2), serials=["sn 1", "SN-2"])

    assert sorted(Serial.objects.values_list("number", "state", "branch")) == [
        ("SN-2", "in_stock", branch.pk), ("SN1", "in_stock", branch.pk),
    ]  # fmt: skip
    assert_refused(ValidationFailed, "lines.0.serials", lambda: received(order, (1, 1)))
    assert_refused(SerialElsewhere, None, lambda: received(order, (1, 1), serials=["SN-2"]))
    purchasing.reverse_receipt(order.pk, receipt.pk, "wrong box", actor=SYSTEM)
    assert set(Serial.objects.values_list("state", "branch")) == {("gone", None)}
    received(order, (1, 1), serials=["SN-2"])
    assert level(item, branch) == (1, 2, 10_000_000)


@pytest.mark.exhaustive
def test_reversed_receipt_goes_out_at_its_own_cost_once(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 10, "10.00"))
    received(order, (1, 4))
    wrong = received(order, (1, 6), cost="20.00")

    purchasing.reverse_receipt(order.pk, wrong.pk, "never came", actor=SYSTEM)

    assert level(item, branch) == (4, 6, 40_000_000)
    assert state(order) == ("partly_received", (4, 0))
    assert PurchaseOrder.objects.get().closed_at is None
    undone = StockMovement.objects.get(reverses__isnull=False)
    assert (undone.movement_type, undone.quantity, undone.from_value_micros) == ("OUT", 6, -120_000_000)
    assert (undone.document_id, undone.reverses.receipt_line.receipt) == (order.pk, wrong)
    assert [(row["reason"], row["status"]) for row in told("inventory.receipt_reversed")] == [
        ("never came", "partly_received")
    ]

    def again() -> object:
        return purchasing.reverse_receipt(order.pk, wrong.pk, "never came", actor=SYSTEM)

    assert_refused(AlreadyReversed, None, again)
    received(order, (1, 6))
    assert state(order) == ("received", (10, 0))


def test_one_line_of_a_receipt_is_taken_back_then_the_rest(branch: Branch) -> None:
    items = [ItemFactory(), ItemFactory()]
    order = ordered(branch, wanted(items[0], 2), wanted(items[1], 3))
    receipt = received(order, (1, 2), (2, 3))
    second = receipt.lines.get(line__position=2).pk

    purchasing.reverse_receipt(order.pk, receipt.pk, "x", actor=SYSTEM, line_ids=[second])
    assert state(order) == ("partly_received", (2, 0), (0, 0))
    purchasing.reverse_receipt(order.pk, receipt.pk, "x", actor=SYSTEM)

    assert state(order) == ("ordered", (0, 0), (0, 0))
    assert [level(item, branch) for item in items] == [(0, 2, 0), (0, 3, 0)]


@pytest.mark.exhaustive
def test_units_that_are_gone_are_not_taken_back(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 2))
    receipt = received(order, (1, 2))
    record_movement(MovementRequest(item.pk, MovementType.OUT, 1, from_branch_id=branch.pk), actor=SYSTEM)

    def take_back(notes: str = "x", **fields: Any) -> Any:
        return lambda: purchasing.reverse_receipt(order.pk, receipt.pk, notes, actor=SYSTEM, **fields)

    assert_refused(InsufficientStock, None, take_back())
    assert_refused(ValidationFailed, "notes", take_back(" "))
    assert_refused(ValidationFailed, "lineIds", take_back(line_ids=[new_id()]))
    assert_refused(NotFound, None, lambda: purchasing.reverse_receipt(order.pk, new_id(), "x", actor=SYSTEM))


def test_rest_is_cancelled_and_no_longer_incoming(branch: Branch) -> None:
    item = ItemFactory()
    order = ordered(branch, wanted(item, 5), wanted(item, 2))
    receipt = received(order, (1, 3))

    purchasing.cancel_purchase(order.pk, "sold out", actor=SYSTEM)

    assert state(order) == ("received", (3, 2), (0, 2))
    assert level(item, branch) == (3, 0, 30_000_000)
    assert [(row["status"], row["reason"], [units for _, units in row["lines"]])
            for row in told("inventory.purchase_cancelled")] == [("received", "sold out", [2, 2])]  # fmt: skip
    assert_refused(Conflict, None, lambda: purchasing.cancel_purchase(order.pk, actor=SYSTEM))
    # What is taken back of a closed order is awaited again; what was cancelled is not.
    purchasing.reverse_receipt(order.pk, receipt.pk, "x", actor=SYSTEM)
    assert state(order) == ("ordered", (0, 2), (0, 2))
    assert level(item, branch) == (0, 3, 0)


def test_cancelled_orders_and_drafts_are_cancelled_as_a_whole(branch: Branch) -> None:
    item = ItemFactory()
    sent, draft = ordered(branch, wanted(item, 5)), drafted(branch, wanted(item, 4))

    purchasing.cancel_purchase(sent.pk, actor=SYSTEM)
    purchasing.cancel_purchase(draft.pk, actor=SYSTEM)

    assert (state(sent), state(draft)) == (("cancelled", (0, 5)), ("cancelled", (0, 4)))
    assert StockLevel.objects.get().incoming == 0
