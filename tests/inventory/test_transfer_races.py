"""Sixteen at once at the same transfers, and transfers that are killed at any statement."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from apps.core.db import retrying
from apps.core.exceptions import Conflict
from apps.core.ids import new_id
from apps.inventory.enums import TransferStatus
from apps.inventory.models import Branch, Item, StockMovement, Transfer, TransferReceipt
from apps.inventory.services import (
    Arrival,
    ReceiptRequest,
    TransferLineRequest,
    TransferRequest,
    cancel_transfer,
    delete_transfer,
    draft_transfer,
    edit_transfer,
    receive_transfer,
    send_transfer,
    verify_stock,
)
from apps.inventory.services.ledger import open_ledger
from apps.inventory.services.transfers import movement_of
from tests.factories import BranchFactory
from tests.inventory.killing import every_statement_killed
from tests.inventory.transferring import SYSTEM, bought, draft, level, line, moved, restock, sent
from tests.racing import kinds, race

CLIENTS = 16

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ends() -> tuple[Branch, Branch]:
    return BranchFactory(code="HAR"), BranchFactory(code="STA")


def send(transfer: Transfer) -> Transfer:
    return retrying(lambda: send_transfer(transfer.pk, actor=SYSTEM))


def take(transfer: Transfer, request: ReceiptRequest) -> Transfer:
    return retrying(lambda: receive_transfer(transfer.pk, request, actor=SYSTEM))


def call_back(transfer: Transfer) -> Transfer:
    return retrying(lambda: cancel_transfer(transfer.pk, "changed our minds", actor=SYSTEM))


@pytest.mark.exhaustive
def test_transfer_is_received_by_one_of_sixteen(ends: tuple[Branch, Branch]) -> None:
    item = bought(10, ends[0])
    transfer = sent(*ends, (item, 7))

    outcomes = race(*[partial(take, transfer, ReceiptRequest(new_id())) for _ in range(CLIENTS)])

    assert kinds(outcomes) == {"Conflict": 15, "Transfer": 1}
    assert [row[:4] for row in moved(transfer)] == [("TRANSFER", "HAR", None, 7), ("TRANSFER", None, "STA", 7)]
    assert (level(item, ends[0]), level(item, ends[1])) == ((3, 0, 30_000_000), (7, 0, 70_000_000))
    assert TransferReceipt.objects.count() == 1
    assert verify_stock() == []


@pytest.mark.postgresql
def test_race_shows_what_a_missing_lock_would_do(ends: tuple[Branch, Branch]) -> None:
    item = bought(10, ends[0])
    transfer = sent(*ends, (item, 7))

    outcomes = race(*[partial(take_without_lock, transfer)] * CLIENTS)

    won = kinds(outcomes)["Transfer"]
    assert won > 1
    assert level(item, ends[1])[0] == 7 * won
    assert verify_stock() != []


@transaction.atomic
def take_without_lock(transfer: Transfer) -> Transfer:
    """The control of the race above: the same work, decided on what was read without a lock."""
    read = Transfer.objects.select_related("from_branch", "to_branch").get(pk=transfer.pk)
    if read.status != TransferStatus.SENT:
        raise Conflict("received already")
    time.sleep(0.05)
    row = line(read)
    ledger = open_ledger([(row.item_id, read.to_branch_id)], actor=SYSTEM)
    ledger.book(movement_of(read, row, row.quantity, target=read.to_branch_id), value=row.value_micros)
    ledger.close()
    Transfer.objects.filter(pk=read.pk).update(status=TransferStatus.RECEIVED)
    return read


@pytest.mark.exhaustive
def test_one_receipt_from_sixteen_clients_is_booked_once_and_answered_to_all(ends: tuple[Branch, Branch]) -> None:
    item = bought(10, ends[0])
    transfer = sent(*ends, (item, 7))
    receipt = ReceiptRequest(new_id(), [Arrival(line(transfer).pk, received=2)])

    outcomes = race(*[partial(take, transfer, receipt)] * CLIENTS)

    assert kinds(outcomes) == {"Transfer": 16}
    assert level(item, ends[1]) == (2, 5, 20_000_000)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_parts_that_arrive_at_once_are_no_more_than_were_sent(ends: tuple[Branch, Branch]) -> None:
    item = bought(10, ends[0])
    transfer = sent(*ends, (item, 10))
    pk = line(transfer).pk

    outcomes = race(
        *[partial(take, transfer, ReceiptRequest(new_id(), [Arrival(pk, received=3)])) for _ in range(CLIENTS)]
    )

    assert kinds(outcomes) == {"Transfer": 3, "ValidationFailed": 13}
    assert level(item, ends[1]) == (9, 1, 90_000_000)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_last_units_are_sent_on_one_of_sixteen_transfers(ends: tuple[Branch, Branch]) -> None:
    item = bought(5, ends[0])
    drafts = [draft(*ends, (item, 4)) for _ in range(CLIENTS)]

    outcomes = race(*[partial(send, one) for one in drafts])

    assert kinds(outcomes) == {"InsufficientStock": 15, "Transfer": 1}
    assert (level(item, ends[0])[0], level(item, ends[1])[1]) == (1, 4)
    assert sorted(Transfer.objects.values_list("status", flat=True)) == ["draft"] * 15 + ["sent"]
    assert verify_stock() == []


def test_draft_is_sent_once_however_many_send_it(ends: tuple[Branch, Branch]) -> None:
    item = bought(50, ends[0])
    one = draft(*ends, (item, 3))

    outcomes = race(*[partial(send, one)] * CLIENTS)

    assert kinds(outcomes) == {"Conflict": 15, "Transfer": 1}
    assert (level(item, ends[0])[0], level(item, ends[1])[1]) == (47, 3)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_transfer_is_either_received_or_called_back(ends: tuple[Branch, Branch]) -> None:
    item = bought(10, ends[0])
    transfer = sent(*ends, (item, 7))
    works: list[Any] = [
        work
        for _ in range(CLIENTS // 2)
        for work in (partial(take, transfer, ReceiptRequest(new_id())), partial(call_back, transfer))
    ]

    outcomes = race(*works)

    assert kinds(outcomes) == {"Conflict": 15, "Transfer": 1}
    transfer.refresh_from_db()
    home, there = (10, 0) if transfer.status == "cancelled" else (3, 7)
    assert (level(item, ends[0]), level(item, ends[1])) == (
        (home, 0, home * 10_000_000), (there, 0, there * 10_000_000),
    )  # fmt: skip
    assert verify_stock() == []


def test_numbers_are_given_once_however_many_draft(ends: tuple[Branch, Branch]) -> None:
    item = bought(1, ends[0])

    outcomes = race(*[lambda: retrying(lambda: draft(*ends, (item, 1)))] * CLIENTS)

    year = outcomes[0].created_at.year
    assert sorted(one.number for one in outcomes) == [f"T-{year}-{number:06d}" for number in range(1, 17)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("verb", ["send", "receive"])
def test_many_items_in_opposite_directions_and_orders_do_not_deadlock(ends: tuple[Branch, Branch], verb: str) -> None:
    here, there = ends
    items = [bought(40, here) for _ in range(12)]
    for item in items:
        restock(item, 40, there)
    transfers = [
        draft(*(ends if number % 2 else (there, here)), *[(item, 2) for item in items[:: 1 if number % 4 < 2 else -1]])
        for number in range(CLIENTS)
    ]
    if verb == "receive":
        for transfer in transfers:
            send_transfer(transfer.pk, actor=SYSTEM)
    works = {"send": send, "receive": lambda transfer: take(transfer, ReceiptRequest(new_id()))}

    outcomes = race(*[partial(works[verb], transfer) for transfer in transfers])

    assert kinds(outcomes) == {"Transfer": 16}
    wanted = (24, 16) if verb == "send" else (40, 0)
    assert {level(item, branch)[:2] for item in items for branch in ends} == {wanted}
    assert verify_stock() == []


# --- killed at any statement ----------------------------------------------------------------------------------------


@pytest.fixture
def two(ends: tuple[Branch, Branch]) -> tuple[Item, Item]:
    """Something that is counted, and something whose units have numbers."""
    return bought(5, ends[0]), bought(3, ends[0], serials=["A", "B", "C"])


@pytest.mark.exhaustive
def test_draft_edit_and_deletion_happen_whole_or_not_at_all(
    ends: tuple[Branch, Branch], two: tuple[Item, Item]
) -> None:
    lines = [TransferLineRequest(two[0].pk, 2), TransferLineRequest(two[1].pk, 2, ["A", "B"])]
    request = TransferRequest(ends[0].pk, ends[1].pk, lines, id=new_id())

    drafted = every_statement_killed(lambda: draft_transfer(request, actor=SYSTEM))
    assert request.id is not None
    pk = request.id
    edited = every_statement_killed(lambda: edit_transfer(pk, {"lines": lines[:1]}, actor=SYSTEM))
    deleted = every_statement_killed(lambda: delete_transfer(pk, actor=SYSTEM))

    assert min(drafted, edited, deleted) > 4
    assert Transfer.objects.count() == 0


@pytest.mark.exhaustive
def test_sending_and_receiving_happen_whole_or_not_at_all(ends: tuple[Branch, Branch], two: tuple[Item, Item]) -> None:
    transfer = draft(*ends, (two[0], 4), (two[1], 3, "A", "B", "C"))
    counted, numbered = line(transfer, 1).pk, line(transfer, 2).pk
    arrivals = [
        Arrival(counted, received=2, missing=2, surplus=1, reason="mixed up"),
        Arrival(numbered, received=1, missing=1, reason="lost", serials=["A"], missing_serials=["B"]),
    ]

    works = [
        every_statement_killed(lambda: send_transfer(transfer.pk, actor=SYSTEM)),
        every_statement_killed(partial(take, transfer, ReceiptRequest(new_id(), arrivals))),
        every_statement_killed(partial(take, transfer, ReceiptRequest(new_id()))),
    ]

    assert min(works) > 10
    assert (level(two[0], ends[0])[:2], level(two[0], ends[1])[:2]) == ((1, 0), (3, 0))
    assert (level(two[1], ends[0])[:2], level(two[1], ends[1])[:2]) == ((0, 0), (2, 0))
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_calling_back_happens_whole_or_not_at_all(ends: tuple[Branch, Branch], two: tuple[Item, Item]) -> None:
    transfer = sent(*ends, (two[0], 4), (two[1], 2, "A", "B"))

    statements = every_statement_killed(partial(call_back, transfer))

    assert statements > 10
    assert (level(two[0], ends[0])[:2], level(two[1], ends[0])[:2]) == ((5, 0), (3, 0))
    assert StockMovement.objects.filter(document_id=transfer.pk).count() == 4
    assert verify_stock() == []
