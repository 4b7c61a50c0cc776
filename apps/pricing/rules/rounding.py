"""Prices as a shop writes them: whole fives, 4.99, 99."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from apps.core import money
from apps.core.exceptions import ValidationFailed

HALF = Decimal("0.5")


@dataclass(frozen=True)
class Habit:
    """Prices are a multiple of ``step`` plus ``ending``: 5 and −0.01 make 4.99, 9.99, 14.99. A step of 0 is none."""

    step: Decimal = money.ZERO
    ending: Decimal = money.ZERO

    def words(self) -> str:
        """Such as “to a multiple of 5, −0.01”."""
        if self.step <= 0:
            return "to an amount that can be paid"
        ending = f", {signed(self.ending)}" if self.ending else ""
        return f"to a multiple of {plain(self.step)}{ending}"


def check_habit(habit: Habit, currency: str) -> None:
    """Raises ``ValidationFailed`` for amounts that ``currency`` has not, and for an ending as long as the step."""
    for field, amount in (("roundingStep", habit.step), ("roundingEnding", habit.ending)):
        if not money.fits(amount, currency):
            raise ValidationFailed.on(field, "invalid", f"This is not an amount of {currency}.")
    if habit.step < 0:
        raise ValidationFailed.on("roundingStep", "min_value", "A step cannot be negative.")
    if habit.ending and abs(habit.ending) >= habit.step:
        raise ValidationFailed.on("roundingEnding", "invalid", "An ending must be smaller than the step.")


def to_habit(amount: Decimal, habit: Habit, currency: str, *, floor: Decimal | None = None) -> Decimal:
    """The price nearest to ``amount`` that the habit knows, the higher one of two that are as near; always above 0.

    Rounding alone never brings a price below ``floor``, such as its cost; one that was below it already stays so.
    The amount must be above 0.
    """
    step, ending = money.rounded(habit.step, currency), money.rounded(habit.ending, currency)
    least = Decimal(1).scaleb(-money.digits(currency))
    largest = money.LARGEST.quantize(least, rounding=ROUND_FLOOR)
    amount = min(amount, largest)
    if step <= 0:
        return max(money.rounded(amount, currency), least)
    number = _floored((amount - ending) / step + HALF)
    if floor is not None and amount >= floor:
        number = max(number, _ceiled((floor - ending) / step))
    number = max(number, _floored(-ending / step) + 1)  # the first one above 0
    return min(number, _floored((largest - ending) / step)) * step + ending


def _floored(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding=ROUND_FLOOR)


def _ceiled(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding=ROUND_CEILING)


def plain(number: Decimal) -> str:
    """``5``, not ``5.000``."""
    return format(number.normalize(), "f")


def signed(number: Decimal) -> str:
    """``+5`` or ``−5``, with the sign of typesetters."""
    return f"{'−' if number < 0 else '+'}{plain(abs(number))}"
