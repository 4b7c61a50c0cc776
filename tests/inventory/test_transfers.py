"""What drafting and sending do to stock, who may do what with transfers, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, Forbidden, NotFound, ReferenceMissing, ValidationFailed
from apps.core.ids import new_id
from apps.inventory.enums import TransferStatus
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.models import Branch, Item, StockMovement, Transfer, TransferLine
from apps.inventory.services import (
    Need,
    TransferLineRequest,
    TransferRequest,
    cancel_transfer,
    delete_transfer,
    draft_transfer,
    edit_transfer,
    reserve,
    send_transfer,
    verify_stock,
)
from tests.factories import BranchFactory, ItemFactory, actor_for, member
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


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_draft_moves_nothing_and_has_a_number(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = draft(branch, other_branch, (part, 4))

    year = transfer.created_at.year
    assert (transfer.number, transfer.status) == (f"T-{year}-000001", "draft")
    assert (transfer.actor_kind, transfer.actor_label) == ("system", "test")
    assert draft(branch, other_branch, (part, 4)).number == f"T-{year}-000002"
    assert (level(part, branch), level(part, other_branch)) == ((10, 0, 100_000_000), (0, 0, 0))
    assert (moved(transfer), events(transfer)) == ([], [("drafted", {})])
    assert verify_stock() == []


def test_edit_replaces_the_lines_and_keeps_the_id_of_an_item_that_stays(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    other = ItemFactory()
    transfer = draft(branch, other_branch, (part, 4), (other, 1))
    kept = line(transfer, 1).pk

    edit_transfer(
        transfer.pk,
        {"notes": "fragile", "lines": [TransferLineRequest(ItemFactory().pk, 2), TransferLineRequest(part.pk, 3)]},
        actor=SYSTEM,
    )

    transfer.refresh_from_db()
    assert transfer.notes == "fragile"
    assert list(transfer.lines.values_list("position", "quantity")) == [(1, 2), (2, 3)]
    assert line(transfer, 2).pk == kept
    assert [name for name, _ in events(transfer)] == ["drafted", "changed"]


def test_deleted_draft_is_gone_and_its_number_is_not_given_again(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = draft(branch, other_branch, (part, 4))

    delete_transfer(transfer.pk, actor=SYSTEM)

    assert (Transfer.objects.count(), TransferLine.objects.count()) == (0, 0)
    assert [name for name, _ in events(transfer)] == ["drafted", "discarded"]
    assert draft(branch, other_branch, (part, 4)).number.endswith("000002")


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("lines", "kind", "found"),
    [
        ([], ValidationFailed, [("lines", "invalid")]),
        ([("part", 0)], ValidationFailed, [("lines.0.quantity", "invalid")]),
        ([("part", 1_000_001)], ValidationFailed, [("lines.0.quantity", "invalid")]),
        ([("part", 1), ("part", 2)], ValidationFailed, [("lines.1.itemId", "duplicate")]),
        ([("part", 1), ("nothing", 1)], ReferenceMissing, [("lines.1.itemId", "does_not_exist")]),
        ([("part", 1, "A")], ValidationFailed, [("lines.0.serials", "not_allowed")]),
        ([("phone", 1, "A", "B")], ValidationFailed, [("lines.0.serials", "invalid")]),
        ([("phone", 2, "A", "a ")], ValidationFailed, [("lines.0.serials", "duplicate")]),
        ([("phone", 0, "A"), ("part", 0)], ValidationFailed,
         [("lines.0.quantity", "invalid"), ("lines.0.serials", "invalid"), ("lines.1.quantity", "invalid")]),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_are_refused_by_their_place(
    branch: Branch, other_branch: Branch, part: Item, lines: Any, kind: type[DomainError], found: Any
) -> None:
    ids = {"part": part.pk, "phone": ItemFactory(tracks_serials=True).pk, "nothing": new_id()}
    wanted = [TransferLineRequest(ids[name], quantity, serials) for name, quantity, *serials in lines]
    present = draft(branch, other_branch, (part, 1))

    made = refused(kind, lambda: draft_transfer(TransferRequest(branch.pk, other_branch.pk, wanted), actor=SYSTEM))
    edited = refused(kind, lambda: edit_transfer(present.pk, {"lines": wanted}, actor=SYSTEM))

    assert fields(made) == fields(edited) == found


@pytest.mark.exhaustive
def test_branches_of_a_transfer_differ_and_the_other_one_is_open(branch: Branch, part: Item) -> None:
    closed = BranchFactory(is_active=False)
    lines = [TransferLineRequest(part.pk, 1)]

    same = refused(ValidationFailed, lambda: draft_transfer(TransferRequest(branch.pk, branch.pk, lines), actor=SYSTEM))
    shut = refused(ReferenceMissing, lambda: draft_transfer(TransferRequest(branch.pk, closed.pk, lines), actor=SYSTEM))
    nowhere = refused(
        ReferenceMissing, lambda: draft_transfer(TransferRequest(new_id(), branch.pk, lines), actor=SYSTEM)
    )

    assert [fields(one)[0] for one in (same, shut, nowhere)] == [
        ("toBranchId", "same_branch"), ("toBranchId", "does_not_exist"), ("fromBranchId", "does_not_exist"),
    ]  # fmt: skip


# --- sending --------------------------------------------------------------------------------------------------------


def test_sending_takes_units_and_value_out_of_the_branch_into_transit(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    restock(part, 5, branch, "16.00")  # 15 units worth 180.00

    transfer = sent(branch, other_branch, (part, 4))

    assert (transfer.status, transfer.sent_at is not None, transfer.closed_at) == ("sent", True, None)
    assert level(part, branch) == (11, 0, 132_000_000)
    assert level(part, other_branch) == (0, 4, 0)
    assert line(transfer).value_micros == 48_000_000
    assert moved(transfer) == [("TRANSFER", "HAR", None, 4, -48_000_000, None, "")]
    movement = StockMovement.objects.get(document_id=transfer.pk)
    assert (movement.reference_number, movement.document_type, movement.document_line_id, movement.from_balance) == (
        transfer.number, "transfer", line(transfer).pk, 11,
    )  # fmt: skip
    assert events(transfer)[1:] == [("sent", {"units": 4})]
    assert verify_stock() == []


def test_every_line_of_which_there_is_too_little_is_named(branch: Branch, other_branch: Branch, part: Item) -> None:
    scarce, plenty = bought(2, branch, name="Battery"), bought(9, branch)
    reserve("test", [Need(new_id(), part.pk, branch.pk, 7, new_id(), "R-1")], actor=SYSTEM)
    transfer = draft(branch, other_branch, (part, 4), (plenty, 9), (scarce, 3))

    refusal = refused(InsufficientStock, lambda: send_transfer(transfer.pk, actor=SYSTEM))

    assert refusal.message == "Display: Only 3 available, 4 asked for. Battery: Only 2 available, 3 asked for."
    assert [(one.field, one.message) for one in refusal.details] == [
        ("lines.0.quantity", "Only 3 available, 4 asked for."),
        ("lines.2.quantity", "Only 2 available, 3 asked for."),
    ]


@pytest.mark.exhaustive
def test_what_has_been_sent_is_neither_sent_again_nor_changed_nor_deleted(
    branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = sent(branch, other_branch, (part, 4))
    words = f"{transfer.number} is sent; only a draft can be changed."

    refusals = [
        refused(Conflict, lambda: send_transfer(transfer.pk, actor=SYSTEM)),
        refused(Conflict, lambda: edit_transfer(transfer.pk, {"notes": "x"}, actor=SYSTEM)),
        refused(Conflict, lambda: delete_transfer(transfer.pk, actor=SYSTEM)),
    ]

    assert [one.message for one in refusals] == [words] * 3


def test_nothing_is_sent_to_a_branch_that_has_closed(branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = draft(branch, other_branch, (part, 4))
    Branch.objects.filter(pk=other_branch.pk).update(is_active=False)

    assert refused(Conflict, lambda: send_transfer(transfer.pk, actor=SYSTEM)).message == "Station is closed."


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_each_end_is_for_its_own_manager(branch: Branch, other_branch: Branch, part: Item) -> None:
    sender, taker = (actor_for(member("manager", place)) for place in (branch, other_branch))
    stranger = actor_for(member("manager", BranchFactory()))
    transfer = draft(branch, other_branch, (part, 4), actor=sender)
    request = TransferRequest(branch.pk, other_branch.pk, [TransferLineRequest(part.pk, 1)])

    refused(ReferenceMissing, lambda: draft_transfer(request, actor=taker))
    for work in (send_transfer, delete_transfer):
        refused(Forbidden, lambda work=work: work(transfer.pk, actor=taker))
        refused(NotFound, lambda work=work: work(transfer.pk, actor=stranger))
    send_transfer(transfer.pk, actor=sender)
    refused(Forbidden, lambda: receive(transfer, actor=sender))
    refused(NotFound, lambda: receive(transfer, actor=stranger))
    refused(Forbidden, lambda: cancel_transfer(transfer.pk, "mine", actor=taker))
    done = receive(transfer, actor=taker)

    assert done.status == TransferStatus.RECEIVED
    who = (
        StockMovement.objects.filter(document_id=transfer.pk).order_by("created_at").values_list("actor_id", flat=True)
    )
    assert list(who) == [sender.id, taker.id]


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["technician", "seller", "customer"])
def test_others_send_and_receive_nothing(branch: Branch, other_branch: Branch, part: Item, role: str) -> None:
    actor: Actor = actor_for(member(role, None if role == "customer" else branch))
    transfer = draft(branch, other_branch, (part, 4))
    request = TransferRequest(branch.pk, other_branch.pk, [TransferLineRequest(part.pk, 1)])

    refused(Forbidden, lambda: draft_transfer(request, actor=actor))
    refused(Forbidden, lambda: edit_transfer(transfer.pk, {}, actor=actor))
    refused(Forbidden, lambda: delete_transfer(transfer.pk, actor=actor))
    refused(Forbidden, lambda: send_transfer(transfer.pk, actor=actor))
    refused(Forbidden, lambda: receive(transfer, actor=actor))
    refused(Forbidden, lambda: cancel_transfer(transfer.pk, actor=actor))
