"""Blocks as strips: how high each is, and what stands where on it, in millimetres from its top left.

It is laid out from left to right; a document from right to left is turned over at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatchmethod

from apps.core.documents import blocks as b
from apps.core.typesetting import Line, Typesetter

LEADING = 1.38  # from one line of text to the next, in its size
_BASELINE = 1.02  # of a line of text, from the top of it
_SMALL, _GREY = 0.86, 0.38
_TOLD_LINES = 2
_GUTTER = 4.0  # between columns
_RULE, _RULE_GREY = 0.2, 0.7
_CELL = 0.25  # white above and below a row, in lines
_MOST_LINES = 2000


@dataclass(frozen=True)
class Written:
    """A line of text; ``y`` is its baseline."""

    line: Line
    x: float
    y: float
    em: float
    grey: float

    @property
    def width(self) -> float:
        return self.line.width * self.em


@dataclass(frozen=True)
class Shape:
    """Anything that is not text: a bar, a square code, a picture."""

    x: float
    y: float  # its top
    width: float
    height: float
    code: str = ""
    picture: bytes = b""
    from_right: bool = False  # where a picture that does not fill its box stands in it
    grey: float = 0


Item = Written | Shape


@dataclass(frozen=True)
class Strip:
    """Over the whole width, and on one page. ``sticks`` to the one below; ``head`` is repeated where a page begins."""

    height: float
    items: tuple[Item, ...] = ()
    sticks: bool = False
    head: "Strip | None" = None


def moved(item: Item, right: float, down: float) -> Item:
    return replace(item, x=item.x + right, y=item.y + down)


def stacked(strips: Iterable[Strip]) -> Strip:
    """Several strips as one."""
    items: list[Item] = []
    height = 0.0
    for strip in strips:
        items += [moved(item, 0, height) for item in strip.items]
        height += strip.height
    return Strip(height, tuple(items))


class Layout:
    """Lays blocks out at a width."""

    def __init__(self, type_: Typesetter, width: float, text: float, *, narrow: bool) -> None:
        self._type, self._width, self._text, self._narrow = type_, width, text, narrow

    def strips(self, found: Iterable[b.Block]) -> Iterator[Strip]:
        for block in found:
            yield from self._strips(block)

    @singledispatchmethod
    def _strips(self, block: b.Block) -> Iterable[Strip]:
        raise TypeError(f"{type(block).__name__} is no block.")

    @_strips.register
    def _paragraph(self, block: b.Paragraph) -> Iterable[Strip]:
        em = self._text * block.size
        for part in block.text.splitlines():
            lines = self._broken(part, self._width, em, bold=block.bold)
            for line in lines or [self._type.line("")]:
                x = (self._width - line.width * em) / 2 if block.centred else 0
                yield Strip(em * LEADING, (Written(line, x, em * _BASELINE, em, block.grey),))

    @_strips.register
    def _gap(self, block: b.Gap) -> Iterable[Strip]:
        return [Strip(block.lines * self._text * LEADING)]

    @_strips.register
    def _rule(self, block: b.Rule) -> Iterable[Strip]:
        half = self._text * LEADING / 2
        return [Strip(2 * half, (Shape(0, half, self._width, _RULE, grey=_RULE_GREY),))]

    @_strips.register
    def _facts(self, block: b.Facts) -> Iterable[Strip]:
        em, small = self._text, self._text * _SMALL
        names = [self._type.line(name) for name, _ in block.rows]
        widest = max((line.width * small for line in names), default=0.0)
        left = min(widest + _GUTTER / 2, self._width * 0.45)
        for name, (_, value) in zip(names, block.rows, strict=True):
            shortened = name if name.width * small <= left else self._type.wrapped(name.text, left / small, 1)[0]
            items: list[Item] = [Written(shortened, 0, em * _BASELINE, small, _GREY)]
            height = 0.0
            for line in self._broken(value, self._width - left, em):
                items.append(Written(line, left, height + em * _BASELINE, em, 0))
                height += em * LEADING
            yield Strip(max(height, em * LEADING), tuple(items))

    @_strips.register
    def _code(self, block: b.Code) -> Iterable[Strip]:
        x = (self._width - block.side) / 2 if self._narrow else self._width - block.side
        items: list[Item] = [Shape(x, 0, block.side, block.side, code=block.text)]
        em, height = self._text * _SMALL, block.side
        told = self._type.wrapped(block.told, self._width / em, _TOLD_LINES)
        for number, line in enumerate([*self._type.wrapped(block.words, block.side / em, 1), *told]):
            # Below the middle of the code, as far as there is room beside it.
            centre = max(0.0, min(x + (block.side - line.width * em) / 2, self._width - line.width * em))
            grey = _GREY if number or not block.words else 0
            items.append(Written(line, centre, height + em * _BASELINE * 0.8, em, grey))
            height += em * LEADING
        return [Strip(height, tuple(items))]

    @_strips.register
    def _picture(self, block: b.Picture) -> Iterable[Strip]:
        width = min(block.width, self._width)
        return [Strip(block.height, (Shape(0, 0, width, block.height, picture=block.content),))]

    @_strips.register
    def _sides(self, block: b.Sides) -> Iterable[Strip]:
        if self._narrow:
            return [*self.strips(block.first), *self.strips(block.second)]
        first_width = (self._width - _GUTTER) * block.share
        left = first_width + _GUTTER
        first = stacked(self._within(first_width).strips(block.first))
        second = stacked(self._within(self._width - left).strips(block.second))
        items = (*first.items, *(moved(item, left, 0) for item in second.items))
        return [Strip(max(first.height, second.height), items)]

    @_strips.register
    def _together(self, block: b.Together) -> Iterable[Strip]:
        strips = list(self.strips(block.blocks))
        return [replace(strip, sticks=number < len(strips) - 1) for number, strip in enumerate(strips)]

    # --- tables --------------------------------------------------------------------------------------------------------

    @_strips.register
    def _table(self, block: b.Table) -> Iterable[Strip]:
        if self._narrow:
            strips = [self._narrow_row(row) for row in block.rows]
        else:
            widths = self._widths(block)
            names = tuple(column.words for column in block.columns)
            head = self._wide_row(block, b.Row(names), widths, head=True)
            strips = [self._wide_row(block, row, widths) for row in block.rows]
            strips = [replace(strip, head=head) for strip in strips]
            # The names stay with the first row, and the last row with the totals below it.
            strips = [replace(head, sticks=True), *strips]
        return [*strips[:-1], replace(strips[-1], sticks=True)] if strips else []

    def _widths(self, block: b.Table) -> list[float]:
        """The first column takes what the others, each as wide as its widest cell, leave."""
        rows = [tuple(column.words for column in block.columns), *(row.cells for row in block.rows)]
        others = [
            max(self._type.line(row[number]).width for row in rows) * self._text + _GUTTER
            for number in range(1, len(block.columns))
        ]
        most = self._width * 0.7
        if sum(others) > most:
            others = [width * most / sum(others) for width in others]
        return [self._width - sum(others), *others]

    def _wide_row(self, block: b.Table, row: b.Row, widths: Sequence[float], *, head: bool = False) -> Strip:
        em = self._text * (_SMALL if head else 1)
        top = _CELL * em * LEADING
        items: list[Item] = []
        lines = self._broken(row.cells[0], widths[0], em)
        items += [
            Written(line, 0, top + (n * LEADING + _BASELINE) * em, em, _GREY * head) for n, line in enumerate(lines)
        ]
        height = top + max(1, len(lines)) * em * LEADING
        x = widths[0]
        for column, cell, width in zip(block.columns[1:], row.cells[1:], widths[1:], strict=True):
            line = self._fitting(cell, width - _GUTTER / 4, em)
            place = x + width - line.width * em if column.right else x + _GUTTER
            items.append(Written(line, place, top + _BASELINE * em, em, _GREY * head))
            x += width
        height = self._below(row.below, widths[0], height, items) + top
        items.append(Shape(0, height - _RULE, self._width, _RULE * (2 if head else 1), grey=_RULE_GREY * (not head)))
        return Strip(height, tuple(items))

    def _narrow_row(self, row: b.Row) -> Strip:
        em = self._text
        items: list[Item] = []
        height = 0.0
        for line in self._broken(row.cells[0], self._width, em):
            items.append(Written(line, 0, height + _BASELINE * em, em, 0))
            height += em * LEADING
        height = self._below(row.below, self._width, height, items)
        amount = self._fitting(row.cells[-1], self._width * 0.6, em)
        items.append(Written(amount, self._width - amount.width * em, height + _BASELINE * em, em, 0))
        room = self._width - amount.width * em - _GUTTER / 2
        for line in self._broken(row.short, room, em) or [self._type.line("")]:
            items.append(Written(line, 0, height + _BASELINE * em, em, _GREY))
            height += em * LEADING
        return Strip(height + em * LEADING * _CELL, tuple(items))

    def _below(self, text: str, width: float, height: float, items: list[Item]) -> float:
        small = self._text * _SMALL
        for line in self._broken(text, width, small):
            items.append(Written(line, 0, height + _BASELINE * small, small, _GREY))
            height += small * LEADING
        return height

    @_strips.register
    def _totals(self, block: b.Totals) -> Iterable[Strip]:
        width = self._width if self._narrow else max(self._width * 0.5, 85)
        left, em = self._width - width, self._text
        items: list[Item] = []
        height = _CELL * em * LEADING
        for number, (name, amount) in enumerate(block.rows):
            strong = number in block.strong
            size = em * (1.15 if strong else 1)
            if strong:
                items.append(Shape(left, height, width, _RULE * 2))
                height += _CELL * em * LEADING
            shown = self._fitting(amount, width * 0.62, size, bold=strong)
            room = width - shown.width * size - _GUTTER / 2
            baseline = height + _BASELINE * size
            items.append(Written(self._fitting(name, room, size, bold=strong), left, baseline, size, 0))
            items.append(Written(shown, self._width - shown.width * size, baseline, size, 0))
            height += size * LEADING
        return [Strip(height + _CELL * em * LEADING, tuple(items))]

    # --- text ----------------------------------------------------------------------------------------------------------

    def _within(self, width: float) -> "Layout":
        return Layout(self._type, width, self._text, narrow=self._narrow)

    def _broken(self, text: str, width: float, em: float, *, bold: bool = False) -> list[Line]:
        # Bold letters are wider by about a tenth.
        lines = self._type.wrapped(text, width / em * (0.9 if bold else 1), _MOST_LINES)
        return [self._type.line(line.text, from_right=line.from_right, bold=True) for line in lines] if bold else lines

    def _fitting(self, text: str, width: float, em: float, *, bold: bool = False) -> Line:
        """``text`` on one line; cut, which shows, where it is wider than there is room."""
        line = self._type.line(text, bold=bold)
        if line.width * em <= width or not line.text:
            return line
        return self._type.wrapped(text, max(width, em) / em, 1)[0]
