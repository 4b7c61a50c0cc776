"""A name drawn by Mendery, for who signs with the keyboard; and a drawn signature, taken as a small picture."""

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from apps.core.images import ImageRefused
from apps.core.typesetting import Glyph, Outline, typesetter

MOST_BYTES = 100_000
MOST_PIXELS = 2_000_000
_WIDTH, _HEIGHT, _EM, _MARGIN = 800, 200, 72, 20
_STEPS = 8  # straight pieces of a curve
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, EOFError, OverflowError, MemoryError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip

Point = tuple[float, float]


def read_signature(content: bytes) -> bytes:
    """A drawn signature as a grey PNG of our own writing, on white. Raises ``ImageRefused``.

    Takes a PNG of at most 100 kB and two megapixels on which something is drawn.
    """
    if len(content) > MOST_BYTES:
        raise ImageRefused(f"A signature has at most {MOST_BYTES // 1000} kB.", "max_size")
    try:
        layered = _opened(content)
    except ImageRefused:
        raise
    except _BROKEN:
        raise ImageRefused("A signature is a PNG picture.", "invalid_image") from None
    ground = Image.new("RGBA", layered.size, "white")
    ground.alpha_composite(layered)
    grey = ground.convert("L")
    darkest, lightest = grey.getextrema()
    if darkest == lightest:
        raise ImageRefused("Nothing is drawn here.", "blank")
    return _png(grey)


def _opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ImageRefused(f"A signature has at most {MOST_PIXELS // 1_000_000} megapixels.", "max_pixels")
        return opened.convert("RGBA")


def written_name(name: str) -> bytes:
    """A name in any script as such a picture."""
    setter = typesetter()
    lines = setter.wrapped(name, (_WIDTH - 2 * _MARGIN) / _EM, most=2)
    picture = Image.new("L", (_WIDTH, _HEIGHT), "white")
    for number, line in enumerate(lines):
        baseline = _MARGIN + _EM * (1 + number)
        for glyph in line.glyphs:
            contours = list(_contours(setter.outline(glyph), glyph, baseline))
            if contours:
                picture.paste("black", mask=_filled(contours))
    return _png(picture)


def _contours(outline: Outline, glyph: Glyph, baseline: float) -> Iterator[list[Point]]:
    """The closed lines of a glyph, in pixels of the picture."""

    def placed(x: float, y: float) -> Point:
        return _MARGIN + (glyph.x + x) * _EM, baseline - (glyph.y + y) * _EM

    drawn: list[Point] = []
    for operator, values in outline:
        points = [placed(*values[i : i + 2]) for i in range(0, len(values), 2)]
        if operator == "m":
            drawn = points
        elif operator == "l":
            drawn += points
        elif operator == "c":
            drawn += _curve(drawn[-1], *points)
        elif len(drawn) > 2:
            yield drawn


def _curve(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        xs, ys = zip(start, first, second, end, strict=True)
        yield sum(map(float.__mul__, weights, xs)), sum(map(float.__mul__, weights, ys))


def _filled(contours: list[list[Point]]) -> Image.Image:
    """A mask: what turns like the largest contour is filled, what turns the other way is cut out of it."""
    areas = [_area(contour) for contour in contours]
    outer = max(areas, key=abs) > 0
    mask, holes = Image.new("L", (_WIDTH, _HEIGHT)), Image.new("L", (_WIDTH, _HEIGHT))
    for contour, area in zip(contours, areas, strict=True):
        ImageDraw.Draw(mask if (area > 0) is outer else holes).polygon(contour, fill=255)
    return ImageChops.subtract(mask, holes)


def _area(contour: list[Point]) -> float:
    following = contour[1:] + contour[:1]
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(contour, following, strict=True))


def _png(picture: Any) -> bytes:
    written = io.BytesIO()
    picture.info = {}
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
