"""One row of a published price list."""

from datetime import date

import pytest

from apps.pricing.estimator.price_rows import PriceRow, RefusedPrice, latest, parse_price_row

ROW = {
    "source": "Shop", "currency": "eur", "brand": "Acme", "model": " Star  9 ", "device_key": "acme|star9",
    "device_type": "phone", "repair_type": "screen", "part_quality": "original", "quality_label": "Original",
    "price": "149.5", "price_kind": "fixed", "date": "2024-07-12",
}  # fmt: skip


def parse(**fields: str) -> PriceRow:
    return parse_price_row(ROW | fields)


def test_row_says_what_one_repair_costs() -> None:
    row = parse()

    assert row == PriceRow(
        source="Shop", currency="EUR", brand="Acme", model="Star 9", device_key="acme|star9", device_type="phone",
        repair="screen", quality="original", part="", price=149.5, is_fixed=True, day=date(2024, 7, 12).toordinal(),
    )  # fmt: skip
    assert (row.shop, row.device) == ("Shop (EUR)", "acme|star9")


@pytest.mark.parametrize(
    ("stated", "quality"),
    [
        ("original", "original"), ("aftermarket", "aftermarket_standard"), ("refurbished", "aftermarket_premium"),
        ("unspecified", ""), ("na", ""), ("", ""), ("aftermarket_economy", "aftermarket_economy"),
    ],
)  # fmt: skip
def test_quality_is_a_step_of_the_ladder_or_not_said(stated: str, quality: str) -> None:
    assert parse(part_quality=stated).quality == quality


def test_label_tells_parts_apart_where_no_quality_is_said() -> None:
    assert parse(part_quality="unspecified", quality_label="OLED").part == "OLED"
    assert parse(part_quality="original", quality_label="OLED").part == ""


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("price", "cheap", "price “cheap” is not a number"),
        ("price", "nan", "price “nan” is no price"),
        ("price", "0", "price “0” is no price"),
        ("price", "-5", "price “-5” is no price"),
        ("price", "1e12", "price “1e12” is no price"),
        ("price", "", "price is empty"),
        ("model", " ", "model is empty"),
        ("model", "x" * 201, "model is longer than 200 characters"),
        ("part_quality", "golden", "part_quality “golden” is not known"),
        ("price_kind", "upto", "price_kind “upto” is not known"),
        ("date", "12.7.2024", "date “12.7.2024” is not a day"),
    ],
)
def test_row_is_refused_with_the_reason(field: str, value: str, reason: str) -> None:
    with pytest.raises(RefusedPrice, match=f"^{reason}$"):
        parse(**{field: value})


def test_the_latest_of_several_prices_counts() -> None:
    old, new, undated = parse(price="100"), parse(price="120", date="2025-01-01"), parse(price="90", date="")
    other = parse(price="70", part_quality="aftermarket")

    assert latest([undated, old, new, other]) == [new, other]
    assert latest([new, old, undated]) == [new]


def test_a_lower_bound_weighs_less() -> None:
    assert [parse(price_kind=kind).is_fixed for kind in ("fixed", "from", "")] == [True, False, True]
