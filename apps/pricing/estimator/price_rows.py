"""One row of a published price list, in the shape that ``evaluate_estimator`` reads: what it says, or why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

from apps.core.text import searchable
from apps.pricing.estimator.facts import LADDER, NOT_SAID, DeviceFacts, Job, KnownPrice

REQUIRED = frozenset({"source", "currency", "brand", "model", "repair_type", "price"})
_QUALITIES = {
    **{quality: quality for quality in LADDER},
    "aftermarket": "aftermarket_standard", "refurbished": "aftermarket_premium",
    "unspecified": NOT_SAID, "na": NOT_SAID, "": NOT_SAID,
}  # fmt: skip
_FIXED, _FROM = "fixed", "from"
_FROM_WEIGHT = 0.25  # “from 235” says that the price is no less: half a price, and never one to be measured by
_LONGEST = 200


class RefusedPrice(ValueError):
    """The row cannot be taken; the text says why."""


@dataclass(frozen=True)
class PriceRow:
    """A price as a list states it. ``quality`` is one of the ladder or not said; ``day`` is an ordinal."""

    source: str
    currency: str
    brand: str
    model: str
    device_key: str
    device_type: str
    repair: str
    quality: str
    part: str
    price: float
    is_fixed: bool
    day: int | None

    @property
    def shop(self) -> str:
        """One list is what one shop asks in one currency."""
        return f"{self.source} ({self.currency})"

    @property
    def device(self) -> str:
        """The model's name in one way of writing: the key by which devices are told apart and held out."""
        return f"{squeezed(self.brand)}|{squeezed(self.model)}"

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What has one price at a time."""
        return self.shop, self.device, self.repair, self.quality, self.part

    def known(self, at: int, facts: DeviceFacts) -> KnownPrice:
        """The row as a known price with the number ``at``."""
        job = Job(replace(facts, key=self.device), self.repair, self.repair, self.part, self.part, self.quality)
        return KnownPrice(str(at), job, self.price, 1.0 if self.is_fixed else _FROM_WEIGHT, self.day)


def squeezed(text: str) -> str:
    """Letters and digits only, without case and accents."""
    return "".join(char for char in searchable(text) if char.isalnum())


def parse_price_row(row: Mapping[str, str | None]) -> PriceRow:
    """Raises ``RefusedPrice`` for a row that lacks something or holds a value that is none."""
    value = {name: " ".join((text or "").split()) for name, text in row.items() if isinstance(name, str)}
    for name in sorted(REQUIRED):
        if not value.get(name):
            raise RefusedPrice(f"{name} is empty")
        if len(value[name]) > _LONGEST:
            raise RefusedPrice(f"{name} is longer than {_LONGEST} characters")
    quality = value.get("part_quality", "").lower()
    if quality not in _QUALITIES:
        raise RefusedPrice(f"part_quality “{quality}” is not known")
    kind = value.get("price_kind", "") or _FIXED
    if kind not in {_FIXED, _FROM}:
        raise RefusedPrice(f"price_kind “{kind}” is not known")
    return PriceRow(
        source=value["source"],
        currency=value["currency"].upper(),
        brand=value["brand"],
        model=value["model"],
        device_key=value.get("device_key", ""),
        device_type=value.get("device_type", ""),
        repair=value["repair_type"],
        quality=_QUALITIES[quality],
        # Beside a quality the label repeats it in the shop's words; without one it tells parts apart.
        part=value.get("quality_label", "") if _QUALITIES[quality] == NOT_SAID else "",
        price=_price(value["price"]),
        is_fixed=kind == _FIXED,
        day=_day(value.get("date", "")),
    )


def latest(rows: Iterable[PriceRow]) -> list[PriceRow]:
    """One row for each key: the one of the latest day, and of two of one day the later in the list."""
    found: dict[tuple[str, str, str, str, str], PriceRow] = {}
    for row in rows:
        before = found.get(row.key)
        if before is None or (row.day or 0) >= (before.day or 0):
            found[row.key] = row
    return list(found.values())


def _price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        raise RefusedPrice(f"price “{text[:30]}” is not a number") from None
    if not isfinite(price) or not 0 < price <= 1e11:
        raise RefusedPrice(f"price “{text[:30]}” is no price")
    return price


def _day(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError:
        raise RefusedPrice(f"date “{text[:30]}” is not a day") from None
