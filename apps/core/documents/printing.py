"""Strips on pages, and pages as PDF."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apps.core.documents.blocks import Document, Paper, Paragraph
from apps.core.documents.layout import LEADING, Item, Layout, Shape, Strip, Written, moved, stacked
from apps.core.drawing import Drawing, Text
from apps.core.typesetting import Typesetter, typesetter

_FOOT_SIZE, _FOOT_GREY = 0.82, 0.38
_FOOT_GAP = 4.0


@dataclass(frozen=True)
class Page:
    """A page and what stands on it, from its top left."""

    width: float
    height: float
    items: tuple[Item, ...]


def printed(document: Document, paper: Paper) -> bytes:
    """The PDF: the same document gives the same bytes."""
    drawing = Drawing(document.title)
    for page in pages_of(document, paper, drawing.type):
        drawing.page(page.width, page.height)
        _draw(drawing, page)
        drawing.end_page()
    return drawing.pdf()


def pages_of(document: Document, paper: Paper, type_: Typesetter | None = None) -> list[Page]:
    """The pages with everything in its place."""
    layout = Layout(type_ or typesetter(), paper.room, paper.text, narrow=paper.is_roll)
    strips = list(layout.strips(document.blocks))
    footer = list(layout.strips([_foot(document.footer, paper)])) if document.footer else []
    pages = _roll(strips, footer, paper) if paper.height is None else _sheets(document, layout, strips, footer, paper)
    return [_turned(page) for page in pages] if document.right_to_left else pages


def _foot(text: str, paper: Paper) -> Paragraph:
    return Paragraph(text, _FOOT_SIZE, grey=_FOOT_GREY, centred=paper.is_roll)


def _roll(strips: list[Strip], footer: list[Strip], paper: Paper) -> list[Page]:
    gap = [Strip(_FOOT_GAP)] if footer else []
    whole = stacked([*strips, *gap, *footer])
    items = tuple(moved(item, paper.side, paper.edge) for item in whole.items)
    return [Page(paper.width, whole.height + 2 * paper.edge, items)]


def _sheets(document: Document, layout: Layout, strips: list[Strip], footer: list[Strip], paper: Paper) -> list[Page]:
    assert paper.height is not None
    numbers = paper.text * _FOOT_SIZE * LEADING
    foot = stacked(footer)
    room = paper.height - 2 * paper.edge - foot.height - numbers - _FOOT_GAP
    bodies = list(_broken(strips, room))
    pages = []
    for number, body in enumerate(bodies, 1):
        words = document.page_words.format(page=number, pages=len(bodies))
        count = next(iter(layout.strips([_foot(f"{document.title} · {words}", paper)])))
        below = stacked([Strip(room + _FOOT_GAP), foot, count])
        whole = (*stacked(body).items, *below.items)
        items = tuple(moved(item, paper.side, paper.edge) for item in whole)
        pages.append(Page(paper.width, paper.height, items))
    return pages


def _broken(strips: Iterable[Strip], room: float) -> Iterator[list[Strip]]:
    """The strips of each page."""
    page: list[Strip] = []
    for unit in _units(strips, room):
        if page and sum(strip.height for strip in [*page, *unit]) > room:
            yield page
            page = [unit[0].head] if unit[0].head else []
        page += unit
    yield page


def _units(strips: Iterable[Strip], room: float) -> Iterator[list[Strip]]:
    """What stays on one page; strips that would not fit on any together are parted all the same."""
    unit: list[Strip] = []
    for strip in strips:
        if unit and not unit[-1].sticks:
            yield from _parted(unit, room)
            unit = []
        unit.append(strip)
    yield from _parted(unit, room)


def _parted(unit: list[Strip], room: float) -> list[list[Strip]]:
    head = unit[0].head.height if unit and unit[0].head else 0
    if sum(strip.height for strip in unit) + head <= room:
        return [unit] if unit else []
    return [[strip] for strip in unit]


def _turned(page: Page) -> Page:
    return replace(page, items=tuple(_mirrored(item, page.width) for item in page.items))


def _mirrored(item: Item, width: float) -> Item:
    x = width - item.x - item.width
    return replace(item, x=x, from_right=True) if isinstance(item, Shape) else replace(item, x=x)


def _draw(drawing: Drawing, page: Page) -> None:
    drawing.write(
        Text(item.line, item.x, page.height - item.y, item.em, item.grey)
        for item in page.items
        if isinstance(item, Written)
    )
    for item in page.items:
        if isinstance(item, Shape):
            _draw_shape(drawing, item, page.height - item.y - item.height)


def _draw_shape(drawing: Drawing, shape: Shape, bottom: float) -> None:
    if shape.code:
        drawing.square_code(shape.code, shape.x, bottom, shape.width)
    elif shape.picture:
        box = (shape.x, bottom, shape.width, shape.height)
        drawing.picture(shape.picture, *box, from_right=shape.from_right)
    else:
        drawing.bar(shape.x, bottom, shape.width, shape.height, shape.grey)
