"""Devices as columns of numbers: what their facts and their names say, and what has to be guessed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from apps.pricing.estimator.facts import DeviceFacts
from apps.pricing.estimator.names import ModelName, close_to, parse_name

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNKNOWN = -1
# Year in steps of three, logarithms of size and launch price in steps of 15 % and 50 %, tier: about one unit each.
_CENTRES = (2019.0, log(6.1), log(500.0), 2.0)
_UNITS = (3.0, 0.15, 0.5, 1.0)
_FIRST_YEAR, _LAST_YEAR = 1995, 2045
_MOST_WORDS = 80
_SHRINKAGE = 2.0  # so many devices of the group above speak beside those of the own brand or series


@dataclass(frozen=True)
class Devices:
    """``n`` devices. ``numbers`` (n, 4) are year, size, launch price and tier, guessed with variance ``doubts`` (n, 4).

    ``generation`` is the root of the number in the name, NaN without one; ``variants`` (n, v) tells which words
    of the vocabulary the name has, ``strange`` (n,) how many others.
    """

    same: Ints
    brand: Ints
    series: Ints
    kind: Ints
    generation: Floats
    variants: Floats
    strange: Floats
    numbers: Floats
    doubts: Floats

    def __len__(self) -> int:
        return len(self.same)

    def take(self, rows: Ints) -> "Devices":
        return Devices(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass
class Encoder:
    """Turns facts into columns, with the vocabulary and the averages of the devices it was made from."""

    brands: dict[str, int] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    guesses: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)

    @classmethod
    def of(cls, devices: Sequence[DeviceFacts]) -> "Encoder":
        """``devices`` are distinct; their order gives their numbers."""
        encoder = cls(keys={device.key: at for at, device in enumerate(devices)})
        names = [_named(device) for device in devices]
        for device, name in zip(devices, names, strict=True):
            for known, value in _identities(encoder, device, name):
                known.setdefault(value, len(known))
        counts = Counter(word for name in names for word in sorted(name.variants))
        encoder.words = {word: at for at, (word, _) in enumerate(counts.most_common(_MOST_WORDS))}
        encoder.guesses = _guesses(devices, names)
        return encoder

    def encode(self, devices: Sequence[DeviceFacts]) -> Devices:
        """Columns of any devices, known ones or not."""
        n = len(devices)
        columns = Devices(
            same=np.full(n, UNKNOWN), brand=np.full(n, UNKNOWN), series=np.full(n, UNKNOWN), kind=np.full(n, UNKNOWN),
            generation=np.full(n, np.nan), variants=np.zeros((n, len(self.words))), strange=np.zeros(n),
            numbers=np.zeros((n, 4)), doubts=np.zeros((n, 4)),
        )  # fmt: skip
        for at, device in enumerate(devices):
            self._fill(columns, at, device)
        return columns

    def _fill(self, columns: Devices, at: int, device: DeviceFacts) -> None:
        name = _named(device)
        (brands, brand), (series, line), (kinds, kind) = _identities(self, device, name)
        brand, line = self._meant(brand, line)
        # What is new gets the next number: it is like itself, and like nothing that is known.
        columns.same[at] = self.keys.get(device.key, len(self.keys))
        columns.brand[at] = brands.get(brand, len(brands)) if brand else UNKNOWN
        columns.series[at] = series.get(line, len(series)) if line != "|" else UNKNOWN
        columns.kind[at] = kinds.get(kind, len(kinds))
        if name.number:
            columns.generation[at] = sqrt(name.number)
        for variant in name.variants:
            word = variant if variant in self.words else close_to(variant, self.words)
            if word:
                columns.variants[at, self.words[word]] = 1.0
            else:
                columns.strange[at] += 1.0
        stated = _stated(device, name)
        means, variances = self._guess(line, brand)
        known = ~np.isnan(stated)
        columns.numbers[at] = np.where(known, stated, means)
        columns.doubts[at] = np.where(known, 0.0, variances)

    def _meant(self, brand: str, line: str) -> tuple[str, str]:
        """Brand and series as they are known, if they differ from what is known by a typing error only."""
        brand = brand if brand in self.brands else close_to(brand, self.brands) or brand
        line = f"{brand}|{line.partition('|')[2]}"
        if line in self.series or not line.partition("|")[2]:
            return brand, line
        of_brand = [name.partition("|")[2] for name in self.series if name.startswith(f"{brand}|")]
        meant = close_to(line.partition("|")[2], of_brand)
        return brand, f"{brand}|{meant}" if meant else line

    def _guess(self, series: str, brand: str) -> tuple[list[float], list[float]]:
        for group in (series, f"{brand}|*", "*"):
            if group in self.guesses:
                return self.guesses[group]
        return [0.0] * 4, [1.0] * 4


def _named(device: DeviceFacts) -> ModelName:
    return parse_name(device.brand, device.name)


def _identities(encoder: Encoder, device: DeviceFacts, name: ModelName) -> list[tuple[dict[str, int], str]]:
    brand = name.series.partition("|")[0]
    return [(encoder.brands, brand), (encoder.series, name.series), (encoder.kinds, device.device_type)]


def _stated(device: DeviceFacts, name: ModelName) -> Floats:
    """Year, size, launch price and tier in units, NaN where neither facts nor name tell, or what they tell is absurd."""
    year = device.release_year or name.year
    size = device.screen_size or name.size
    values = [
        float(year) if year and _FIRST_YEAR <= year <= _LAST_YEAR else None,
        log(size) if size and 0.5 <= size <= 120 else None,
        log(device.launch_price) if device.launch_price and 5 <= device.launch_price <= 50_000 else None,
        float(device.tier) if device.tier in {1, 2, 3} else None,
    ]
    return np.array(
        [
            np.nan if value is None else (value - centre) / unit
            for value, centre, unit in zip(values, _CENTRES, _UNITS, strict=True)
        ]
    )


def _guesses(devices: Sequence[DeviceFacts], names: Sequence[ModelName]) -> dict[str, tuple[list[float], list[float]]]:
    """Mean and variance of what is stated: of a series drawn towards its brand's, of a brand towards everyone's."""
    stated = np.array([_stated(device, name) for device, name in zip(devices, names, strict=True)]).reshape(-1, 4)
    groups: dict[str, list[int]] = {"*": list(range(len(names)))}
    for at, name in enumerate(names):
        groups.setdefault(f"{name.series.partition('|')[0]}|*", []).append(at)
        groups.setdefault(name.series, []).append(at)
    found: dict[str, tuple[list[float], list[float]]] = {}
    for group in sorted(groups, key=lambda name: (name != "*", not name.endswith("|*"), name)):
        brand = f"{group.partition('|')[0]}|*"
        above = found.get(brand) or found.get("*") or ([0.0] * 4, [1.0] * 4)
        pairs = [_shrunk(stated[groups[group], column], above[0][column], above[1][column]) for column in range(4)]
        found[group] = ([mean for mean, _ in pairs], [variance for _, variance in pairs])
    return found


def _shrunk(values: Floats, mean: float, variance: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    total = len(known) + _SHRINKAGE
    centre = float((known.sum() + _SHRINKAGE * mean) / total)
    spread = float((((known - centre) ** 2).sum() + _SHRINKAGE * (variance + (mean - centre) ** 2)) / total)
    return centre, spread
