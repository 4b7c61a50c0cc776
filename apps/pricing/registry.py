"""What apps above tell the price list: this app knows no repair orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class PastPrice:
    """What was once charged for one unit of a repair, before discount."""

    source_id: UUID
    device_model_id: UUID
    repair_type_id: UUID
    part_type_id: UUID | None
    unit_price: Decimal
    on: date


class PastPrices(Protocol):
    """Documents that prices were charged on, such as repair orders."""

    def charged(self, currency: str, since: date, most: int, /) -> Iterable[PastPrice]:
        """The newest ``most`` of the prices that people charged in a currency since a day; none that were estimates."""


_sources: list[PastPrices] = []


def learn_from(source: PastPrices) -> None:
    """From now on, the estimator learns from what was charged there too."""
    _sources.append(source)


def past_prices(currency: str, since: date, most: int) -> list[PastPrice]:
    """What was charged in a currency since a day, of each source at most so many."""
    return [one for source in _sources for one in source.charged(currency, since, most)]
