"""What receiving and calling back do to stock, with and without serial numbers, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.exceptions import Conflict, DomainError, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.exceptions import SerialElsewhere
from apps.inventory.models import Branch, Item, Serial, StockMovement, TransferReceipt
from apps.inventory.services import (
    Arrival,
    ReceiptRequest,
    cancel_transfer,
    receive_transfer,
    send_transfer,
    verify_stock,
)
from tests.factories import BranchFactory
from tests.inventory.transferring import (
    SYSTEM,
    bought,
    draft,
    events,
    fields,
    level,
    line,
    moved,
    receive,
    refused,
    restock,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(branch: Branch) -> Item:
    """Ten at Harbour, 10.00 each."""
    return bought(10, branch, name="Display")


# --- receiving ------------------------------------------------------------------------------------------------------


def test_all_that_is_under_way_arrives_with_its_value(branch: Branch, other_branch: Branch, part: Item) -> None:
    restock(part, 2, other_branch, "4.00")
    transfer = sent(branch, other_branch, (part, 4))

    done = receive(transfer)

    assert (done.status, done.closed_at is not None) == ("received", True)
    assert level(part, branch) == (6, 0, 60_000_000)
    assert level(part, other_branch) == (6, 0, 48_000_000)
    found = line(transfer)
    assert (found.received, found.missing, found.surplus, found.outstanding, found.value_micros) == (4, 0, 0, 0, 0)
    assert moved(transfer)[1:] == [("TRANSFER", None, "STA", 4, None, 40_000_000, "")]
    receipt = TransferReceipt.objects.get()
    assert events(transfer)[2:] == [("received", {"receipt_id": str(receipt.pk), "units": 4, "is_complete": True})]
    assert verify_stock() == []


def test_parts_of_a_line_take_parts_of_the_value_and_the_last_takes_the_rest(
    branch: Branch, other_branch: Branch
) -> None:
    item = bought(3, branch, "3.34")
    restock(item, 4, branch, "0.01")  # 7 units worth 10.06, which no average divides
    transfer = sent(branch, other_branch, (item, 7))
    arrival = Arrival(line(transfer).pk, received=2)

    first = receive(transfer, arrival)
    after_first = (first.status, level(item, other_branch), line(transfer).value_micros)
    receive(transfer, arrival)
    last = receive(transfer)

    assert after_first == ("partly_received", (2, 5, 2_874_286), 7_185_714)
    assert [row[5] for row in moved(transfer)[1:]] == [2_874_286, 2_874_286, 4_311_428]
    assert (last.status, level(item, other_branch), line(transfer).value_micros) == ("received", (7, 0, 10_060_000), 0)
    assert verify_stock() == []


def test_branches_of_different_currencies_value_what_comes_by_their_own_shelf(branch: Branch, part: Item) -> None:
    abroad = BranchFactory(code="TYO", currency="JPY")
    restock(part, 2, abroad, "1500")
    transfer = sent(branch, abroad, (part, 4))

    receive(transfer, Arrival(line(transfer).pk, received=1))
    receive(transfer, Arrival(line(transfer).pk, received=2, missing=1, reason="lost"))

    assert level(part, abroad) == (5, 0, 7_500_000_000)
    assert level(part, branch) == (6, 0, 60_000_000)
    assert line(transfer).value_micros == 0
    assert moved(transfer)[1:] == [
        ("TRANSFER", None, "TYO", 1, None, 1_500_000_000, ""),
        ("TRANSFER", None, "TYO", 3, None, 4_500_000_000, ""),
        ("ADJUSTMENT", None, "TYO", -1, None, -1_500_000_000, "lost"),
    ]
    currencies = StockMovement.objects.filter(document_id=transfer.pk).order_by("created_at", "id")
    assert list(currencies.values_list("currency", flat=True)) == ["USD", "JPY", "JPY", "JPY"]
    assert verify_stock() == []


def test_missing_units_leave_transit_and_are_written_off_with_their_reason(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    restock(part, 6, other_branch, "2.00")
    transfer = sent(branch, other_branch, (part, 5))

    done = receive(transfer, Arrival(line(transfer).pk, received=3, missing=2, reason="crushed in the van"))

    assert done.status == "received"
    assert level(part, other_branch) == (9, 0, 42_000_000)
    assert level(part, branch) == (5, 0, 50_000_000)
    found = line(transfer)
    assert (found.received, found.missing, found.surplus, found.reason) == (3, 2, 0, "crushed in the van")
    assert moved(transfer)[1:] == [
        ("TRANSFER", None, "STA", 5, None, 50_000_000, ""),
        ("ADJUSTMENT", None, "STA", -2, None, -20_000_000, "crushed in the van"),
    ]
    said = {"line_id": str(found.pk), "item_id": str(part.pk), "missing": 2, "surplus": 0}
    assert events(transfer)[3:] == [("difference", {**said, "reason": "crushed in the van"})]
    assert verify_stock() == []


def test_surplus_units_are_found_at_the_destination(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = sent(branch, other_branch, (part, 5))

    done = receive(transfer, Arrival(line(transfer).pk, received=5, surplus=2, reason="packed too many"))

    assert done.status == "received"
    assert level(part, other_branch) == (7, 0, 70_000_000)
    assert level(part, branch) == (5, 0, 50_000_000)
    assert (line(transfer).received, line(transfer).surplus) == (5, 2)
    assert moved(transfer)[1:] == [
        ("TRANSFER", None, "STA", 5, None, 50_000_000, ""),
        ("ADJUSTMENT", None, "STA", 2, None, 20_000_000, "packed too many"),
    ]
    assert verify_stock() == []


@pytest.mark.parametrize(
    ("arrivals", "kind", "found"),
    [
        ([], ValidationFailed, [("lines", "required")]),
        ([{}], ValidationFailed, [("lines.0.received", "required")]),
        ([{"received": -1}], ValidationFailed, [("lines.0.received", "min_value")]),
        ([{"received": 6}], ValidationFailed, [("lines.0.received", "max_value")]),
        ([{"received": 4, "missing": 2, "reason": "lost"}], ValidationFailed, [("lines.0.missing", "max_value")]),
        ([{"received": 4, "missing": 1}], ValidationFailed, [("lines.0.reason", "required")]),
        ([{"received": 5, "surplus": 1, "reason": " "}], ValidationFailed, [("lines.0.reason", "required")]),
        ([{"received": 4, "surplus": 1, "reason": "x"}], ValidationFailed, [("lines.0.surplus", "invalid")]),
        ([{"received": 1}, {"received": 1}], ValidationFailed, [("lines.1.lineId", "duplicate")]),
        ([{"received": 1}, {"received": 1, "line_id": new_id()}], ReferenceMissing,
         [("lines.1.lineId", "does_not_exist")]),
        ([{"received": 1, "serials": ["A"]}], ValidationFailed, [("lines.0.serials", "not_allowed")]),
    ],
)  # fmt: skip
def test_arrivals_that_cannot_be_are_refused_by_their_place(
    branch: Branch, other_branch: Branch, part: Item, arrivals: Any, kind: type[DomainError], found: Any
) -> None:
    transfer = sent(branch, other_branch, (part, 5))
    named = [Arrival(**{"line_id": line(transfer).pk, **arrival}) for arrival in arrivals]

    refusal = refused(kind, lambda: receive_transfer(transfer.pk, ReceiptRequest(new_id(), named), actor=SYSTEM))

    assert fields(refusal) == found


@pytest.mark.parametrize("state", ["draft", "received", "cancelled"])
def test_nothing_is_received_that_is_not_under_way(
    branch: Branch, other_branch: Branch, part: Item, state: str
) -> None:
    transfer = draft(branch, other_branch, (part, 4))
    if state == "received":
        receive(send_transfer(transfer.pk, actor=SYSTEM))
    if state == "cancelled":
        cancel_transfer(transfer.pk, actor=SYSTEM)

    refusal = refused(Conflict, lambda: receive(transfer))

    assert refusal.message == f"{transfer.number} is {state}; nothing of it is under way."


def test_receipt_that_is_sent_twice_is_booked_once(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = sent(branch, other_branch, (part, 4))
    some = ReceiptRequest(new_id(), [Arrival(line(transfer).pk, received=1)], "first box")
    rest = ReceiptRequest(new_id())

    for receipt in (some, some, rest, rest, some):
        receive_transfer(transfer.pk, receipt, actor=SYSTEM)

    assert level(part, other_branch) == (4, 0, 40_000_000)
    assert [row[3] for row in moved(transfer)] == [4, 1, 3]
    assert [name for name, _ in events(transfer)] == ["drafted", "sent", "received", "received"]
    assert list(TransferReceipt.objects.values_list("pk", "in_full", "notes")) == [
        (some.id, False, "first box"), (rest.id, True, ""),
    ]  # fmt: skip


@pytest.mark.exhaustive
def test_another_receipt_under_the_same_id_is_refused(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer, other = sent(branch, other_branch, (part, 4)), sent(branch, other_branch, (part, 4))
    receipt = ReceiptRequest(new_id(), [Arrival(line(transfer).pk, received=1)])
    receive_transfer(transfer.pk, receipt, actor=SYSTEM)
    changed = ReceiptRequest(receipt.id, [Arrival(line(transfer).pk, received=2)])

    refusals = [
        refused(Conflict, lambda: receive_transfer(transfer.pk, changed, actor=SYSTEM)),
        refused(Conflict, lambda: receive_transfer(transfer.pk, ReceiptRequest(receipt.id), actor=SYSTEM)),
        refused(Conflict, lambda: receive_transfer(other.pk, receipt, actor=SYSTEM)),
    ]

    assert [one.message for one in refusals] == ["Another receipt has this id already."] * 3


# --- calling back ---------------------------------------------------------------------------------------------------


def test_what_is_called_back_returns_at_the_value_with_which_it_left(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = sent(branch, other_branch, (part, 4))
    restock(part, 4, branch, "20.00")

    done = cancel_transfer(transfer.pk, "wrong van", actor=SYSTEM)

    assert (done.status, done.closed_at is not None) == ("cancelled", True)
    assert level(part, branch) == (14, 0, 180_000_000)
    assert level(part, other_branch) == (0, 0, 0)
    assert moved(transfer) == [
        ("TRANSFER", "HAR", None, 4, -40_000_000, None, ""),
        ("TRANSFER", None, "HAR", 4, None, 40_000_000, "wrong van"),
    ]
    assert line(transfer).value_micros == 0
    assert events(transfer)[2:] == [("cancelled", {"units": 4, "reason": "wrong van"})]
    assert verify_stock() == []


def test_cancelled_draft_stays_and_moves_nothing(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = draft(branch, other_branch, (part, 4))

    cancel_transfer(transfer.pk, actor=SYSTEM)

    transfer.refresh_from_db()
    assert (transfer.status, moved(transfer)) == ("cancelled", [])
    assert events(transfer)[1:] == [("cancelled", {"units": 0, "reason": ""})]


@pytest.mark.exhaustive
def test_calling_back_needs_a_reason_and_that_nothing_has_been_received(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = sent(branch, other_branch, (part, 4))
    silent = refused(ValidationFailed, lambda: cancel_transfer(transfer.pk, " ", actor=SYSTEM))
    messages = []
    for units in (1, 3):
        receive(transfer, Arrival(line(transfer).pk, received=units))
        messages.append(refused(Conflict, lambda: cancel_transfer(transfer.pk, "x", actor=SYSTEM)).message)

    assert fields(silent) == [("reason", "required")]
    assert messages == [
        f"{transfer.number} is {state}; only what nobody has received yet can be cancelled."
        for state in ("partly received", "received")
    ]


# --- units with serial numbers --------------------------------------------------------------------------------------


def where(item: Item) -> dict[str, str]:
    """The place of each unit."""
    rows = Serial.objects.filter(item=item).select_related("branch")
    return {serial.number: serial.branch.code if serial.branch else str(serial.state) for serial in rows}


@pytest.fixture
def phone(branch: Branch) -> Item:
    return bought(5, branch, serials=["A", "B", "C", "D", "E"], name="Phone")


def test_units_travel_by_their_numbers(branch: Branch, other_branch: Branch, phone: Item) -> None:
    transfer = sent(branch, other_branch, (phone, 4, "a", "B", "c", "D"))
    on_the_way = where(phone)
    pk = line(transfer).pk

    receive(transfer, Arrival(pk, received=1, serials=["b"]))
    between = (where(phone), line(transfer).serial_numbers)
    receive(
        transfer,
        Arrival(pk, received=2, missing=1, surplus=1, reason="swapped", missing_serials=["c"], surplus_serials=["x"]),
    )

    assert on_the_way == dict.fromkeys("ABCD", "in_transit") | {"E": "HAR"}
    assert between == (dict.fromkeys("ACD", "in_transit") | {"B": "STA", "E": "HAR"}, ["A", "C", "D"])
    assert where(phone) == dict.fromkeys("ABDX", "STA") | {"C": "gone", "E": "HAR"}
    assert (level(phone, branch)[:2], level(phone, other_branch)[:2]) == ((1, 0), (4, 0))
    assert line(transfer).serial_numbers == []
    assert verify_stock() == []


def test_units_that_are_called_back_are_at_home_again(branch: Branch, other_branch: Branch, phone: Item) -> None:
    transfer = sent(branch, other_branch, (phone, 2, "A", "B"))

    cancel_transfer(transfer.pk, "not today", actor=SYSTEM)

    assert where(phone) == dict.fromkeys("ABCDE", "HAR")
    assert level(phone, branch) == (5, 0, 50_000_000)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_units_are_named_when_they_are_sent_at_last(branch: Branch, other_branch: Branch, phone: Item) -> None:
    unnamed = draft(branch, other_branch, (phone, 2))
    elsewhere = draft(branch, other_branch, (phone, 2, "A", "Q"))

    first = refused(ValidationFailed, lambda: send_transfer(unnamed.pk, actor=SYSTEM))
    second = refused(SerialElsewhere, lambda: send_transfer(elsewhere.pk, actor=SYSTEM))

    assert fields(first) == [("lines.0.serials", "invalid")]
    assert first.message == "Phone: Name 2 serial numbers, one for each unit: 0 are named."
    assert second.message == "Phone: Nobody knows a unit with the serial number Q."
    assert fields(second) == [("lines.0", "refused")]


@pytest.mark.parametrize(
    ("arrival", "kind"),
    [
        ({"received": 1}, ValidationFailed),
        ({"received": 1, "serials": ["A", "B"]}, ValidationFailed),
        ({"received": 1, "serials": ["E"]}, SerialElsewhere),
        ({"received": 1, "serials": ["D"]}, SerialElsewhere),
        ({"received": 1, "serials": ["Q"]}, SerialElsewhere),
        ({"received": 1, "missing": 1, "reason": "x", "serials": ["A"], "missing_serials": ["A"]}, ValidationFailed),
        ({"received": 2, "surplus": 1, "reason": "x"}, ValidationFailed),
        ({"received": 2, "surplus": 1, "reason": "x", "surplus_serials": ["E"]}, SerialElsewhere),
    ],
)
def test_only_units_of_this_transfer_arrive_and_each_once(
    branch: Branch, other_branch: Branch, phone: Item, arrival: dict[str, Any], kind: type[DomainError]
) -> None:
    transfer = sent(branch, other_branch, (phone, 2, "A", "B"))
    sent(branch, other_branch, (phone, 1, "D"))

    refused(kind, lambda: receive(transfer, Arrival(line(transfer).pk, **arrival)))
