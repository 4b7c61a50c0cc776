"""How many parts an SMS has, which is what it costs (3GPP TS 23.038 and 23.040)."""

from dataclasses import dataclass

# The basic table of GSM 03.38, and what stands in its extension and takes two places.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM, _GSM_PART = 160, 153
_UCS, _UCS_PART = 70, 67
MOST_SEGMENTS = 6


@dataclass(frozen=True)
class Segments:
    """``encoding`` is ``GSM-7`` or ``UCS-2``; ``units`` are septets or 16-bit units; ``count`` is what is paid for."""

    encoding: str
    units: int
    count: int


def segments(text: str) -> Segments:
    """The parts of which an SMS of this text consists. A character of two units is never parted."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        sizes = [2 if letter in _EXTENDED else 1 for letter in text]
        return _counted("GSM-7", sizes, _GSM, _GSM_PART)
    return _counted("UCS-2", [len(letter.encode("utf-16-be")) // 2 for letter in text], _UCS, _UCS_PART)


def _counted(encoding: str, sizes: list[int], whole: int, part: int) -> Segments:
    units = sum(sizes)
    if units <= whole:
        return Segments(encoding, units, 1)
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return Segments(encoding, units, count)
