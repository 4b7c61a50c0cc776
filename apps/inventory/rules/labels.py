"""Labels: their sizes, what code they carry, and where on a label each part stands. Millimetres, from the top left."""

from dataclasses import dataclass

from stdnum import ean

MOST_LABELS = 500  # of one document
BARCODE, QR = "barcode", "qr"
CODES = (BARCODE, QR)

NARROWEST_BAR = 0.25  # two dots of a printer with 203 to the inch
NOMINAL_BAR = 0.33
QUIET_MODULES = 20  # white beside the bars, both sides together


@dataclass(frozen=True)
class LabelSize:
    """Labels of one size: one on a page, or ``columns`` × ``rows`` on a sheet of A4."""

    name: str
    words: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0  # of the first label on the page
    top: float = 0
    pitch: float = 0  # from one column to the next

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of a page."""
        return (self.width, self.height) if self.per_page == 1 else (210, 297)

    def corner(self, position: int) -> tuple[float, float]:
        """The top left corner of the label at ``position``, counted from 0 along the rows."""
        row, column = divmod(position, self.columns)
        return self.left + column * (self.pitch or self.width), self.top + row * self.height


_SIZES = (
    LabelSize("57x32", "57 × 32 mm, one a page", 57, 32),
    LabelSize("62x29", "62 × 29 mm, one a page", 62, 29),
    LabelSize("40x30", "40 × 30 mm, one a page", 40, 30),
    LabelSize("89x36", "89 × 36 mm, one a page", 89, 36),
    LabelSize("100x50", "100 × 50 mm, one a page", 100, 50),
    LabelSize("a4-3x7", "A4 with 3 × 7 labels of 63.5 × 38.1 mm", 63.5, 38.1, 3, 7, 7.2, 15.1, 66),
    LabelSize("a4-3x8", "A4 with 3 × 8 labels of 70 × 36 mm", 70, 36, 3, 8, 0, 4.5),
    LabelSize("a4-4x10", "A4 with 4 × 10 labels of 48.5 × 25.4 mm", 48.5, 25.4, 4, 10, 8, 21.5),
    LabelSize("a4-5x13", "A4 with 5 × 13 labels of 38.1 × 21.2 mm", 38.1, 21.2, 5, 13, 4.7, 10.7, 40.6),
)
SIZES = {size.name: size for size in _SIZES}


@dataclass(frozen=True)
class Box:
    """A part of a label."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plan:
    """Where the parts of a label stand. ``text`` is the height of its letters' line; ``name_lines`` is the most of them."""

    code: Box
    name: Box
    name_lines: int
    facts: Box  # SKU and price
    readable: Box | None  # the code in letters, below bars
    text: float


def text_height(size: LabelSize) -> float:
    """Height of a line of text: legible on the smallest label, and not larger than needed on the largest."""
    return min(4.4, max(2.7, size.height * 0.115))


def plan_with_bars(size: LabelSize) -> Plan:
    """The name above, SKU and price below it, then the bars over the whole width, and the code in letters."""
    line, pad = text_height(size), _padding(size)
    width = size.width - 2 * pad
    room = size.height - 2 * pad
    names = 2 if room - 4.4 * line >= 8 else 1
    facts = pad + names * line
    top = facts + 1.2 * line
    bars = size.height - pad - line - top
    return Plan(
        code=Box(pad, top, width, bars),
        name=Box(pad, pad, width, names * line),
        name_lines=names,
        facts=Box(pad, facts, width, line),
        readable=Box(pad, size.height - pad - line, width, line),
        text=line,
    )


def plan_with_square(size: LabelSize, facts_lines: int) -> Plan:
    """A square code on the left with its white border; beside it the name, and below that SKU and price."""
    line, pad = text_height(size), _padding(size)
    side = min(size.height - 1, size.width * 0.48)
    left = 0.5 + side
    width = size.width - left - pad
    names = max(1, int((size.height - 2 * pad - facts_lines * line) / line))
    return Plan(
        code=Box(0.5, (size.height - side) / 2, side, side),
        name=Box(left, pad, width, names * line),
        name_lines=min(names, 4),
        facts=Box(left, size.height - pad - facts_lines * line, width, facts_lines * line),
        readable=None,
        text=line,
    )


def bar_width(modules: int, width: float) -> float | None:
    """Width of the narrowest bar of a code of that many modules; ``None`` where it would be too narrow to be read."""
    found = min(NOMINAL_BAR, width / (modules + QUIET_MODULES))
    return found if found >= NARROWEST_BAR else None


def is_article_number(code: str) -> bool:
    """Whether a code is drawn as EAN-13. One that begins with 0 is not: scanners read it as UPC-A, without the 0."""
    return len(code) == 13 and code.isascii() and code[0] != "0" and bool(ean.is_valid(code))


def fits_code128(code: str) -> bool:
    """Whether Code 128 has all the characters."""
    return all(" " <= char <= "~" for char in code)


def _padding(size: LabelSize) -> float:
    return 1.5 if size.per_page == 1 else 2.2
