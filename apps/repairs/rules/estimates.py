"""An estimate as a line keeps it: plain JSON, amounts as text in the currency's digits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.core import money

# What is told of it: to the shop, and to the customer, who is to know how far off it may be but not how it was made.
FOR_STAFF = ("price", "low", "high", "confidenceScore", "method")
FOR_CUSTOMERS = ("low", "high")


def kept_estimate(
    *, price: Decimal, low: Decimal, high: Decimal, currency: str, confidence: Decimal, method: str, version: int | None
) -> dict[str, Any]:
    """What a line keeps of an estimate that it takes."""
    amounts = {"price": price, "low": low, "high": high}
    return {
        **{name: money.text(amount, currency) for name, amount in amounts.items()},
        "confidenceScore": float(confidence),
        "method": method,
        "version": version,
    }


def for_staff(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the shop sees of it."""
    return None if kept is None else {name: kept[name] for name in FOR_STAFF}


def for_customer(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the customer sees of it."""
    return None if kept is None else {name: kept[name] for name in FOR_CUSTOMERS}


def is_estimated(kept: Mapping[str, Any] | None) -> bool:
    """Whether the price beside it is an estimate."""
    return kept is not None


def interval_words(kept: Mapping[str, Any] | None) -> str:
    """Such as “69.00 to 99.00”; empty where the price is no estimate."""
    return "" if kept is None else f"{kept['low']} to {kept['high']}"
