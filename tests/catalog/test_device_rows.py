"""What one row of a device list says, or why it cannot be taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.rules import DeviceRow, RefusedRow, merged, parse_device_row

FULL = {
    "device_key": "apple|iphone13",
    "brand": "Apple",
    "model": "iPhone 13",
    "model_number": "A2633|A2482| A2633 ",
    "codename": "iphone14,5",
    "device_type": "phone",
    "release_year": "2021",
    "screen_size_in": "6.06",
    "launch_price_usd": "799",
    "price_tier": "upper",
}


def row(**fields: str | None) -> dict[str, str | None]:
    return {**FULL, **fields}


def test_row_is_read_in_full() -> None:
    assert parse_device_row(FULL) == DeviceRow(
        key="apple|iphone13",
        brand="Apple",
        name="iPhone 13",
        model_number="A2633",
        device_type="phone",
        release_year=2021,
        screen_size=Decimal("6.06"),
        launch_price=Decimal("799.00"),
        tier_level=2,
        aliases=("A2482", "iphone14,5"),
    )


def test_row_that_says_only_what_it_must_is_taken() -> None:
    found = parse_device_row({"device_key": "k", "brand": "富士通", "model": "هاتف"})

    assert found == DeviceRow("k", "富士通", "هاتف", "", "", None, None, None, None, ())


@pytest.mark.parametrize(
    ("tier", "level"), [("flagship", 1), ("upper", 2), ("mid", 2), ("entry", 3), ("", None), (None, None)]
)
def test_row_maps_its_tier(tier: str | None, level: int | None) -> None:
    assert parse_device_row(row(price_tier=tier)).tier_level == level


def test_row_is_read_without_white_space_and_line_breaks() -> None:
    found = parse_device_row(row(brand="  Apple ", model="iPhone\n13\t mini"))

    assert (found.brand, found.name) == ("Apple", "iPhone 13 mini")


def test_row_with_more_cells_than_columns_is_taken() -> None:
    cells: dict[Any, Any] = {**FULL, None: ["surplus"]}

    assert parse_device_row(cells).name == "iPhone 13"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"device_key": " "}, "device_key is empty"),
        ({"brand": ""}, "brand is empty"),
        ({"model": None}, "model is empty"),
        ({"brand": "x" * 81}, "brand is longer than 80 characters"),
        ({"model": "x" * 121}, "model is longer than 120 characters"),
        ({"device_type": "toaster"}, "device_type “toaster” is not known"),
        ({"price_tier": "luxury"}, "price_tier “luxury” is not known"),
        ({"release_year": "1969"}, "release_year “1969” is not a year"),
        ({"release_year": "21.5"}, "release_year “21.5” is not a year"),
        ({"release_year": "٢٠٢١"}, "release_year “٢٠٢١” is not a year"),
        ({"screen_size_in": "big"}, "screen_size_in “big” is not a number"),
        ({"screen_size_in": "-1"}, "screen_size_in “-1” is out of range"),
        ({"screen_size_in": "1000"}, "screen_size_in “1000” is out of range"),
        ({"screen_size_in": "999.999"}, "screen_size_in “999.999” is out of range"),
        ({"launch_price_usd": "NaN"}, "launch_price_usd “NaN” is out of range"),
        ({"launch_price_usd": "sNaN"}, "launch_price_usd “sNaN” is out of range"),
        ({"launch_price_usd": "1e999999"}, "launch_price_usd “1e999999” is out of range"),
        ({"brand": "Citro\ufffdn"}, "brand is not readable as UTF-8"),
        ({"model": "\ufffd"}, "model is not readable as UTF-8"),
        ({"model_number": "A1|\ufffd"}, "model_number is not readable as UTF-8"),
    ],
)
def test_row_that_cannot_be_taken_says_why(fields: dict[str, str | None], reason: str) -> None:
    with pytest.raises(RefusedRow) as refusal:
        parse_device_row(row(**fields))

    assert str(refusal.value) == reason


BLANK: dict[str, Any] = {
    "name": "iPhone 13",
    "model_number": "",
    "device_type": "",
    "release_year": None,
    "screen_size": None,
    "launch_price": None,
    "tier_level": None,
    "aliases": [],
}


def test_merging_fills_what_is_blank() -> None:
    assert merged(BLANK, parse_device_row(FULL)) == {
        "model_number": "A2633",
        "device_type": "phone",
        "release_year": 2021,
        "screen_size": Decimal("6.06"),
        "launch_price": Decimal("799.00"),
        "tier_level": 2,
        "aliases": ["A2482", "iphone14,5"],
    }


def test_merging_leaves_what_a_person_entered() -> None:
    entered = BLANK | {"model_number": "A9", "release_year": 2020, "tier_level": 1, "aliases": ["the thirteen"]}

    added = merged(entered, parse_device_row(FULL))

    assert "model_number" not in added
    assert {"release_year", "tier_level"}.isdisjoint(added)
    assert added["aliases"] == ["the thirteen", "A2633", "A2482", "iphone14,5"]


def test_merging_twice_adds_nothing() -> None:
    once = BLANK | merged(BLANK, parse_device_row(FULL))

    assert merged(once, parse_device_row(FULL)) == {}


def test_merging_stops_at_a_hundred_aliases() -> None:
    many = BLANK | {"model_number": "A0", "aliases": [f"B{number}" for number in range(99)]}

    once = many | merged(many, parse_device_row(FULL))

    assert once["aliases"] == [*many["aliases"], "A2633"]
    assert "aliases" not in merged(once, parse_device_row(FULL))
