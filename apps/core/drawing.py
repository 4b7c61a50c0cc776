"""Pages of PDF in millimetres from the bottom left: text of any script, square codes, lines and pictures.

Letters are outlines in fonts of the document's own (Type 3), each drawn once: nothing needs a font where it is read, and
the text can still be searched, copied and read aloud. The same content gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any

import segno
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from apps.core.typesetting import Glyph, Line, Typesetter, typesetter

QR_QUIET_MODULES = 4  # on each side
_LETTERS_OF_A_FONT = 255  # of 256 codes; 0 is never used
_UNITS = 1000  # to the em, as is usual for glyphs
_SLACK = 0.0005  # ems that a letter may stand off without being moved
_NOTHING = "\u200b"
_REMEMBERED = 2048  # forms of glyphs, of about a thousand characters each


@dataclass(frozen=True)
class Text:
    """A line at a place, from the bottom left; ``em`` is its size in millimetres, ``grey`` 0 for black."""

    line: Line
    x: float
    y: float
    em: float
    grey: float = 0


@dataclass
class _Font:
    """A Type 3 font in the making: its letters by their codes."""

    name: str
    letters: list[Glyph] = field(default_factory=list)


class Letters:
    """The fonts of one document. A letter that stands for other text is another letter, so that copies are exact."""

    def __init__(self, type_: Typesetter) -> None:
        self._type = type_
        self._fonts: list[_Font] = []
        self._codes: dict[tuple[int, int, str], tuple[str, int]] = {}

    def shown(self, text: "Text") -> Iterator[str]:
        """The operators that show a line in its place."""
        em, x, bottom = text.em * mm, text.x * mm, text.y * mm
        for (name, y), placed in groupby(self._placed(text.line), key=lambda one: (one[0], one[1])):
            parts: list[str] = []
            start = at = None
            for _, _, code, glyph in placed:
                if start is None or at is None:
                    start = at = glyph.x
                elif abs(glyph.x - at) > _SLACK:
                    parts.append(f"{(at - glyph.x) * _UNITS:.0f}")
                parts.append(f"<{code:02X}>")
                at = glyph.x + self._type.advance(glyph)
            place = f"{x + (start or 0) * em:.3f} {bottom + y * em:.3f}"
            yield f"/{name} {em:.3f} Tf 1 0 0 1 {place} Tm [{' '.join(parts)}] TJ"

    def _placed(self, line: Line) -> Iterator[tuple[str, float, int, Glyph]]:
        for glyph in line.glyphs:
            key = (glyph.face, glyph.number, glyph.text)
            name, code = self._codes.get(key) or self._added(key, glyph)
            yield name, glyph.y, code, glyph

    def _added(self, key: tuple[int, int, str], glyph: Glyph) -> tuple[str, int]:
        if not self._fonts or len(self._fonts[-1].letters) == _LETTERS_OF_A_FONT:
            self._fonts.append(_Font(f"L{len(self._fonts)}"))
        font = self._fonts[-1]
        font.letters.append(glyph)
        self._codes[key] = font.name, len(font.letters)
        return self._codes[key]

    def write(self, document: Any) -> None:
        """Put the fonts into a document of reportlab."""
        for font in self._fonts:
            document.idToObject["BasicFonts"].dict[font.name] = document.Reference(
                self._font(document, font), font.name
            )

    def _font(self, document: Any, font: _Font) -> Any:
        names = [f"g{code}" for code in range(1, len(font.letters) + 1)]
        forms = {
            name: document.Reference(_stream(_form(self._type, letter.face, letter.number)), f"{font.name}.{name}")
            for name, letter in zip(names, font.letters, strict=True)
        }
        differences = pdfdoc.PDFArray([1, *map(pdfdoc.PDFName, names)])
        widths = [round(self._type.advance(letter) * _UNITS) for letter in font.letters]
        words = document.Reference(_stream(_to_unicode(font.letters)), f"{font.name}.words")
        thousandth = 1 / _UNITS
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type3"),
                "Name": pdfdoc.PDFName(font.name),
                "FontBBox": pdfdoc.PDFArray([0, -250, _UNITS, 950]),
                "FontMatrix": pdfdoc.PDFArray([thousandth, 0, 0, thousandth, 0, 0]),
                "CharProcs": pdfdoc.PDFDictionary(forms),
                "Encoding": pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("Encoding"), "Differences": differences}),
                "FirstChar": 1,
                "LastChar": len(font.letters),
                "Widths": pdfdoc.PDFArray(widths),
                "Resources": pdfdoc.PDFDictionary({}),
                "ToUnicode": words,
            }
        )


@lru_cache(_REMEMBERED)
def _form(type_: Typesetter, face: int, number: int) -> str:
    """What draws a glyph. Drawn once for each process: the papers of one shop hold much the same letters."""
    glyph = Glyph(face, number, 0, 0, "")
    width = round(type_.advance(glyph) * _UNITS)
    outline = type_.outline(glyph)
    path = [" ".join([*(f"{value * _UNITS:.0f}" for value in points), operator]) for operator, points in outline]
    # A reader that looks for lines of text goes by the height of the letters.
    columns, rows = (
        [points[number] * _UNITS for _, points in outline for number in range(axis, len(points), 2)] or [0.0]
        for axis in (0, 1)
    )
    box = f"{min(columns):.0f} {min(rows):.0f} {max(columns):.0f} {max(rows):.0f}"
    return "\n".join([f"{width} 0 {box} d1", *path, *(["f"] if path else [])])


class Drawing:
    """A document. ``title`` is what a reader's window shows; one day stands for its time, if it has one."""

    def __init__(self, title: str, type_: Typesetter | None = None) -> None:
        self.type = type_ or typesetter()
        self._letters = Letters(self.type)
        self._stream = BytesIO()
        self.canvas: Any = Canvas(self._stream, pageCompression=1, invariant=1)
        self.canvas.setTitle(title)
        self.canvas.setCreator("Mendery")

    def page(self, width: float, height: float) -> None:
        """What is drawn from now on stands on a page of this size; call ``end_page`` after it."""
        self.canvas.setPageSize((width * mm, height * mm))

    def end_page(self) -> None:
        self.canvas.showPage()

    def write(self, texts: Iterable[Text]) -> None:
        for text in texts:
            if operators := " ".join(self._letters.shown(text)):
                self._draw(f"{text.grey:g} g BT {operators} ET 0 g")

    def bar(self, x: float, y: float, width: float, height: float, grey: float = 0) -> None:
        """A filled rectangle."""
        box = " ".join(f"{value * mm:.4f}" for value in (x, y, width, height))
        self._draw(f"q {grey:g} g {box} re f Q")

    def square_code(self, text: str, x: float, y: float, side: float) -> None:
        """A QR code with its white border, drawn as one path, so that no seam shows between the modules.

        Beyond ASCII the code says that it is UTF-8.
        """
        form: dict[str, Any] = {} if text.isascii() else {"mode": "byte", "encoding": "utf-8", "eci": True}
        matrix = segno.make_qr(text, error="m", **form).matrix
        module = side / (len(matrix) + 2 * QR_QUIET_MODULES)
        path = self.canvas.beginPath()
        for number, row in enumerate(matrix):
            bottom = y + side - (QR_QUIET_MODULES + number + 1) * module
            column = 0
            for dark, stretch in groupby(row):
                length = len(list(stretch))
                if dark:
                    left = x + (QR_QUIET_MODULES + column) * module
                    path.rect(left * mm, bottom * mm, length * module * mm, module * mm)
                column += length
        self.canvas.drawPath(path, stroke=0, fill=1)

    def picture(
        self, content: bytes, x: float, y: float, width: float, height: float, *, from_right: bool = False
    ) -> None:
        """A PNG or JPEG in a box, as large as it fits without being distorted."""
        box = (x * mm, y * mm, width * mm, height * mm)
        image = ImageReader(BytesIO(content))
        self.canvas.drawImage(image, *box, mask="auto", preserveAspectRatio=True, anchor="se" if from_right else "sw")

    def pdf(self) -> bytes:
        self._letters.write(self.canvas._doc)  # noqa: SLF001 – reportlab has no way to give it a font of Type 3
        self.canvas.save()
        return self._stream.getvalue()

    def _draw(self, operators: str) -> None:
        self.canvas._code.append(operators)  # noqa: SLF001 – as above


def _stream(content: str) -> Any:
    stream = pdfdoc.PDFStream(content=content)
    stream.filters = [pdfdoc.PDFZCompress]
    return stream


def _to_unicode(letters: list[Glyph]) -> str:
    # What is said by the letter before, such as the dots of an Arabic one, says nothing itself.
    said = [(code, letter.text or _NOTHING) for code, letter in enumerate(letters, 1)]
    rows = [f"<{code:02X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in said]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def /CMapName /Letters def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{mapped}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
