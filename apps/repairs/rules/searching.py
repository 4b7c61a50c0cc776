"""How what is typed into the one search box of orders is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.core.text import has_trigram, searchable

_SPACED_NUMBER = re.compile(r"\d[\d\s./-]{12,25}\d")
_IMEI_DIGITS = range(14, 17)
# ``R-2026-000123``, as much of it as there is, with or without its letter and its hyphens.
_WITH_LETTER = re.compile(r"r-?(?P<year>\d{4})?(?:(?<=\d)-?(?P<number>\d*))?")
_WITHOUT_LETTER = re.compile(r"(?P<year>\d{4})-(?P<number>\d+)")
_BEGUN = re.compile(r"r-\d{0,3}")
_MOST_DIVIDED = 6  # words: longer ones are not divided into a customer and a model


@dataclass(frozen=True)
class Needle:
    """What is looked for: words without case and accents, and what the whole may be the beginning of."""

    text: str
    words: tuple[str, ...]
    begun_number: str  # what an order number begins with, or nothing

    @property
    def device(self) -> tuple[str, ...]:
        """What the number, the IMEI or the serial number has to hold; nothing where no index could find it."""
        if self.begun_number and "-" in self.text:
            return ()
        return self.words if self.words and all(map(has_trigram, self.words)) else ()

    @property
    def begun_year(self) -> int | None:
        """The year of whose orders it means at least a tenth."""
        is_whole = len("R-2026") <= len(self.begun_number) < len("R-2026-00")
        return int(self.begun_number[2:6]) if is_whole else None

    def divided(self) -> Iterator[tuple[str, str]]:
        """Every way in which the words may name a customer and a model, in either order."""
        if len(self.words) > _MOST_DIVIDED:
            return
        for place in range(1, len(self.words)):
            first, rest = " ".join(self.words[:place]), " ".join(self.words[place:])
            yield first, rest
            yield rest, first


def needle(text: str) -> Needle:
    """What is looked for by ``text``. Signs that are no part of a word find nothing by themselves."""
    folded = searchable(text)
    digits = re.sub(r"\D", "", folded)
    if _SPACED_NUMBER.fullmatch(folded) and len(digits) in _IMEI_DIGITS:
        folded = digits
    words = tuple(word for word in folded.split() if any(map(str.isalnum, word)))
    return Needle(folded, words, _begun_number(folded))


def _begun_number(text: str) -> str:
    if _BEGUN.fullmatch(text):
        return text.upper()
    found = _WITH_LETTER.fullmatch(text) or _WITHOUT_LETTER.fullmatch(text)
    if found is None or not found["year"]:
        return ""
    return f"R-{found['year']}-{found['number'] or ''}".removesuffix("-" * (not found["number"]))


def device_text(order_number: str, imei: str, serial: str) -> str:
    """What an order is found by itself: of its number only what tells it from those of the year."""
    return searchable(order_number.rpartition("-")[2], imei, serial)
