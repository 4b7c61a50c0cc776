"""Each check of the verification: what has been tampered with is found, by its name and with its numbers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import (
    Branch,
    CountLine,
    DocumentCounter,
    Item,
    PurchaseLine,
    PurchaseOrder,
    Reservation,
    Serial,
    StockCount,
    StockLevel,
    StockMovement,
    Supplier,
    Transfer,
    TransferLine,
)
from apps.inventory.services import (
    Discrepancy,
    MovementRequest,
    Need,
    issue,
    pick_serials,
    record_movement,
    reserve,
    reverse_movement,
    verify_stock,
)
from tests.factories import stocked

SYSTEM = Actor.system("test")


def forged(item: Item, kind: str, quantity: int, **fields: Any) -> StockMovement:
    """A movement that no service has booked."""
    row: StockMovement = StockMovement.objects.create(
        item=item, movement_type=kind, quantity=quantity, actor_kind="system", actor_label="forger", **fields
    )
    return row


def tracked(branch: Branch, *serials: str) -> Item:
    """An item whose units have these numbers."""
    item = stocked(0, branch, tracks_serials=True)
    request = MovementRequest(item.pk, MovementType.IN, len(serials), to_branch_id=branch.pk, serials=serials)
    record_movement(request, actor=SYSTEM)
    return item


def promised(item: Item, branch: Branch, units: int) -> Reservation:
    source = new_id()
    reserve("test", [Need(source, item.pk, branch.pk, units, new_id(), "R-1")], actor=SYSTEM)
    return Reservation.objects.get(source_id=source)


def test_value_that_was_changed_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    StockLevel.objects.update(value_micros=1)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "value", 1, 40_000_000)]


def test_incoming_is_what_is_on_order_and_in_transit(branch: Branch, other_branch: Branch) -> None:
    item = stocked(5, branch)
    supplier = Supplier.objects.create(name="Parts Ltd")
    for status, units in (("draft", 1), ("ordered", 20), ("partly_received", 300), ("cancelled", 4_000)):
        order = PurchaseOrder.objects.create(number=f"P-{status}", supplier=supplier, branch=branch, status=status)
        PurchaseLine.objects.create(order=order, item=item, position=1, quantity=units + 3, cancelled=3)
    StockLevel.objects.update(incoming=319)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "incoming", 319, 320)]


def test_wrong_balance_breaks_the_chain(branch: Branch) -> None:
    item = stocked(5, branch)
    wrong = forged(item, "IN", 2, to_branch=branch, to_balance=8, to_value_micros=0)
    StockLevel.objects.update(quantity=7)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "balance", 8, 7, str(wrong.pk))]


def test_issue_without_its_movement_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    reservation = promised(item, branch, 2)
    StockLevel.objects.update(reserved=0)
    Reservation.objects.update(status="issued")

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "issued", 2, 0, str(reservation.pk))]


def test_handed_out_for_a_promise_that_is_open_again_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    reservation = promised(item, branch, 2)
    issue("test", [reservation.source_id], actor=SYSTEM)
    Reservation.objects.update(status="released")

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "issued", 0, 2, str(reservation.pk))]


def test_reversal_of_another_number_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    first = StockMovement.objects.get()
    wrong = forged(item, "OUT", 4, from_branch=branch, from_balance=1, from_value_micros=-32_000_000, reverses=first)
    StockLevel.objects.update(quantity=1, value_micros=8_000_000)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "reversal", 4, 5, str(wrong.pk))]


def test_reversal_elsewhere_is_found(branch: Branch, other_branch: Branch) -> None:
    item = stocked(5, branch)
    record_movement(MovementRequest(item.pk, MovementType.IN, 5, to_branch_id=other_branch.pk), actor=SYSTEM)
    first = StockMovement.objects.get(to_branch=branch)
    wrong = forged(
        item, "OUT", 5, from_branch=other_branch, from_balance=0, from_value_micros=-40_000_000, reverses=first
    )
    StockLevel.objects.filter(branch=other_branch).update(quantity=0, value_micros=0)

    assert verify_stock() == [Discrepancy(item.pk, other_branch.pk, "reversal", 5, 0, str(wrong.pk))]


def test_every_kind_of_reversal_is_an_opposite(branch: Branch, other_branch: Branch) -> None:
    item = stocked(9, branch)
    kinds: list[tuple[MovementType, dict[str, Any]]] = [
        (MovementType.IN, {"quantity": 2, "to_branch_id": branch.pk}),
        (MovementType.RETURN, {"quantity": 2, "to_branch_id": branch.pk}),
        (MovementType.OUT, {"quantity": 2, "from_branch_id": branch.pk}),
        (MovementType.TRANSFER, {"quantity": 2, "from_branch_id": branch.pk, "to_branch_id": other_branch.pk}),
        (MovementType.ADJUSTMENT, {"quantity": -2, "to_branch_id": branch.pk, "notes": "broken"}),
    ]
    for kind, fields in kinds:
        movement = record_movement(MovementRequest(item.pk, kind, **fields), actor=SYSTEM)
        reverse_movement(movement.pk, "a mistake", actor=SYSTEM)

    assert StockMovement.objects.count() == 11
    assert verify_stock() == []


def test_serial_that_is_elsewhere_is_found(branch: Branch, other_branch: Branch) -> None:
    item = tracked(branch, "A", "B")
    Serial.objects.filter(number="A").update(branch=other_branch)

    assert set(verify_stock()) == {
        Discrepancy(item.pk, branch.pk, "serials", 1, 2),
        Discrepancy(item.pk, other_branch.pk, "serials", 1, 0),
        Discrepancy(item.pk, other_branch.pk, "serial", 1, 0, "A"),
        Discrepancy(item.pk, branch.pk, "serial", 0, 1, "A"),
    }


def test_serial_that_nobody_brought_is_found(branch: Branch) -> None:
    item = tracked(branch, "A")
    Serial.objects.create(item=item, number="B", branch=branch)

    assert verify_stock() == [
        Discrepancy(item.pk, branch.pk, "serials", 2, 1),
        Discrepancy(item.pk, branch.pk, "serial", 1, 0, "B"),
    ]


def test_unit_that_left_where_it_was_not_is_found(branch: Branch, other_branch: Branch) -> None:
    item = tracked(branch, "A")
    wrong = forged(item, "OUT", 1, from_branch=other_branch, from_balance=-1, from_value_micros=0)
    wrong.moved_serials.create(serial=Serial.objects.get())
    Serial.objects.update(state="gone", branch=None)

    found = verify_stock()

    assert [difference for difference in found if difference.what == "serial_moves"] == [
        Discrepancy(item.pk, other_branch.pk, "serial_moves", 1, 0, "A")
    ]


def test_movement_that_names_too_few_serials_is_found(branch: Branch) -> None:
    item = tracked(branch, "A")
    wrong = forged(item, "IN", 2, to_branch=branch, to_balance=3, to_value_micros=0)
    wrong.moved_serials.create(serial=Serial.objects.create(item=item, number="B", branch=branch))
    StockLevel.objects.update(quantity=3)

    assert verify_stock() == [
        Discrepancy(item.pk, branch.pk, "serials", 2, 3),
        Discrepancy(item.pk, branch.pk, "serials_named", 1, 2, str(wrong.pk)),
    ]


def test_unit_picked_for_what_is_over_is_found(branch: Branch) -> None:
    item = tracked(branch, "A")
    reservation = promised(item, branch, 1)
    pick_serials(reservation.pk, ["A"], actor=SYSTEM)
    StockLevel.objects.update(reserved=0)
    Reservation.objects.update(status="released")

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "picked", 1, 0, "A")]


def test_unit_that_was_undone_for_another_is_found(branch: Branch) -> None:
    item = tracked(branch, "A")
    first = StockMovement.objects.get()
    record_movement(MovementRequest(item.pk, MovementType.IN, 1, to_branch_id=branch.pk, serials=["B"]), actor=SYSTEM)
    undone = forged(item, "OUT", 1, from_branch=branch, from_balance=1, from_value_micros=-8_000_000, reverses=first)
    undone.moved_serials.create(serial=Serial.objects.get(number="B"))
    Serial.objects.filter(number="B").update(state="gone", branch=None)
    StockLevel.objects.update(quantity=1, value_micros=8_000_000)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "reversal_serials", 1, 0, "B")]


def test_purchase_line_that_received_without_a_movement_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    order = PurchaseOrder.objects.create(
        number="PO-2026-000007", supplier=Supplier.objects.create(name="Parts Ltd"), branch=branch, status="ordered"
    )
    PurchaseLine.objects.create(order=order, item=item, position=1, quantity=3, received=3)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "purchase_received", 3, 0, "PO-2026-000007")]


def test_posted_count_without_its_adjustment_is_found(branch: Branch) -> None:
    item = stocked(5, branch)
    count = StockCount.objects.create(number="C-2026-000003", branch=branch, status="posted", closed_at=timezone.now())
    CountLine.objects.create(count=count, item=item, counted=3, on_hand=5)

    assert verify_stock() == [Discrepancy(item.pk, branch.pk, "count_posted", -2, 0, "C-2026-000003")]


def test_transfer_that_moved_nothing_is_found(branch: Branch, other_branch: Branch) -> None:
    item = stocked(5, branch)
    transfer = Transfer.objects.create(
        number="T-2026-000002", from_branch=branch, to_branch=other_branch, status="sent", sent_at=timezone.now()
    )
    TransferLine.objects.create(transfer=transfer, item=item, position=1, quantity=4, value_micros=9)

    found = verify_stock()

    assert found == [
        Discrepancy(item.pk, other_branch.pk, "incoming", 0, 4),
        Discrepancy(item.pk, branch.pk, "transfer_sent", 4, 0, "T-2026-000002"),
        Discrepancy(item.pk, branch.pk, "transfer_value", 9, 0, "T-2026-000002"),
    ]


def test_counter_that_lags_behind_is_found(branch: Branch) -> None:
    StockCount.objects.create(number="C-2026-000012", branch=branch)
    DocumentCounter.objects.create(series="C-2026", last=11)

    assert verify_stock() == [Discrepancy(None, None, "document_counter", 11, 12, "C-2026")]
