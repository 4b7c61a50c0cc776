"""What a document is made of, as plain values, and the papers on which it can be printed. Millimetres."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A sheet, or a roll without a height, which is cut where the document ends. ``text`` is the size of its letters."""

    name: str
    words: str
    width: float
    height: float | None
    side: float  # white on the left and on the right
    edge: float  # and above and below
    text: float

    @property
    def room(self) -> float:
        """Width of what is printed."""
        return self.width - 2 * self.side

    @property
    def is_roll(self) -> bool:
        return self.height is None


A4 = Paper("a4", "A4", 210, 297, 18, 16, 3.3)
_PAPERS = (
    A4,
    Paper("letter", "Letter", 215.9, 279.4, 18, 16, 3.3),
    # Printers for rolls of 80 and 58 mm reach 72 and 48 mm of them.
    Paper("80mm", "roll of 80 mm", 80, None, 4, 4, 3.0),
    Paper("58mm", "roll of 58 mm", 58, None, 5, 4, 2.7),
)
PAPERS = {paper.name: paper for paper in _PAPERS}


@dataclass(frozen=True)
class Paragraph:
    """Text that is broken where it must be; each of its lines that ends by itself begins a new one."""

    text: str
    size: float = 1
    bold: bool = False
    grey: float = 0
    centred: bool = False


@dataclass(frozen=True)
class Gap:
    """White, in lines of text."""

    lines: float = 1


@dataclass(frozen=True)
class Rule:
    """A thin line over the whole width."""


@dataclass(frozen=True)
class Facts:
    """What is called how: names, and beside them what they name."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Code:
    """A square code, with a line below it, and below that what it is for, in small letters."""

    text: str
    side: float
    words: str = ""
    told: str = ""


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG that fits into a box."""

    content: bytes
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """A column of a table; amounts are ``right``, so that their digits stand below each other."""

    words: str
    right: bool = False


@dataclass(frozen=True)
class Row:
    """Cells, the first of which is broken into lines; ``below`` is smaller text under it.

    On a roll the first cell takes the whole width, and ``short`` stands under it beside the last cell.
    """

    cells: tuple[str, ...]
    short: str = ""
    below: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under the names of their columns, which are repeated on every page."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Totals:
    """Names and amounts at the end of a table, never parted from each other and from its last row."""

    rows: tuple[tuple[str, str], ...]
    strong: frozenset[int] = frozenset()  # the numbers of the rows that matter most


@dataclass(frozen=True)
class Sides:
    """Two stacks of blocks beside each other; on a roll one after the other. ``share`` of the width is the first's."""

    first: tuple["Block", ...]
    second: tuple["Block", ...]
    share: float = 0.5


@dataclass(frozen=True)
class Together:
    """Blocks that no page break parts, as long as they fit on one page."""

    blocks: tuple["Block", ...]


Block = Paragraph | Gap | Rule | Facts | Code | Picture | Table | Totals | Sides | Together


@dataclass(frozen=True)
class Document:
    """One document. ``footer`` stands at the foot of every sheet; ``page_words`` hold ``{page}`` and ``{pages}``."""

    title: str
    blocks: tuple[Block, ...]
    footer: str = ""
    page_words: str = "{page} / {pages}"
    right_to_left: bool = False
