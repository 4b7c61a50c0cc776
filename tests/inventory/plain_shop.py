"""A shop in plain numbers: what the books must say, by rules that know neither database nor services."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

LISTED = 8_000_000  # millionths: what a unit of the items is listed at
PLAIN, NUMBERED = 0, 1  # the two items
Place = tuple[int, int]  # item, branch


def rounded(value: Fraction) -> int:
    """To whole millionths, halves upwards."""
    return math.floor(value + Fraction(1, 2))


@dataclass
class Shelf:
    """Units of one item at one branch; ``last`` is what one was worth when the last one left."""

    quantity: int = 0
    value: int = 0
    incoming: int = 0
    last: int | None = None

    def take(self, units: int, wanted: int | None = None) -> int:
        """Their share of the value, or what is ``wanted`` as far as there is so much; the last unit takes all."""
        if units == self.quantity:
            worth = self.value
        elif wanted is None:
            worth = rounded(Fraction(self.value * units, self.quantity))
        else:
            worth = min(wanted, self.value)
        self.last = rounded(Fraction(self.value, self.quantity))
        self.quantity, self.value = self.quantity - units, self.value - worth
        return worth

    def bring(self, units: int, worth: int | None = None) -> int:
        """At a known worth; else as those that are there, as the last that left, or as listed."""
        if worth is None and self.quantity:
            worth = rounded(Fraction(self.value * units, self.quantity))
        elif worth is None:
            worth = units * (LISTED if self.last is None else self.last)
        self.quantity, self.value = self.quantity + units, self.value + worth
        return worth


@dataclass
class Promise:
    """Units that are promised, until when (if not for good), and which ones."""

    place: Place
    units: int
    expires: bool = False
    picked: list[str] = field(default_factory=list)


@dataclass
class Moved:
    """A movement that may be undone: where from and where to, and what it was worth."""

    pk: UUID
    item: int
    units: int  # signed for a correction
    source: int | None
    target: int | None
    worth: int
    numbers: list[str]
    is_correction: bool = False
    is_undone: bool = False


@dataclass
class Sent:
    """A transfer of one or two lines: of each item how many are under way, and with what value."""

    pk: UUID
    source: int
    under_way: dict[int, int]
    lines: dict[int, UUID]
    value: dict[int, int]
    numbers: list[str]
    units: dict[int, int]
    state: str = "sent"


@dataclass
class Bought:
    """A purchase order of one line of the plain item, and its receipts that stand."""

    pk: UUID
    line: UUID
    where: int
    outstanding: int
    receipts: list[tuple[UUID, int, int]] = field(default_factory=list)  # id, units, worth
    is_closed: bool = False


@dataclass
class Counted:
    """An open count of a branch: what was entered, what was on hand then, and whether the books were corrected since."""

    pk: UUID
    where: int
    entered: int | None = None
    on_hand: int = 0
    is_corrected: bool = False


class PlainShop:
    """Two items at two branches, the second with serial numbers."""

    def __init__(self) -> None:
        self.shelves = {(item, where): Shelf() for item in (PLAIN, NUMBERED) for where in (0, 1)}
        self.live: dict[UUID, Promise] = {}
        self.units: dict[str, int | str] = {}  # the branch of each numbered unit, or "transit", or "gone"
        self.sent: list[Sent] = []
        self.counts: list[Counted] = []

    def reserved(self, place: Place) -> int:
        return sum(promise.units for promise in self.live.values() if promise.place == place)

    def available(self, place: Place) -> int:
        return self.shelves[place].quantity - self.reserved(place)

    def picked(self) -> set[str]:
        return {number for promise in self.live.values() for number in promise.picked}

    def free(self, where: int) -> list[str]:
        """The numbered units there that nobody has chosen."""
        return sorted(number for number, at in self.units.items() if at == where and number not in self.picked())

    def put(self, numbers: list[str], at: int | str) -> None:
        self.units |= dict.fromkeys(numbers, at)

    def corrected(self, place: Place) -> None:
        """The books of a shelf were changed without a unit that moved: open counts of it are out of date."""
        for count in self.counts:
            if (PLAIN, count.where) == place and count.entered is not None:
                count.is_corrected = True

    def in_transit(self, where: int) -> dict[int, int]:
        """Units on their way to a branch, by item."""
        found = {PLAIN: 0, NUMBERED: 0}
        for sent in self.sent:
            for item, units in sent.under_way.items():
                found[item] += units if sent.source != where else 0
        return found
