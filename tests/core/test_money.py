"""Amounts in the digits of their currency."""

from decimal import Decimal

import pytest

from apps.core import money


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_digits_follow_the_currency(currency: str, digits: int) -> None:
    assert money.digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("899.99", "USD", "899.99"),
        ("5", "USD", "5.00"),
        ("0.005", "USD", "0.01"),
        ("2.675", "USD", "2.68"),
        ("-2.675", "USD", "-2.68"),
        ("0.5", "JPY", "1"),
        ("1499.5", "JPY", "1500"),
        ("1.2345", "KWD", "1.235"),
        ("1E+3", "USD", "1000.00"),
        ("-1E-17", "USD", "0.00"),
        ("-0.4", "JPY", "0"),
    ],
)
def test_text_is_rounded_half_away_from_zero_and_never_scientific(amount: str, currency: str, written: str) -> None:
    assert money.text(Decimal(amount), currency) == written


@pytest.mark.parametrize(
    ("amount", "currency", "does"),
    [
        ("10.25", "USD", True),
        ("10.250", "USD", True),
        ("10.255", "USD", False),
        ("10.5", "JPY", False),
        ("10.255", "KWD", True),
        ("99999999999.99", "USD", True),
        ("100000000000", "USD", False),
        ("-100000000000", "USD", False),
    ],
)
def test_amount_fits_its_currency_and_the_columns(amount: str, currency: str, does: bool) -> None:
    assert money.fits(Decimal(amount), currency) is does


@pytest.mark.parametrize(
    ("code", "known"),
    [("USD", True), ("KWD", True), ("usd", False), ("US", False), ("XYZ", False), ("", False), ("DOLLAR", False)],
)
def test_currency_codes_are_those_of_iso_4217(code: str, known: bool) -> None:
    assert money.is_known(code) is known
