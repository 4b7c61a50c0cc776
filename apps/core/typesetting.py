"""Lines of text in any script, as outlines: what is drawn needs no font where it is read.

Each line is put in visual order (Unicode's bidirectional algorithm), cut into runs of one direction and one font, and
shaped by HarfBuzz, so that Arabic letters join and marks sit where they belong. A character goes to the first font that
has it; one that none has becomes a question mark, which is seen, instead of an empty box.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz
from bidi import algorithm as bidi
from django.conf import settings

logger = logging.getLogger(__name__)
hb: Any = uharfbuzz

# Latin, Greek and Cyrillic; Arabic; Hebrew; Chinese, Japanese and Korean: each from a package with a free licence.
_PACKAGED = (
    ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    ("fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf"),
    ("fontpkg_heebo", "files/Heebo[wght].ttf"),
    ("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc"),
)
ELLIPSIS = "…"
UNKNOWN = "?"
_REGULAR, _BOLD = 400, 700
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_REMEMBERED = 8192  # lines and pieces of lines: documents of one shop say much the same
# They say how letters join, or that what follows runs from the left, and have no form of their own.
_JOINERS = "\u200c\u200d\u200e"
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\u1100-\u11ff\uac00-\ud7af]")
# A line may end after a space or a hyphen, and beside any Han character or kana: they are written without spaces.
_PIECE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff-]*-?\\s*")

Outline = list[tuple[str, tuple[float, ...]]]  # m, l, c with their points, and h; in ems


class Glyph(NamedTuple):
    """One form of a font and where it stands, in ems from the start of the line; ``text`` is what it says."""

    face: int
    number: int
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """A shaped line; ``width`` is in ems. ``from_right`` says that its text begins on the right."""

    text: str
    glyphs: tuple[Glyph, ...]
    width: float
    from_right: bool


class Typesetter:
    """Shapes and breaks lines with the given fonts, asked in their order."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        found = [(path, font) for path in paths if (font := _opened(path, _REGULAR)) is not None]
        self._faces = len(found)
        # The same ones again, as bold as they can be.
        self._fonts = [*(font for _, font in found), *(_opened(path, _BOLD) for path, _ in found)]
        self._set = lru_cache(_REMEMBERED)(self._shaped)

    def line(self, text: str, *, from_right: bool | None = None, bold: bool = False) -> Line:
        """``text`` as one line; its direction is that of its first letter unless it is part of a longer text."""
        clean = _clean(text)
        return self._set(clean, _begins_on_the_right(clean) if from_right is None else from_right, bold=bold)

    def _shaped(self, clean: str, rightward: bool, *, bold: bool) -> Line:
        glyphs: list[Glyph] = []
        x = 0.0
        for run, right_to_left in _visual_runs(clean, rightward):
            parts = list(self._by_font(run))
            for face, part in reversed(parts) if right_to_left else parts:
                x = self._shape(face + self._faces * bold, part, right_to_left, x, glyphs)
        return Line(clean, tuple(glyphs), x, rightward)

    def wrapped(self, text: str, width: float, most: int) -> list[Line]:
        """``text`` in at most ``most`` lines no wider than ``width`` ems; what is left out shows as an ellipsis."""
        clean = _clean(text)
        from_right = _begins_on_the_right(clean)
        lines: list[Line] = []
        while clean and len(lines) < most:
            taken = self._fitting(clean, width, from_right)
            if len(lines) == most - 1 and taken < len(clean):
                lines.append(self._shortened(clean, width, from_right))
                break
            lines.append(self.line(clean[:taken].rstrip(), from_right=from_right))
            clean = clean[taken:].lstrip()
        return lines

    def outline(self, glyph: Glyph) -> Outline:
        """The form of a glyph as path operations, in ems."""
        font = self._fonts[glyph.face]
        pen = _Pen(font.face.upem)
        font.draw_glyph_with_pen(glyph.number, pen)
        return pen.drawn

    def advance(self, glyph: Glyph) -> float:
        """How far the next letter stands from this one where nothing moves it, in ems."""
        font = self._fonts[glyph.face]
        return float(font.get_glyph_h_advance(glyph.number) / font.face.upem)

    def _fitting(self, text: str, width: float, from_right: bool) -> int:
        """How many characters of ``text`` fit, ending where a line may end; at least one character."""
        ends = [0]
        reached = 0.0
        for piece in _PIECE.finditer(text):
            # Piece by piece, which is exact but for letters that join: those are looked at as a line below.
            spaced = self._width(piece.group(), from_right)
            if reached + spaced - (self._width(" ", from_right) if piece.group()[-1:].isspace() else 0) > width:
                break
            reached += spaced
            ends.append(piece.end())
        while ends[-1] and self.line(text[: ends[-1]].rstrip(), from_right=from_right).width > width:
            ends.pop()
        return ends[-1] or self._cut(text, width, from_right, "") or 1

    def _shortened(self, text: str, width: float, from_right: bool) -> Line:
        kept = text[: self._cut(text, width, from_right, ELLIPSIS)].rstrip()
        return self.line(kept + ELLIPSIS, from_right=from_right)

    def _width(self, text: str, from_right: bool) -> float:
        return self._set(text, from_right, bold=False).width

    def _cut(self, text: str, width: float, from_right: bool, ending: str) -> int:
        """The most characters that fit with ``ending`` behind them."""
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.line(text[:middle].rstrip() + ending, from_right=from_right).width <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    def _by_font(self, run: str) -> Iterator[tuple[int, str]]:
        """Parts of ``run`` with the font that draws them; marks and spaces stay with the letter before."""
        chosen: list[tuple[int, str]] = []
        for char in run:
            last = chosen[-1][0] if chosen else None
            stays = char in _JOINERS or unicodedata.combining(char) or (char.isspace() and last is not None)
            face = last if last is not None and stays and self._has(last, char) else self._first_with(char)
            chosen.append((0, UNKNOWN) if face is None else (face, char))
        for face, group in groupby(chosen, key=lambda one: one[0]):
            yield face, "".join(char for _, char in group)

    def _has(self, face: int, char: str) -> bool:
        return char in _JOINERS or self._fonts[face].get_nominal_glyph(ord(char)) is not None

    def _first_with(self, char: str) -> int | None:
        return next((face for face in range(self._faces) if self._has(face, char)), None)

    def _shape(self, face: int, text: str, right_to_left: bool, x: float, glyphs: list[Glyph]) -> float:
        font, buffer = self._fonts[face], hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if right_to_left else "ltr"
        if language := _language(text):
            buffer.language = language
        hb.shape(font, buffer)
        em = font.face.upem
        said = _said(text, [info.cluster for info in buffer.glyph_infos])
        for info, place, words in zip(buffer.glyph_infos, buffer.glyph_positions, said, strict=True):
            glyphs.append(Glyph(face, info.codepoint, x + place.x_offset / em, place.y_offset / em, words))
            x += place.x_advance / em
        return x


@cache
def _typesetter(paths: tuple[str, ...]) -> Typesetter:
    return Typesetter(paths)


def typesetter() -> Typesetter:
    """The fonts of ``settings.LABEL_FONTS`` first, then those that come with Mendery. Kept for the process's life."""
    packaged = (str(files(package).joinpath(path)) for package, path in _PACKAGED)
    return _typesetter((*settings.LABEL_FONTS, *packaged))


def _opened(path: str, weight: int) -> Any:
    """A font at a weight, if it has several; ``None``, and a line in the log, for a file that is none."""
    try:
        face = hb.Face(hb.Blob.from_file_path(path))
    except hb.HarfBuzzError:
        face = None
    if face is None or face.glyph_count == 0:
        logger.error("%s cannot be read as a font; documents are printed without it.", Path(path).name)
        return None
    font = hb.Font(face)
    font.set_variations({"wght": weight, "wdth": 100})
    return font


def _clean(text: str) -> str:
    """One line without control characters and marks of direction, which the algorithm finds out by itself."""
    kept = (char for char in text if char in _JOINERS or char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(kept).split())


def _said(text: str, clusters: Sequence[int]) -> Iterator[str]:
    """What each glyph stands for: the first one of letters that are drawn together for all of them."""
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    for cluster in clusters:
        yield text[cluster : ends.pop(cluster)] if cluster in ends else ""


def _begins_on_the_right(text: str) -> bool:
    return not _is_from_left_only(text) and bool(bidi.get_base_level(text))


def _is_from_left_only(text: str) -> bool:
    return _FROM_RIGHT.search(text) is None


def _language(text: str) -> str | None:
    """In which tradition Han characters are drawn: Japanese beside kana, Korean beside Hangul, else simplified Chinese."""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh-Hans" if any("\u3400" <= char <= "\u9fff" for char in text) else None


def _visual_runs(text: str, from_right: bool) -> list[tuple[str, bool]]:
    """Runs of one direction as they stand from left to right; the text of each is in the order in which it is read."""
    if not from_right and _is_from_left_only(text):
        return [(text, False)]
    runs = [(level, "".join(group)) for level, group in _levels(text, from_right)]
    highest = max((level for level, _ in runs), default=0)
    for level in range(highest, 0, -1):
        runs = list(_turned(runs, level))
    return [(run, bool(level % 2)) for level, run in runs]


def _levels(text: str, from_right: bool) -> Iterator[tuple[int, Iterator[str]]]:
    storage = bidi.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(from_right), "LR"[from_right]
    bidi.get_embedding_levels(text, storage)
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, debug=False)
    bidi.resolve_implicit_levels(storage, debug=False)
    for level, group in groupby(storage["chars"], key=lambda one: one["level"]):
        yield level, (one["ch"] for one in group)


def _turned(runs: list[tuple[int, str]], level: int) -> Iterator[tuple[int, str]]:
    """Rule L2: whatever stands at ``level`` or higher, in one stretch, is put the other way round."""
    for high, stretch in groupby(runs, key=lambda one: one[0] >= level):
        found = list(stretch)
        yield from reversed(found) if high else found


class _Pen:
    """Writes down what HarfBuzz draws; the names of its methods are those of fontTools' pens."""

    def __init__(self, em: int) -> None:
        self.drawn: Outline = []
        self._em = em
        self._at: tuple[float, float] = (0.0, 0.0)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 – the protocol's name
        self._draw("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._draw("l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._draw("c", *points)

    def qCurveTo(self, bend: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        """A curve with one control point, as TrueType has them; PDF knows those with two only."""
        first, second = (tuple(p + 2 * (c - p) / 3 for p, c in zip(at, bend, strict=True)) for at in (self._at, end))
        self._draw("c", (first[0], first[1]), (second[0], second[1]), end)

    def closePath(self) -> None:  # noqa: N802
        self.drawn.append(("h", ()))

    def _draw(self, operator: str, *points: tuple[float, float]) -> None:
        self.drawn.append((operator, tuple(value / self._em for point in points for value in point)))
        self._at = points[-1]
