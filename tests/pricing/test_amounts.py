"""Amounts in files: what can be read in one way only is read, anything else is refused with its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.file_rows import RefusedCell
from apps.pricing.rules.amounts import read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("89", "89"), ("89.9", "89.9"), ("89,90", "89.90"), ("1299.50", "1299.50"), ("1.299,50", "1299.50"),
        ("1,299.50", "1299.50"), ("1 299,50", "1299.50"), ("1\u202f299,50", "1299.50"), ("1'299.50", "1299.50"),
        ("1’299", "1299"), ("1.234", "1.234"), ("0,500", "0.5"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
        ("1.234.567,8", "1234567.8"), (" 7 ", "7"), ("12345,678", "12345.678"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,299", "ambiguous"), ("12,345", "ambiguous"), ("-5", "min_value"), ("−5", "min_value"), ("89 €", "invalid"),
        ("$89", "invalid"), ("", "invalid"), ("1e3", "invalid"), ("12,34.5", "invalid"), ("1.2.3", "invalid"),
        ("1,2,3", "invalid"), ("NaN", "invalid"), ("1.2345", "invalid"), ("123456789012", "invalid"), (".5", "invalid"),
        ("5.", "invalid"), ("1 2", "invalid"), ("1 299,", "invalid"), ("٣", "invalid"), ("1,299.500,5", "invalid"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_refused(text: str, code: str) -> None:
    with pytest.raises(RefusedCell) as refused:
        read_amount(text)

    assert refused.value.code == code


@pytest.mark.exhaustive
@given(st.decimals(min_value=1000, max_value=Decimal("99999999999.999"), places=3))
def test_an_amount_with_signs_for_thousands_and_decimals_is_read_back(amount: Decimal) -> None:
    english = f"{amount:,.3f}"
    german = english.translate(str.maketrans(",.", ".,"))
    french = english.translate(str.maketrans(",.", " ,"))

    assert [read_amount(text) for text in (english, german, french)] == [amount] * 3


@given(st.text(alphabet="0123456789.,' -", max_size=20))
def test_no_text_is_anything_but_an_amount_or_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except RefusedCell:
        return

    assert 0 <= amount < Decimal(10) ** 11
