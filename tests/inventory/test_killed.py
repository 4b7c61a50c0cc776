"""What is ended between any two of its statements has happened in full or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, PurchaseOrder, ReorderPoint, Reservation, StockMovement
from apps.inventory.services import (
    MovementRequest,
    Need,
    compute_reorder_points,
    draft_proposals,
    issue,
    pick_serials,
    record_movement,
    reduce,
    release,
    release_expired,
    reserve,
    reverse_movement,
    verify_stock,
)
from apps.inventory.services.imports import read_file, run_import
from tests.factories import BranchFactory, ItemFactory, SupplierItemFactory, stock_of, stocked
from tests.inventory.files import csv_file
from tests.inventory.killing import every_statement_killed
from tests.inventory.transferring import SYSTEM, bought

pytestmark = pytest.mark.django_db(transaction=True)


def promised(item: Item, branch: Branch, units: int) -> Reservation:
    source = new_id()
    reserve("test", [Need(source, item.pk, branch.pk, units, new_id(), "R-1")], actor=SYSTEM)
    return Reservation.objects.get(source_id=source)


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [(MovementType.IN, None, 0), (MovementType.OUT, 0, None), (MovementType.TRANSFER, 0, 1)],
)
def test_killed_movement_has_moved_nothing(kind: MovementType, source: int | None, target: int | None) -> None:
    branches = [BranchFactory(), BranchFactory()]
    item = stocked(5, branches[0])
    request = MovementRequest(
        item.pk,
        kind,
        2,
        from_branch_id=None if source is None else branches[source].pk,
        to_branch_id=None if target is None else branches[target].pk,
    )

    statements = every_statement_killed(partial(record_movement, request, actor=SYSTEM))

    assert statements >= 6
    assert StockMovement.objects.count() == 2
    assert verify_stock() == []


def test_killed_promise_has_promised_nothing() -> None:
    branch = BranchFactory()
    items = [stocked(5, branch), stocked(5, branch)]
    needs = [Need(new_id(), item.pk, branch.pk, 2, new_id(), "R-1") for item in items]

    every_statement_killed(partial(reserve, "test", needs, actor=SYSTEM))

    assert [stock_of(item, branch) for item in items] == [(5, 2), (5, 2)]
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_killed_end_of_a_promise_leaves_it() -> None:
    branch = BranchFactory()
    item = bought(6, branch, "3.00", [f"N{number}" for number in range(6)])
    first, second, third = (promised(item, branch, 2) for _ in range(3))
    works: list[Callable[[], object]] = [
        partial(pick_serials, first.pk, ["N0", "N1"], actor=SYSTEM),
        partial(issue, "test", [first.source_id], actor=SYSTEM),
        partial(reduce, "test", second.source_id, 1, actor=SYSTEM),
        partial(release, "test", [second.source_id, third.source_id], actor=SYSTEM),
    ]

    statements = [every_statement_killed(work) for work in works]

    assert min(statements) >= 4
    assert stock_of(item, branch) == (4, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_killed_reversal_has_undone_nothing() -> None:
    branch = BranchFactory()
    item = stocked(5, branch)

    every_statement_killed(partial(reverse_movement, StockMovement.objects.get().pk, "a mistake", actor=SYSTEM))

    assert stock_of(item, branch) == (0, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_killed_expiry_leaves_the_offer() -> None:
    branch = BranchFactory()
    item, now = stocked(5, branch), timezone.now()
    need = Need(new_id(), item.pk, branch.pk, 2, new_id(), "R-1", expires_at=now)
    reserve("test", [need], actor=SYSTEM)

    every_statement_killed(partial(release_expired, actor=SYSTEM, now=now))

    assert stock_of(item, branch) == (5, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            "items",
            [["sku", "name", "category", "barcode"], ["A", "Old", "Parts / Screens", "1"], ["B", "New", "", "2"]],
        ),
        (
            "opening_stock",
            [["sku", "branch", "quantity", "unit_cost"], ["A", "HAR", "3", "2.50"], ["OTHER", "HAR", "4", "1"]],
        ),
    ],
)
def test_killed_import_has_brought_nothing(kind: str, rows: list[list[str]]) -> None:
    BranchFactory(code="HAR")
    ItemFactory(sku="A"), ItemFactory(sku="OTHER")
    content = csv_file(*rows)

    def work() -> None:
        run_import(kind, read_file(kind, content), dry_run=False, actor=SYSTEM)

    statements = every_statement_killed(work)

    assert statements >= 8
    assert sorted(Item.objects.values_list("sku", flat=True)) == (
        ["A", "B", "OTHER"] if kind == "items" else ["A", "OTHER"]
    )
    assert StockMovement.objects.count() == (0 if kind == "items" else 2)
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_killed_drafts_and_reorder_points_are_not_there() -> None:
    branch = BranchFactory()
    offer = SupplierItemFactory(item=stocked(1, branch, reorder_level=5, reorder_quantity=4), is_preferred=True)

    computed = every_statement_killed(partial(compute_reorder_points, actor=SYSTEM, now=timezone.now()))
    drafted = every_statement_killed(partial(draft_proposals, branch.pk, offer.supplier_id, actor=SYSTEM))

    assert min(computed, drafted) >= 8
    assert (ReorderPoint.objects.count(), PurchaseOrder.objects.count()) == (1, 1)
