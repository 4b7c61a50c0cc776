"""What the name of a model says: its series, its generation, its variant, a year and a size."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from apps.core.text import searchable

# Words that set a model apart from its plain sibling, in any brand.
VARIANTS = frozenset({
    "pro", "max", "plus", "mini", "ultra", "lite", "fe", "se", "air", "play", "power", "prime", "neo", "edge", "go",
    "core", "ace", "compact", "premium", "active", "fold", "flip", "zoom", "xl", "5g", "4g", "youth", "speed",
    "turbo", "fusion", "style", "stylus", "hyper", "action", "vision", "macro", "cellular", "wifi", "note", "s", "e",
    "r", "a", "c", "i", "t", "x",
})  # fmt: skip
# Words that say nothing of the model: a line that is all of a brand's phones, or a filler.
_FILLERS = frozenset({
    "galaxy", "moto", "xperia", "phone", "smartphone", "tablet", "gen", "generation", "series", "new", "dual", "sim",
    "dualsim", "ds", "duos", "lte", "the", "mm", "inch", "zoll", "in", "nd", "st", "rd", "th", "mobile", "edition",
    "thinq",
})  # fmt: skip
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_TEN = {"x": (), "xs": ("s",), "xr": ("r",)}  # how Apple wrote its tenth generation
_SIZE = re.compile(r"\b(\d{1,2}[.,]\d)\b|\b(\d{2})\s?mm\b")
_PIECES = re.compile(r"(?<![a-z0-9])[45]g(?![a-z0-9])|\d+|[^\W\d_]+")
# A maker's number, “XT2027-1” or “M2012K11AG”; after other words “A515F” is one too.
_CODE = re.compile(r"\b(?:[a-z]{2,}\d{3,}\w*|[a-z]\d{4,}\w*|(?<=\w\W)[a-z]\d{3}[a-z]?)\b")
_LONGEST = 120
_TYPING_ERRORS_FROM = 5  # letters: “a51” and “a52” are no typing errors of each other


@dataclass(frozen=True)
class ModelName:
    """``series`` holds the brand; ``number`` is the generation, ``size`` is in inches."""

    series: str
    number: float | None
    variants: frozenset[str]
    year: int | None
    size: float | None


@lru_cache(maxsize=4096)
def parse_name(brand: str, name: str) -> ModelName:
    """What ``name`` says of a model of ``brand``, in any way of writing it: “S21+ 5G”, “Galaxy S21 Plus”, “s21plus”."""
    maker = searchable(brand[:_LONGEST])
    text = searchable(name[:_LONGEST].replace("+", " plus "))
    text = _without(text, maker)
    size, text = _size(text)
    coded = _CODE.sub(" ", text)
    pieces = _split(coded if _PIECES.search(coded) else text)
    year, pieces = _year(pieces)
    number, before, after = _number(pieces)
    series = [word for word in before if word not in VARIANTS or len(word) == 1 or word == "note"] or before
    variants = {word for word in before if word not in series} | {word for word in after if not word.isdigit()}
    return ModelName(f"{maker}|{''.join(series)}", number, frozenset(variants), year, size)


def close_to(word: str, known: Iterable[str]) -> str | None:
    """The first of ``known`` that one letter more, less or other makes of ``word``; short words must be right."""
    if len(word) < _TYPING_ERRORS_FROM:
        return None
    return next((other for other in known if abs(len(other) - len(word)) <= 1 and _one_edit(word, other)), None)


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes ``b`` of ``a``."""
    start = next((at for at, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))
    rest, other = a[start:], b[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:] == other
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]


def _without(text: str, maker: str) -> str:
    return " ".join(word for word in text.split() if word != maker) if maker else text


def _size(text: str) -> tuple[float | None, str]:
    found = _SIZE.search(text)
    if not found:
        return None, text
    inches = float(found[1].replace(",", ".")) if found[1] else float(found[2]) / 25.4
    return inches, f"{text[: found.start()]} {text[found.end() :]}"


def _split(text: str) -> list[str]:
    words: list[str] = []
    for piece in _PIECES.findall(text):
        words.extend(_unglued(piece))
    return [word for word in words if word not in _FILLERS]


def _unglued(word: str) -> list[str]:
    """“promax” is two words, “redmi” is one: cut only where all that is cut off are known variants."""
    for variant in sorted(VARIANTS, key=len, reverse=True):
        if len(variant) > 2 and word.endswith(variant) and word != variant:
            return [*_unglued(word[: -len(variant)]), variant]
    return [word]


def _year(pieces: list[str]) -> tuple[int | None, list[str]]:
    for at in range(len(pieces) - 1, -1, -1):
        if len(pieces[at]) == 4 and pieces[at].isascii() and pieces[at].isdigit() and 2000 <= int(pieces[at]) <= 2040:
            return int(pieces[at]), pieces[:at] + pieces[at + 1 :]
    return None, pieces


def _number(pieces: list[str]) -> tuple[float | None, list[str], list[str]]:
    """The generation, and the words before and after it."""
    for at, word in enumerate(pieces):
        if word.isascii() and word.isdigit() and len(word) <= 6:
            return float(word), pieces[:at], pieces[at + 1 :]
        if at and word in _ROMAN:
            return float(_ROMAN[word]), pieces[:at], pieces[at + 1 :]
        if at and word in _TEN and pieces[at - 1] == "iphone":
            return 10.0, pieces[:at], [*_TEN[word], *pieces[at + 1 :]]
    return None, pieces, []
