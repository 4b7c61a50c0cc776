"""What stock has cost: the moving average, as the value of what is on hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockLevel, StockMovement
from apps.inventory.rules import costs
from apps.inventory.services import MovementRequest, Need, issue, record_movement, reserve, verify_stock
from tests.conftest import Api
from tests.factories import BranchFactory, CategoryFactory, ItemFactory
from tests.inventory.books import books

SYSTEM = Actor.system("test")
IN, OUT, RETURN, TRANSFER, ADJUSTMENT = (
    MovementType.IN,
    MovementType.OUT,
    MovementType.RETURN,
    MovementType.TRANSFER,
    (MovementType.ADJUSTMENT),
)


def move(item: Item, kind: MovementType, quantity: int, price: str | None = None, **ends: Branch) -> StockMovement:
    request = MovementRequest(
        item.pk,
        kind,
        quantity,
        unit_price=None if price is None else Decimal(price),
        notes="because",
        **{f"{name}_id": branch.pk for name, branch in ends.items()},
    )
    return record_movement(request, actor=SYSTEM)


def worth(item: Item, branch: Branch) -> tuple[int, Decimal]:
    """Units on hand and their value."""
    level = StockLevel.objects.get(item=item, branch=branch)
    return level.quantity, costs.amount(level.value_micros)


def test_average_moves_with_each_arrival_and_stays_with_each_departure(branch: Branch) -> None:
    item = ItemFactory(cost_price=Decimal("99.00"))

    move(item, IN, 10, "5.00", to_branch=branch)
    move(item, IN, 5, "8.00", to_branch=branch)
    out = move(item, OUT, 4, "30.00", from_branch=branch)

    assert worth(item, branch) == (11, Decimal(66))
    assert out.from_value_micros == -24_000_000
    assert verify_stock() == []


def test_last_unit_takes_what_rounding_has_left(branch: Branch) -> None:
    item = ItemFactory()
    move(item, IN, 3, "0.01", to_branch=branch)
    move(item, IN, 4, "0.02", to_branch=branch)

    left = [worth(item, branch)[1]]
    for _ in range(7):
        move(item, OUT, 1, from_branch=branch)
        left.append(worth(item, branch)[1])

    assert left == [
        Decimal(value) for value in
        ("0.110000", "0.094286", "0.078572", "0.062858", "0.047143", "0.031429", "0.015714", "0")
    ]  # fmt: skip
    assert verify_stock() == []


@pytest.mark.parametrize(
    ("kind", "units", "value"),
    [(RETURN, 2, "52.50"), (ADJUSTMENT, 2, "52.50"), (ADJUSTMENT, -2, "37.50"), (IN, 2, "52.50")],
)
def test_what_comes_without_a_cost_is_worth_the_average(
    branch: Branch, kind: MovementType, units: int, value: str
) -> None:
    item = ItemFactory(cost_price=Decimal("99.00"))
    move(item, IN, 6, "7.50", to_branch=branch)

    move(item, kind, units, to_branch=branch)

    assert worth(item, branch) == (6 + units, Decimal(value) + (Decimal("7.50") if units > 0 else Decimal("-7.50")))


def test_empty_shelf_remembers_the_last_cost_and_a_new_one_takes_the_listed(
    branch: Branch, other_branch: Branch
) -> None:
    item = ItemFactory(cost_price=Decimal("12.00"))
    move(item, IN, 1, "7.00", to_branch=branch)
    move(item, OUT, 1, from_branch=branch)

    move(item, RETURN, 1, to_branch=branch)
    move(item, IN, 2, to_branch=other_branch)

    assert worth(item, branch) == (1, Decimal(7))
    assert worth(item, other_branch) == (2, Decimal(24))


def test_listed_cost_of_another_currency_is_not_taken(branch: Branch) -> None:
    item = ItemFactory(cost_price=Decimal("12.00"), currency="EUR")

    move(item, IN, 2, to_branch=branch)

    assert worth(item, branch) == (2, Decimal(0))


def test_transfer_takes_its_value_along(branch: Branch, other_branch: Branch) -> None:
    item = ItemFactory(cost_price=Decimal("99.00"))
    move(item, IN, 4, "5.00", to_branch=branch)
    move(item, IN, 1, "10.00", to_branch=other_branch)

    moved = move(item, TRANSFER, 3, from_branch=branch, to_branch=other_branch)

    assert (moved.from_value_micros, moved.to_value_micros) == (-15_000_000, 15_000_000)
    assert (worth(item, branch), worth(item, other_branch)) == ((1, Decimal(5)), (4, Decimal(25)))
    assert verify_stock() == []


def test_transfer_into_another_currency_is_worth_what_units_are_worth_there(branch: Branch) -> None:
    item, abroad = ItemFactory(), BranchFactory(currency="JPY")
    move(item, IN, 4, "5.00", to_branch=branch)
    move(item, IN, 1, "800", to_branch=abroad)

    moved = move(item, TRANSFER, 2, from_branch=branch, to_branch=abroad)

    assert (moved.from_value_micros, moved.to_value_micros) == (-10_000_000, 1_600_000_000)
    assert worth(item, abroad) == (3, Decimal(2400))
    assert verify_stock() == []


def test_part_of_an_order_leaves_at_its_average(branch: Branch) -> None:
    item = ItemFactory()
    move(item, IN, 2, "5.00", to_branch=branch)
    move(item, IN, 2, "6.00", to_branch=branch)
    need = Need(item.pk, item.pk, branch.pk, 1, item.pk, "R-1")
    reserve("test", [need], actor=SYSTEM)

    issue("test", [need.source_id], actor=SYSTEM)

    assert StockMovement.objects.get(movement_type=OUT).from_value_micros == -5_500_000
    assert worth(item, branch) == (3, Decimal("16.5"))


def test_more_value_than_can_be_written_is_refused(branch: Branch) -> None:
    item = ItemFactory()
    before = books()

    with pytest.raises(ValidationFailed) as refused:
        move(item, IN, 1_000_000, "99999999.00", to_branch=branch)

    assert [(error.field, error.code) for error in refused.value.details] == [("unitPrice", "max_value")]
    assert books() == before


def test_levels_and_movements_tell_their_cost(manager: Api, branch: Branch) -> None:
    item = ItemFactory()
    move(item, IN, 3, "5.00", to_branch=branch)
    move(item, IN, 3, "6.01", to_branch=branch)
    out = move(item, OUT, 1, from_branch=branch)

    (level,) = manager.get(f"inventory/stock-levels/branch/{branch.pk}").body["data"]["items"]
    movement = manager.get(f"inventory/movements/{out.pk}").body["data"]

    assert {name: level[name] for name in ("quantity", "averageCost", "stockValue", "currency")} == {
        "quantity": 5, "averageCost": "5.5050", "stockValue": "27.53", "currency": "USD"
    }  # fmt: skip
    assert movement["unitCost"] == "5.5050"


def test_stock_value_is_told_for_each_branch_and_category(admin: Api, manager: Api, branch: Branch) -> None:
    displays = CategoryFactory(name="Displays")
    abroad = BranchFactory(name="Zurich", code="ZRH", currency="CHF")
    move(ItemFactory(category=displays), IN, 2, "10.00", to_branch=branch)
    move(ItemFactory(), IN, 3, "1.005", to_branch=BranchFactory(name="Kuwait", code="KWT", currency="KWD"))
    move(ItemFactory(), IN, 5, "1.50", to_branch=branch)
    move(ItemFactory(category=displays), IN, 1, "7.00", to_branch=abroad)

    def told(api: Api, query: str = "") -> list[Any]:
        rows = api.get(f"inventory/stock-value{query}").body["data"]["branches"]
        return [
            (row["branch"]["code"], row["currency"], row["units"], row["value"],
             [(part["category"] and part["category"]["name"], part["units"], part["value"]) for part in row["categories"]])
            for row in rows
        ]  # fmt: skip

    own = ("HAR", "USD", 7, "27.50", [("Displays", 2, "20.00"), (None, 5, "7.50")])
    assert told(admin) == [
        own, ("KWT", "KWD", 3, "3.015", [(None, 3, "3.015")]), ("ZRH", "CHF", 1, "7.00", [("Displays", 1, "7.00")])
    ]  # fmt: skip
    assert told(manager) == [own]
    assert told(manager, f"?branchId={branch.pk}") == [own]
    assert admin.get("inventory/stock-value?branchId=x").status_code == 400


@pytest.mark.exhaustive
@given(
    value=st.integers(min_value=0, max_value=10**15),
    quantity=st.integers(min_value=1, max_value=10**6),
    parts=st.lists(st.integers(min_value=1, max_value=1000), max_size=30),
)
def test_shares_add_up_to_the_value_and_keep_the_average(value: int, quantity: int, parts: list[int]) -> None:
    left, units = value, quantity
    for part in parts:
        taken = costs.taken(left, units, min(part, units), None)
        left, units = left - taken, units - min(part, units)
        assert left >= 0
        if units == 0:
            assert left == 0
            break
        assert abs(left * quantity - value * units) <= len(parts) * quantity * units
