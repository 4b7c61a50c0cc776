"""Amounts of money: decimals with their currency's digits (ISO 4217, from CLDR), rounded half up, once."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision, is_currency

ZERO = Decimal(0)
LARGEST = Decimal("99999999999.999")


@lru_cache(maxsize=256)
def digits(currency: str) -> int:
    """Digits after the point: 2 for USD, 0 for JPY, 3 for KWD."""
    return int(get_currency_precision(currency))


def is_known(currency: str) -> bool:
    """Whether ``currency`` is an ISO 4217 code."""
    return len(currency) == 3 and currency.isupper() and bool(is_currency(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """``amount`` in whole minor units of ``currency``, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits(currency)), rounding=ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether ``amount`` has no more digits than ``currency`` and fits the columns."""
    return abs(amount) <= LARGEST and amount == rounded(amount, currency)


def text(amount: Decimal, currency: str) -> str:
    """``amount`` as the contract writes it, such as ``899.99``."""
    # SQLite adds in binary, where amounts that cancel each other out may leave less than nothing: zero has no sign.
    return format(rounded(amount, currency) + 0, "f")
