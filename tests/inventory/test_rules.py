"""Stock arithmetic and the shape of each kind of movement, without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from apps.core.exceptions import ValidationFailed
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import InsufficientStock
from apps.inventory.rules import LARGEST_ON_HAND, Balance, check_shape, crosses_reorder_level, would_cycle

A, B, C, D = (UUID(int=n) for n in range(1, 5))


@pytest.mark.parametrize(
    ("quantity", "reserved", "change", "after"),
    [(10, 3, 5, 15), (10, 3, -7, 3), (0, 0, 1, 1), (10, 10, 0, 10), (LARGEST_ON_HAND - 1, 0, 1, LARGEST_ON_HAND)],
)
def test_balance_moves_down_to_what_is_reserved(quantity: int, reserved: int, change: int, after: int) -> None:
    assert Balance(quantity, reserved).moved(change) == Balance(after, reserved)


@pytest.mark.parametrize(("quantity", "reserved", "change"), [(10, 3, -8), (0, 0, -1), (10, 10, -1)])
def test_balance_does_not_move_below_what_is_reserved(quantity: int, reserved: int, change: int) -> None:
    with pytest.raises(InsufficientStock) as refusal:
        Balance(quantity, reserved).moved(change)

    assert refusal.value.message == f"Only {quantity - reserved} available, {-change} asked for."


def test_balance_does_not_grow_beyond_what_can_be_stored() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        Balance(LARGEST_ON_HAND, 0).moved(1)

    assert [(error.field, error.code) for error in refusal.value.details] == [("quantity", "max_value")]


def test_balance_promises_up_to_what_is_on_hand() -> None:
    balance = Balance(5, 2)

    assert balance.with_reserved(3) == Balance(5, 5)
    assert balance.with_reserved(-2) == Balance(5, 0)
    with pytest.raises(InsufficientStock):
        balance.with_reserved(4)


@pytest.mark.parametrize(
    ("before", "after", "level", "crossed"),
    [(6, 5, 5, True), (6, 4, 5, True), (5, 4, 5, False), (7, 6, 5, False), (1, 0, 0, True), (4, 6, 5, False)],
)
def test_reorder_level_is_crossed_once_and_only_downwards(before: int, after: int, level: int, crossed: bool) -> None:
    assert crosses_reorder_level(before, after, level) is crossed


GOOD: list[dict[str, Any]] = [
    {"kind": MovementType.IN, "quantity": 1, "to_branch": A},
    {"kind": MovementType.RETURN, "quantity": 1, "to_branch": A},
    {"kind": MovementType.OUT, "quantity": 1, "from_branch": A},
    {"kind": MovementType.TRANSFER, "quantity": 1, "from_branch": A, "to_branch": B},
    {"kind": MovementType.ADJUSTMENT, "quantity": -1, "to_branch": A, "notes": "broken"},
    {"kind": MovementType.ADJUSTMENT, "counted": 0, "to_branch": A, "notes": "counted"},
]
BAD: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"kind": MovementType.IN, "quantity": 1}, {("toBranchId", "required")}),
    ({"kind": MovementType.IN, "quantity": 1, "from_branch": A, "to_branch": B}, {("fromBranchId", "not_allowed")}),
    ({"kind": MovementType.IN, "quantity": 0, "to_branch": A}, {("quantity", "min_value")}),
    ({"kind": MovementType.IN, "quantity": None, "to_branch": A}, {("quantity", "required")}),
    ({"kind": MovementType.IN, "counted": 3, "quantity": 3, "to_branch": A}, {("countedQuantity", "not_allowed")}),
    ({"kind": MovementType.RETURN, "quantity": -1, "to_branch": A}, {("quantity", "min_value")}),
    ({"kind": MovementType.OUT, "quantity": 1}, {("fromBranchId", "required")}),
    ({"kind": MovementType.OUT, "quantity": 1, "from_branch": A, "to_branch": B}, {("toBranchId", "not_allowed")}),
    ({"kind": MovementType.TRANSFER, "quantity": 1, "from_branch": A}, {("toBranchId", "required")}),
    ({"kind": MovementType.TRANSFER, "quantity": 1, "to_branch": A}, {("fromBranchId", "required")}),
    (
        {"kind": MovementType.TRANSFER, "quantity": 1, "from_branch": A, "to_branch": A},
        {("toBranchId", "same_branch")},
    ),
    ({"kind": MovementType.ADJUSTMENT, "quantity": 1, "notes": "found"}, {("toBranchId", "required")}),
    (
        {"kind": MovementType.ADJUSTMENT, "quantity": 1, "notes": "found", "from_branch": A, "to_branch": B},
        {("fromBranchId", "not_allowed")},
    ),
    ({"kind": MovementType.ADJUSTMENT, "notes": "?", "to_branch": A}, {("countedQuantity", "required")}),
    (
        {"kind": MovementType.ADJUSTMENT, "quantity": 1, "counted": 1, "notes": "?", "to_branch": A},
        {("countedQuantity", "required")},
    ),
    ({"kind": MovementType.ADJUSTMENT, "quantity": 0, "notes": "?", "to_branch": A}, {("quantity", "invalid")}),
    ({"kind": MovementType.ADJUSTMENT, "quantity": 1, "notes": " ", "to_branch": A}, {("notes", "required")}),
    ({"kind": MovementType.OUT}, {("fromBranchId", "required"), ("quantity", "required")}),
]


def shape(
    kind: MovementType,
    quantity: int | None = None,
    counted: int | None = None,
    from_branch: UUID | None = None,
    to_branch: UUID | None = None,
    notes: str = "",
) -> None:
    check_shape(kind, quantity, counted, from_branch, to_branch, notes)


@pytest.mark.parametrize("given", GOOD, ids=str)
def test_shape_takes_what_the_kind_needs(given: dict[str, Any]) -> None:
    shape(**given)


@pytest.mark.parametrize(("given", "wrong"), BAD)
def test_shape_names_each_field_that_is_wrong(given: dict[str, Any], wrong: set[tuple[str, str]]) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        shape(**given)

    assert {(error.field, error.code) for error in refusal.value.details} == wrong


@pytest.mark.parametrize(
    ("category", "parent", "cycles"),
    [(A, None, False), (A, A, True), (A, B, True), (A, C, True), (A, D, False), (C, A, False), (D, C, False)],
)
def test_tree_refuses_a_category_below_itself(category: UUID, parent: UUID | None, cycles: bool) -> None:
    tree = {A: None, B: A, C: B, D: None}

    assert would_cycle(category, parent, tree) is cycles


def test_tree_that_is_already_broken_does_not_hang() -> None:
    assert would_cycle(C, A, {A: B, B: A, C: None}) is True


def test_what_is_on_its_way_is_bounded() -> None:
    most = Balance(0, 0).expecting(LARGEST_ON_HAND)

    assert most.incoming == LARGEST_ON_HAND
    with pytest.raises(ValidationFailed, match="At most 2000000000 of an item are on their way"):
        most.expecting(1)
