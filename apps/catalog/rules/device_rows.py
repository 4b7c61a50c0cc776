"""One row of a device list, in the shape of ``devices.csv``: what it says, or why it cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.catalog.enums import DeviceType, TierLevel

MOST_ALIASES = 100
_TYPES = {
    "phone": DeviceType.PHONE,
    "tablet": DeviceType.TABLET,
    "laptop": DeviceType.LAPTOP,
    "desktop": DeviceType.DESKTOP,
    "watch": DeviceType.WATCH,
    "tv": DeviceType.TV,
    "tv_other": DeviceType.TV,
    "player": DeviceType.AUDIO,
    "headphones": DeviceType.AUDIO,
    "speaker": DeviceType.AUDIO,
    "console": DeviceType.CONSOLE,
    "camera": DeviceType.CAMERA,
}
_TIERS = {
    "flagship": TierLevel.FLAGSHIP,
    "upper": TierLevel.STANDARD,
    "mid": TierLevel.STANDARD,
    "entry": TierLevel.BUDGET,
}


class RefusedRow(ValueError):
    """The row cannot be taken; the text says why."""


@dataclass(frozen=True)
class DeviceRow:
    """A device model as a list describes it; ``None`` and empty where the list is silent."""

    key: str
    brand: str
    name: str
    model_number: str
    device_type: str
    release_year: int | None
    screen_size: Decimal | None
    launch_price: Decimal | None
    tier_level: int | None
    aliases: tuple[str, ...]


def parse_device_row(row: Mapping[str, str | None]) -> DeviceRow:
    """Raises ``RefusedRow`` for a row without a key, brand or model, or with a value that is none."""
    value = {name: " ".join((text or "").split()) for name, text in row.items() if isinstance(name, str)}
    for name, longest in (("device_key", 120), ("brand", 80), ("model", 120)):
        if not value.get(name):
            raise RefusedRow(f"{name} is empty")
        if len(value[name]) > longest:
            raise RefusedRow(f"{name} is longer than {longest} characters")
    _require_readable(value)
    numbers = _names(value.get("model_number", ""))
    number = numbers[0] if numbers else ""
    others = dict.fromkeys([*numbers, *_names(value.get("codename", ""))])
    return DeviceRow(
        key=value["device_key"],
        brand=value["brand"],
        name=value["model"],
        model_number=number,
        device_type=_one_of(_TYPES, value.get("device_type", ""), "device_type") or "",
        release_year=_year(value.get("release_year", "")),
        screen_size=_number(value.get("screen_size_in", ""), "screen_size_in", Decimal("999.99")),
        launch_price=_number(value.get("launch_price_usd", ""), "launch_price_usd", Decimal("9999999.99")),
        tier_level=_one_of(_TIERS, value.get("price_tier", ""), "price_tier"),
        aliases=tuple(name for name in others if name != number),
    )


def merged(present: Mapping[str, Any], row: DeviceRow) -> dict[str, Any]:
    """What the row adds to a model that exists: fields that are blank, and names it is not known by yet.

    What a person entered is never overwritten, so a second run of an import finds nothing to add.
    """
    added: dict[str, Any] = {}
    for name in ("model_number", "device_type", "release_year", "screen_size", "launch_price", "tier_level"):
        if present[name] in {None, ""} and getattr(row, name) not in {None, ""}:
            added[name] = getattr(row, name)
    known = {present["name"], added.get("model_number", present["model_number"]), *present["aliases"]}
    fresh = [alias for alias in (row.model_number, *row.aliases) if alias and alias not in known]
    if fresh and len(present["aliases"]) < MOST_ALIASES:
        added["aliases"] = [*present["aliases"], *fresh][:MOST_ALIASES]
    return added


def _require_readable(value: Mapping[str, str]) -> None:
    """The replacement character stands where a file held bytes that are no UTF-8: half a name is worse than none."""
    for name in ("device_key", "brand", "model", "model_number", "codename"):
        if "\ufffd" in value.get(name, ""):
            raise RefusedRow(f"{name} is not readable as UTF-8")


def _names(text: str) -> list[str]:
    return [name.strip()[:120] for name in text.split("|") if name.strip()]


def _one_of(known: Mapping[str, Any], text: str, column: str) -> Any:
    if not text:
        return None
    if text not in known:
        raise RefusedRow(f"{column} “{text}” is not known")
    return known[text]


def _year(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1970 <= int(text) <= 2100:
        raise RefusedRow(f"release_year “{text}” is not a year")
    return int(text)


def _number(text: str, column: str, highest: Decimal) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise RefusedRow(f"{column} “{text}” is not a number") from None
    if not number.is_finite() or not 0 <= number <= highest:
        raise RefusedRow(f"{column} “{text}” is out of range")
    return number.quantize(Decimal("0.01"))
