"""Looks at printed labels as a scanner and a reader do."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2
import zxingcpp

DOTS_PER_INCH = 300


@dataclass(frozen=True)
class Scanned:
    """A code as a scanner gives it, and where it stands on its page, in millimetres from the top left."""

    kind: str
    text: str
    page: int
    left: float
    top: float


def scan(pdf: bytes, *, dots_per_inch: int = DOTS_PER_INCH) -> list[Scanned]:
    """Every code on every page, in reading order."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            picture = page.render(scale=dots_per_inch / 72, grayscale=True).to_pil()
            page.close()
            for code in zxingcpp.read_barcodes(picture):
                corner = code.position.top_left
                left, top = (round(value * 25.4 / dots_per_inch, 1) for value in (corner.x, corner.y))
                found.append(Scanned(code.format.name, code.text, number, left, top))
    finally:
        document.close()
    return sorted(found, key=lambda one: (one.page, round(one.top / 10), one.left))


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sizes = [document.get_page_size(number) for number in range(len(document))]
    finally:
        document.close()
    return [(round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1)) for width, height in sizes]
