"""The columns of a price list in a file, and what becomes of the list by the rows for one repair of one model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from apps.catalog.enums import PartQuality
from apps.core.file_rows import Column, FileRow, RefusedCell, read_currency, read_day, text_of
from apps.pricing.rules.amounts import read_amount
from apps.pricing.rules.listing import overlaps

MOST_ROWS = 20_000
_DAY = timedelta(days=1)


def _price(text: str) -> Decimal:
    amount = read_amount(text)
    if not amount:
        raise RefusedCell("min_value", "A price is more than 0.")
    return amount


def _quality(text: str) -> str:
    by_name = {name.casefold(): value for value, label in PartQuality.choices for name in (value, label)}
    if text.casefold() not in by_name:
        raise RefusedCell("invalid_choice", f"A quality is one of {', '.join(PartQuality.values)}.")
    return by_name[text.casefold()]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RefusedCell("invalid", "This is not an id.") from None


PRICE_COLUMNS = (
    Column("brand", text_of(80)),
    Column("model", text_of(120)),
    Column("modelNumber", text_of(120)),
    Column("deviceModelId", _id),
    Column("repairType", text_of(100), required=True),
    Column("partType", text_of(160), ""),
    Column("partQuality", _quality),
    Column("branch", text_of(20), ""),
    Column("price", _price, required=True),
    Column("cost", read_amount, None),
    Column("currency", read_currency),
    Column("validFrom", read_day, days=True),
    Column("validUntil", read_day, None, days=True),
    Column("notes", text_of(1000), ""),
)
# What an export writes: a model is known by its brand and name, which no other one has.
EXPORTED = tuple(column for column in PRICE_COLUMNS if column.name != "deviceModelId")
ALSO_CALLED = {
    "devicemodel": "model", "number": "modelnumber", "repair": "repairtype", "part": "parttype",
    "quality": "partquality", "branchcode": "branch", "from": "validfrom", "until": "validuntil", "to": "validuntil",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A price of the list, or as it is to be: for one repair of one model with one part, in one branch or in all.

    ``id`` is that of a price that there is, ``line`` that of the row which makes or changes it.
    """

    price: Decimal
    cost: Decimal | None
    currency: str
    valid_from: date
    valid_until: date | None
    notes: str
    id: UUID | None = None
    line: int | None = None

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def says(self) -> tuple[Any, ...]:
        return self.price, self.cost, self.currency, self.valid_from, self.valid_until, self.notes


@dataclass
class Merged:
    """What becomes of the prices of one key: those that change, by what they were, those that are new, and on which
    lines nothing does."""

    changed: list[tuple[Period, Period]] = field(default_factory=list)
    made: list[tuple[Period | None, Period]] = field(default_factory=list)  # with the one that it goes on from
    unchanged: list[int] = field(default_factory=list)


def merged(rows: Sequence[FileRow], listed: Sequence[Period], today: date, currency: str) -> Merged:
    """Put the rows for one key into its prices; rows that do not fit are refused, and then the result is not meant.

    A row with the first day of a price changes that price. One with another day begins a new price, and the one of before
    ends on the day before; without a day it begins today. Where the list says the same already, nothing changes. A price
    in another currency than the one that is there is refused.
    ``currency`` is that of a price of which neither the row nor the list says one.
    """
    merging = _Merging(rows, listed, today, currency)
    for row in sorted(rows, key=lambda row: (merging.days[row.line], row.line)):
        merging.take(row)
    _refuse_overlaps(rows, merging.periods)
    return merging.found


class _Merging:
    """The prices of one key while rows are put into them; ``periods`` has them by their first day."""

    def __init__(self, rows: Sequence[FileRow], listed: Sequence[Period], today: date, currency: str) -> None:
        self.listed, self.currency = listed, currency
        self.periods = {period.valid_from: period for period in listed}
        self.days = {row.line: row.values.get("validFrom", today) for row in rows}
        self.found = Merged()

    def take(self, row: FileRow) -> None:
        day = self.days[row.line]
        there = self.periods.get(day)
        if there is not None and there.line is not None:
            row.refuse("validFrom", "repeated", f"Line {there.line} has the same repair, part, branch and first day.")
            return
        present = there or _covering(day, self.periods.values())
        wanted = self._wanted(row, day, there or _covering(day, self.listed))
        if wanted.valid_until is not None and wanted.valid_until < day:
            row.refuse("validUntil", "invalid", "A price cannot end before it begins.")
        elif present is not None and wanted.currency != present.currency:
            # A list of another country by mistake would leave every branch of the old currency without prices.
            row.refuse(
                "currency",
                "mismatch",
                f"There is a price in {present.currency} already. End it first, or name a branch.",
            )
        elif present is not None and replace(wanted, valid_from=present.valid_from).says() == present.says():
            self.found.unchanged.append(row.line)
            self.periods[present.valid_from] = replace(present, line=row.line) if there else present
        elif there is not None:
            self.found.changed.append((there, wanted))
            self.periods[day] = wanted
        else:
            self._begin(present, wanted)

    def _begin(self, before: Period | None, wanted: Period) -> None:
        if before is not None and before.line is None:
            ended = replace(before, valid_until=wanted.valid_from - _DAY)
            self.found.changed.append((before, ended))
            self.periods[before.valid_from] = ended
        self.found.made.append((_covering(wanted.valid_from, self.listed), wanted))
        self.periods[wanted.valid_from] = wanted

    def _wanted(self, row: FileRow, day: date, model: Period | None) -> Period:
        """The price that a row asks for; what its file has no column for stays as in ``model``, the price of that day."""
        values = row.values
        return Period(
            price=values["price"],
            cost=values.get("cost", model.cost if model else None),
            currency=values.get("currency", model.currency if model else self.currency),
            valid_from=day,
            valid_until=values["validUntil"] if "validUntil" in values else self._last_day(day, model),
            notes=values.get("notes", model.notes if model else ""),
            id=model.id if model and model.valid_from == day else None,
            line=row.line,
        )

    def _last_day(self, day: date, model: Period | None) -> date | None:
        """Of a row that says none: that of the price of before, and in any case the one before the next price begins."""
        last: date | None = model.valid_until if model else None
        following: date | None = min(
            (first for first in {*self.periods, *self.days.values()} if first > day), default=None
        )
        if following is not None and (last is None or last >= following):
            return following - _DAY
        return last


def _covering(day: date, periods: Iterable[Period]) -> Period | None:
    return next((period for period in periods if period.covers(day)), None)


def _refuse_overlaps(rows: Sequence[FileRow], now: dict[date, Period]) -> None:
    """Of two prices that share a day, at least one comes from the file: both rows, or the one, are refused."""
    by_line = {row.line: row for row in rows}
    periods = sorted(now.values(), key=lambda period: period.valid_from)
    for first, second in pairwise(periods):
        if overlaps(first.valid_from, first.valid_until, second.valid_from, second.valid_until):
            for one, other in ((first, second), (second, first)):
                if one.line in by_line:
                    by_line[one.line].refuse("validFrom", "overlaps", _overlap(other))


def _overlap(other: Period) -> str:
    whose = f"line {other.line}" if other.line else "the list"
    until = f" until {other.valid_until}" if other.valid_until else ""
    return f"The price of {whose} is valid from {other.valid_from}{until}."
