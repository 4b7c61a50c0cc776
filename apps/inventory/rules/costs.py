"""What stock has cost: the moving average, kept as the value of the units on hand.

The value of a level is a whole number of millionths of its branch's currency. What comes in adds its cost, what goes out
takes its share of the value with it (so the average stays), and the last unit takes all that is left: a value is at every
moment exactly the sum of what movements brought and took, without a rounding that adds up. This is the moving weighted
average of IAS 2.27 in its perpetual form.
"""

from decimal import ROUND_HALF_UP, Decimal

MICROS = 1_000_000


def micros(amount: Decimal) -> int:
    """An amount of a currency in millionths."""
    return int((amount * MICROS).to_integral_value(rounding=ROUND_HALF_UP))


def amount(value: int) -> Decimal:
    """Millionths as an amount, with all six digits."""
    return Decimal(value).scaleb(-6)


def share(value: int, quantity: int, units: int) -> int:
    """What ``units`` of ``quantity`` are worth, halves upwards; all of ``value`` for the last ones."""
    if units >= quantity:
        return value
    return (2 * value * units + quantity) // (2 * quantity)


def average(value: int, quantity: int, last: int | None = None) -> Decimal | None:
    """The cost of one unit; of an empty shelf what the ``last`` one had cost, if that is known."""
    if quantity > 0:
        return amount(share(value, quantity, 1))
    return None if last is None else amount(last)


def taken(value: int, quantity: int, units: int, wanted: int | None) -> int:
    """The value that leaves with ``units``: their share, or ``wanted`` as far as there is so much.

    ``wanted`` undoes an arrival at its own cost. The last unit takes everything.
    """
    if wanted is None or units >= quantity:
        return share(value, quantity, units)
    return max(0, min(wanted, value))


def brought(units: int, value: int, quantity: int, last: int | None, listed: int) -> int:
    """The value of ``units`` that arrive without a known cost.

    As much as those that are there; where there are none as the last one that left; where there was none as the item's
    ``listed`` cost.
    """
    if quantity > 0:
        return (2 * value * units + quantity) // (2 * quantity)
    return units * (listed if last is None else last)
