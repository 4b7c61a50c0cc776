"""Draws labels of items as PDF. What a scanner reads from them is exactly the item's barcode, or its SKU without one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.eanbc import Ean13BarcodeWidget
from reportlab.graphics.renderPDF import draw
from reportlab.graphics.shapes import Drawing as Shapes
from reportlab.lib.units import mm

from apps.core import money
from apps.core.drawing import Drawing, Text
from apps.core.exceptions import FieldError, ReferenceMissing, ValidationFailed
from apps.core.typesetting import Line
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


class _Sheet:
    """One document."""

    def __init__(self, size: rules.LabelSize, code: str, price: bool) -> None:
        self.size, self.code, self.price = size, code, price
        self.drawing = Drawing("Labels")
        self.type, self.canvas = self.drawing.type, self.drawing.canvas
        self.forms: set[str] = set()
        self.drawing.page(*size.page)

    def printed(self, items: Iterable[tuple[Item, int]], start: int) -> bytes:
        position = start
        for item, copies in items:
            name = f"label-{item.pk}"
            if name not in self.forms:
                self._define(name, item)
            for _ in range(copies):
                if position == self.size.per_page:
                    self.drawing.end_page()
                    position = 0
                self._place(name, position)
                position += 1
        return self.drawing.pdf()

    def _place(self, form: str, position: int) -> None:
        x, y = self.size.corner(position)
        self.canvas.saveState()
        self.canvas.translate(x * mm, (self.size.page[1] - y - self.size.height) * mm)
        self.canvas.doForm(form)
        self.canvas.restoreState()

    def _define(self, name: str, item: Item) -> None:
        """A label is drawn once and placed as often as it is wanted; so is each letter, by the document."""
        code = item.barcode or item.sku
        bars = self._bars(code) if self.code == rules.BARCODE else None
        facts = facts_of(item, price=self.price)
        plan = rules.plan_with_bars(self.size) if bars else rules.plan_with_square(self.size, len(facts))
        texts = [*self._name(plan, item.name), *self._facts(plan, facts)]
        if plan.readable is not None:
            texts += self._centred(plan.readable, code)
        self.forms.add(name)
        self.canvas.beginForm(name, 0, 0, self.size.width * mm, self.size.height * mm)
        self.drawing.write(texts)
        if bars:
            self._draw_bars(bars, plan.code)
        else:
            self.drawing.square_code(code, plan.code.x, self._up(plan.code.y + plan.code.height), plan.code.width)
        self.canvas.endForm()

    # --- text --------------------------------------------------------------------------------------------------------

    def _name(self, plan: rules.Plan, name: str) -> Iterator[Text]:
        em = plan.text * _LETTER
        for number, line in enumerate(self.type.wrapped(name, plan.name.width / em, plan.name_lines)):
            y = plan.name.y + number * plan.text
            yield Text(line, _aligned(line, plan.name, em), self._up(y + plan.text * (1 - _BASELINE)), em)

    def _facts(self, plan: rules.Plan, facts: list[str]) -> Iterator[Text]:
        """Beside bars SKU and price share a line; beside a square they stand below each other."""
        em, box = plan.text * _LETTER * _SMALL, plan.facts
        shared = plan.readable is not None
        price = self.type.line(facts[1]) if len(facts) > 1 else None
        room = box.width - (price.width * em + plan.text if price and shared else 0)
        y = self._up(box.y + plan.text * (1 - _BASELINE))
        for line in self.type.wrapped(facts[0], max(room, 1) / em, 1):
            yield Text(line, box.x, y, em)
        if price:
            narrow = min(1.0, box.width / (price.width * em))
            x = box.x + box.width - price.width * em if shared else box.x
            yield Text(price, x, y if shared else y - plan.text, em * narrow)

    def _centred(self, box: rules.Box, code: str) -> Iterator[Text]:
        em = box.height * _LETTER * _SMALL
        for line in self.type.wrapped(code, box.width / em, 1):
            x = box.x + (box.width - line.width * em) / 2
            yield Text(line, x, self._up(box.y + box.height * (1 - _BASELINE)), em)

    def _up(self, y: float) -> float:
        """PDF counts from below."""
        return self.size.height - y

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
            drawing = Shapes(bars.modules * bars.width * mm, box.height * mm)
            drawing.add(widget)
            draw(drawing, self.canvas, x, y)
        else:
            Code128(bars.code, barWidth=bars.width * mm, barHeight=box.height * mm, quiet=0).drawOn(self.canvas, x, y)


@dataclass(frozen=True)
class _Bars:
    """A code and the width of its narrowest bar, of which ``modules`` fit into it."""

    code: str
    width: float
    modules: int


def _aligned(line: Line, box: rules.Box, em: float) -> float:
    return box.x + box.width - line.width * em if line.from_right else box.x
