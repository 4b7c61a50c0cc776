"""Draws labels of items as PDF. What a scanner reads from them is exactly the item's barcode, or its SKU without one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby
from typing import Any
from uuid import UUID

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.eanbc import Ean13BarcodeWidget
from reportlab.graphics.renderPDF import draw
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from apps.core import money
from apps.core.exceptions import FieldError, ReferenceMissing, ValidationFailed
from apps.core.typesetting import Glyph, Line, Typesetter, typesetter
from apps.inventory.models import Item
from apps.inventory.rules import labels as rules

_SMALL = 0.85  # the size of what stands below the name
_BASELINE, _LETTER = 0.28, 0.78  # where letters stand in their line, and how large they are, in heights of the line
_EAN_MODULES = 95


@dataclass(frozen=True)
class LabelRequest:
    """What is to be printed: items with how many of each, in this order. ``start`` is the first free label of a sheet."""

    items: Sequence[tuple[UUID, int]]
    size: str
    code: str = rules.BARCODE
    price: bool = True
    start: int = 1


def labels(request: LabelRequest) -> bytes:
    """The PDF. Bars that would be too narrow for the label, or that Code 128 has no characters for, become a QR code.

    Raises ``ReferenceMissing`` for items that do not exist, and ``ValidationFailed`` for more than 500 labels or a
    ``start`` that the sheet does not have.
    """
    size = rules.SIZES[request.size]
    if sum(copies for _, copies in request.items) > rules.MOST_LABELS:
        raise ValidationFailed.on("items", "max_value", f"At most {rules.MOST_LABELS} labels are printed at once.")
    if not 1 <= request.start <= size.per_page:
        raise ValidationFailed.on("start", "max_value", f"Such a page has {size.per_page} labels.")
    return _Sheet(size, request.code, request.price).printed(_found(request.items), request.start - 1)


def _found(wanted: Sequence[tuple[UUID, int]]) -> list[tuple[Item, int]]:
    items = Item.objects.in_bulk([pk for pk, _ in wanted])
    missing = [number for number, (pk, _) in enumerate(wanted) if pk not in items]
    if missing:
        details = [
            FieldError(f"items.{number}.itemId", "does_not_exist", "There is no such item.") for number in missing
        ]
        raise ReferenceMissing("There is no such item.", details)
    return [(items[pk], copies) for pk, copies in wanted]


def facts_of(item: Item, *, price: bool) -> list[str]:
    """What stands below the name: the SKU, and the price in its currency."""
    return [item.sku, *([f"{money.text(item.unit_price, item.currency)} {item.currency}"] if price else [])]


@dataclass
class _Sheet:
    """One document."""

    size: rules.LabelSize
    code: str
    price: bool
    type: Typesetter = field(default_factory=typesetter)
    stream: BytesIO = field(default_factory=BytesIO)
    forms: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        width, height = self.size.page
        self.canvas = Canvas(self.stream, pagesize=(width * mm, height * mm), pageCompression=1, invariant=1)
        self.canvas.setTitle("Labels")

    def printed(self, items: Iterable[tuple[Item, int]], start: int) -> bytes:
        position = start
        for item, copies in items:
            name = f"label-{item.pk}"
            if name not in self.forms:
                self._define(name, item)
            for _ in range(copies):
                if position == self.size.per_page:
                    self.canvas.showPage()
                    position = 0
                self._place(name, position)
                position += 1
        self.canvas.save()
        return self.stream.getvalue()

    def _place(self, form: str, position: int) -> None:
        x, y = self.size.corner(position)
        self.canvas.saveState()
        self.canvas.translate(x * mm, (self.size.page[1] - y - self.size.height) * mm)
        self.canvas.doForm(form)
        self.canvas.restoreState()

    def _define(self, name: str, item: Item) -> None:
        """A label is drawn once and placed as often as it is wanted; so is each letter."""
        code = item.barcode or item.sku
        bars = self._bars(code) if self.code == rules.BARCODE else None
        facts = facts_of(item, price=self.price)
        plan = rules.plan_with_bars(self.size) if bars else rules.plan_with_square(self.size, len(facts))
        texts = [*self._name(plan, item.name), *self._facts(plan, facts)]
        if plan.readable is not None:
            texts += self._centred(plan.readable, code)
        for glyph in (glyph for text in texts for glyph in text.line.glyphs):
            self._define_letter(glyph)
        self.forms.add(name)
        self.canvas.beginForm(name, 0, 0, self.size.width * mm, self.size.height * mm)
        for text in texts:
            self._write(text)
        if bars:
            self._draw_bars(bars, plan.code)
        else:
            self._draw_square(code, plan.code)
        self.canvas.endForm()

    # --- text --------------------------------------------------------------------------------------------------------

    def _name(self, plan: rules.Plan, name: str) -> Iterator["_Text"]:
        em = plan.text * _LETTER
        for number, line in enumerate(self.type.wrapped(name, plan.name.width / em, plan.name_lines)):
            y = plan.name.y + number * plan.text
            yield _Text(line, _aligned(line, plan.name, em), self._up(y + plan.text * (1 - _BASELINE)), em)

    def _facts(self, plan: rules.Plan, facts: list[str]) -> Iterator["_Text"]:
        """Beside bars SKU and price share a line; beside a square they stand below each other."""
        em, box = plan.text * _LETTER * _SMALL, plan.facts
        shared = plan.readable is not None
        price = self.type.line(facts[1]) if len(facts) > 1 else None
        room = box.width - (price.width * em + plan.text if price and shared else 0)
        y = self._up(box.y + plan.text * (1 - _BASELINE))
        for line in self.type.wrapped(facts[0], max(room, 1) / em, 1):
            yield _Text(line, box.x, y, em)
        if price:
            narrow = min(1.0, box.width / (price.width * em))
            x = box.x + box.width - price.width * em if shared else box.x
            yield _Text(price, x, y if shared else y - plan.text, em * narrow)

    def _centred(self, box: rules.Box, code: str) -> Iterator["_Text"]:
        em = box.height * _LETTER * _SMALL
        for line in self.type.wrapped(code, box.width / em, 1):
            x = box.x + (box.width - line.width * em) / 2
            yield _Text(line, x, self._up(box.y + box.height * (1 - _BASELINE)), em)

    def _up(self, y: float) -> float:
        """PDF counts from below."""
        return self.size.height - y

    def _define_letter(self, glyph: Glyph) -> None:
        name = _letter(glyph)
        if name in self.forms:
            return
        self.forms.add(name)
        self.canvas.beginForm(name, -2, -2, 4, 4)
        path = self.canvas.beginPath()
        for operator, points in self.type.outline(glyph):
            getattr(path, {"m": "moveTo", "l": "lineTo", "c": "curveTo", "h": "close"}[operator])(*points)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.endForm()

    def _write(self, text: "_Text") -> None:
        self.canvas.saveState()
        self.canvas.transform(text.em * mm, 0, 0, text.em * mm, text.x * mm, text.y * mm)
        for (x, y), glyphs in groupby(text.line.glyphs, key=_place_of):
            self.canvas.saveState()
            self.canvas.translate(x, y)
            for glyph in glyphs:
                self.canvas.doForm(_letter(glyph))
            self.canvas.restoreState()
        self.canvas.restoreState()

    # --- codes -------------------------------------------------------------------------------------------------------

    def _bars(self, code: str) -> "_Bars | None":
        """The code as bars, where there are bars for it that can be read."""
        width = rules.plan_with_bars(self.size).code.width
        if rules.is_article_number(code):
            bar = rules.bar_width(_EAN_MODULES, width)
            return _Bars(code, bar, _EAN_MODULES) if bar else None
        if not rules.fits_code128(code):
            return None
        modules = round(Code128(code, barWidth=1, quiet=0).width)
        bar = rules.bar_width(modules, width)
        return _Bars(code, bar, modules) if bar else None

    def _draw_bars(self, bars: "_Bars", box: rules.Box) -> None:
        x = (box.x + (box.width - bars.modules * bars.width) / 2) * mm
        y = self._up(box.y + box.height) * mm
        if bars.modules == _EAN_MODULES and rules.is_article_number(bars.code):
            widget = Ean13BarcodeWidget(
                value=bars.code, barWidth=bars.width * mm, barHeight=box.height * mm, humanReadable=0, quiet=0
            )
            drawing = Drawing(bars.modules * bars.width * mm, box.height * mm)
            drawing.add(widget)
            draw(drawing, self.canvas, x, y)
        else:
            Code128(bars.code, barWidth=bars.width * mm, barHeight=box.height * mm, quiet=0).drawOn(self.canvas, x, y)

    def _draw_square(self, code: str, box: rules.Box) -> None:
        """As one path, so that no seam shows between the modules. Beyond ASCII the code says that it is UTF-8."""
        beyond = not code.isascii()
        form: dict[str, Any] = {"mode": "byte", "encoding": "utf-8", "eci": True} if beyond else {}
        matrix = segno.make_qr(code, error="m", **form).matrix
        module = box.width / (len(matrix) + 2 * rules.QR_QUIET_MODULES)
        path = self.canvas.beginPath()
        for number, row in enumerate(matrix):
            y = self._up(box.y + (rules.QR_QUIET_MODULES + number + 1) * module)
            column = 0
            for dark, stretch in groupby(row):
                length = len(list(stretch))
                if dark:
                    x = box.x + (rules.QR_QUIET_MODULES + column) * module
                    path.rect(x * mm, y * mm, length * module * mm, module * mm)
                column += length
        self.canvas.drawPath(path, stroke=0, fill=1)


@dataclass(frozen=True)
class _Text:
    """A line at a place of the label, from the bottom left; ``em`` is its size."""

    line: Line
    x: float
    y: float
    em: float


@dataclass(frozen=True)
class _Bars:
    """A code and the width of its narrowest bar, of which ``modules`` fit into it."""

    code: str
    width: float
    modules: int


def _letter(glyph: Glyph) -> str:
    return f"letter-{glyph.face}-{glyph.number}"


def _aligned(line: Line, box: rules.Box, em: float) -> float:
    return box.x + box.width - line.width * em if line.from_right else box.x


def _place_of(glyph: Glyph) -> tuple[float, float]:
    return glyph.x, glyph.y
