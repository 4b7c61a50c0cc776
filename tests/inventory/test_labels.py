"""Labels: what is scanned from them is what was asked for, in every size, and names come out as they are read."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.test.utils import override_settings

from apps.core.ids import new_id
from apps.core.typesetting import Line, typesetter
from apps.inventory.models import Item
from apps.inventory.rules import labels as rules
from apps.inventory.services.labels import LabelRequest, facts_of, labels
from tests.conftest import Api
from tests.factories import ItemFactory
from tests.inventory.print import Scanned, pages, scan

PDF = "application/pdf"
CODES = [
    ("LCD-IP13", "", "Code128", "LCD-IP13"),
    ("a&b ~%!", "", "Code128", "a&b ~%!"),
    ("X", "4006381333931", "EAN13", "4006381333931"),
    ("X", "4006381333932", "Code128", "4006381333932"),
    ("X", "0012345678905", "Code128", "0012345678905"),
    ("X", "036000291452", "Code128", "036000291452"),
    ("X" * 60, "", "QRCode", "X" * 60),
    ("X", "9" * 80, "QRCode", "9" * 80),
    ("Größe-Ü7", "", "QRCode", "Größe-Ü7"),
    ("شاشة-1", "", "QRCode", "شاشة-1"),
    ("屏幕-黑", "", "QRCode", "屏幕-黑"),
]


def _raw(api: Api, method: str, path: str, body: Any = None, **headers: str) -> Any:
    sent = {**api.headers, **headers}
    url = f"/api/v1/{path}"
    if method == "GET":
        return api.client.get(url, headers=sent)
    return api.client.post(url, body, content_type="application/json", headers=sent)


@pytest.mark.parametrize(("sku", "barcode", "kind", "text"), CODES)
@pytest.mark.django_db
def test_a_scanner_reads_exactly_the_code_of_the_item(sku: str, barcode: str, kind: str, text: str) -> None:
    item = ItemFactory(sku=sku, barcode=barcode, name="Display")

    printed = labels(LabelRequest([(item.pk, 1)], "57x32"))

    found = scan(printed)
    assert [(one.kind, one.text) for one in found] == [(kind, text)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", sorted(rules.SIZES))
@pytest.mark.parametrize("code", rules.CODES)
@pytest.mark.django_db
def test_every_size_can_be_scanned_with_either_code(size: str, code: str) -> None:
    item = ItemFactory(sku="LCD-IP13-BLACK", name="Display assembly with frame " * 6, unit_price=Decimal("129.90"))

    printed = labels(LabelRequest([(item.pk, 1)], size, code))

    assert [one.text for one in scan(printed)] == ["LCD-IP13-BLACK"]
    assert pages(printed) == [rules.SIZES[size].page]


@pytest.mark.parametrize("size", sorted(rules.SIZES))
@pytest.mark.parametrize(
    ("sku", "barcode", "read"), [("ABCD-12", "", "ABCD-12"), ("X", "4006381333931", "4006381333931")]
)
@pytest.mark.django_db
def test_bars_can_be_scanned_as_a_printer_of_203_dots_prints_them(size: str, sku: str, barcode: str, read: str) -> None:
    item = ItemFactory(sku=sku, barcode=barcode, name="Display")

    [found] = scan(labels(LabelRequest([(item.pk, 1)], size)), dots_per_inch=203)

    assert (found.kind != "QRCode", found.text) == (True, read)


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_a_sheet_that_was_used_in_part_is_begun_where_it_is_free() -> None:
    first, second = ItemFactory(sku="A-1"), ItemFactory(sku="B-2")

    printed = labels(LabelRequest([(first.pk, 2), (second.pk, 1)], "a4-3x8", "qr", start=23))

    found = scan(printed)
    assert [(one.text, one.page) for one in found] == [("A-1", 0), ("A-1", 0), ("B-2", 1)]
    assert pages(printed) == [(210, 297), (210, 297)]
    size = rules.SIZES["a4-3x8"]
    for one, position in zip(found, (22, 23, 0), strict=True):
        left, top = size.corner(position)
        assert left < one.left < left + size.width / 2
        assert top < one.top < top + size.height


@pytest.mark.django_db
def test_rolls_have_one_label_a_page() -> None:
    item = ItemFactory(sku="A-1")

    printed = labels(LabelRequest([(item.pk, 3)], "62x29"))

    assert pages(printed) == [(62, 29)] * 3
    assert [(one.text, one.page) for one in scan(printed)] == [("A-1", 0), ("A-1", 1), ("A-1", 2)]


@pytest.mark.parametrize("name", sorted(rules.SIZES))
def test_the_labels_of_a_sheet_lie_on_it_and_beside_each_other(name: str) -> None:
    size = rules.SIZES[name]
    width, height = size.page

    corners = [size.corner(position) for position in range(size.per_page)]

    assert len(set(corners)) == size.per_page
    assert all(x >= 0 and x + size.width <= width + 0.01 and y >= 0 and y + size.height <= height + 0.01
               for x, y in corners)  # fmt: skip
    assert size.columns == 1 or corners[1][0] >= corners[0][0] + size.width


@pytest.mark.parametrize("name", sorted(rules.SIZES))
def test_the_parts_of_a_label_do_not_overlap(name: str) -> None:
    size = rules.SIZES[name]

    bars, square = rules.plan_with_bars(size), rules.plan_with_square(size, 2)

    assert bars.readable is not None
    heights = [bars.name, bars.facts, bars.code, bars.readable]
    assert all(above.y + above.height <= below.y + 0.001 for above, below in pairwise(heights))
    assert bars.readable.y + bars.readable.height <= size.height
    assert bars.code.height >= 6
    assert square.code.x + square.code.width <= square.name.x
    assert square.name.y + square.name_lines * square.text <= square.facts.y + 0.001
    assert square.facts.x + square.facts.width <= size.width


def _spoken(line: Line) -> list[tuple[int, int]]:
    return [(glyph.face, glyph.number) for glyph in line.glyphs]


@pytest.mark.parametrize(
    ("text", "face", "from_right"),
    [("Display", 0, False), ("Дисплей", 0, False), ("Οθόνη", 0, False), ("شاشة", 1, True), ("מסך", 2, True),
     ("屏幕总成", 3, False), ("カメラ", 3, False), ("화면", 3, False)],
)  # fmt: skip
def test_names_of_many_scripts_have_letters_and_a_direction(text: str, face: int, from_right: bool) -> None:
    line = typesetter().line(text)

    assert {glyph.face for glyph in line.glyphs} == {face}
    assert all(glyph.number > 0 for glyph in line.glyphs)
    assert line.from_right is from_right
    assert line.width > 0


def test_hebrew_stands_from_right_to_left() -> None:
    word = "שלום"
    letters = [_spoken(typesetter().line(letter))[0] for letter in word]

    assert _spoken(typesetter().line(word)) == letters[::-1]
    assert typesetter().line(word).glyphs[0].x == 0


def test_arabic_letters_join() -> None:
    isolated = _spoken(typesetter().line("ب"))

    joined = _spoken(typesetter().line("بب"))

    assert len(joined) == 2 * len(isolated)
    assert set(joined) - set(isolated)  # dots are letters' marks and the same, what bears them is not
    assert joined[1:2] + joined[3:] != isolated[1:] * 2


def test_numbers_and_latin_words_keep_their_order_in_a_line_from_the_right() -> None:
    type_ = typesetter()
    number, brackets = _spoken(type_.line("13")), _spoken(type_.line("(OLED)"))

    line = _spoken(type_.line("شاشة 13 (OLED)"))

    assert line[: len(brackets)] == brackets
    assert line[len(brackets) + 1 : len(brackets) + 3] == number


def test_a_character_that_no_font_has_shows_as_a_question_mark() -> None:
    type_ = typesetter()

    assert _spoken(type_.line("a\U0001f600b")) == _spoken(type_.line("a?b"))


def test_han_characters_are_drawn_in_the_tradition_of_the_text() -> None:
    chinese = _spoken(typesetter().line("直"))
    japanese = _spoken(typesetter().line("直のの"))

    assert chinese[0] != japanese[0]


def test_a_font_of_the_settings_is_asked_first_and_one_that_is_none_is_passed_over(caplog: Any) -> None:
    packaged = typesetter()
    with override_settings(LABEL_FONTS=["/nowhere/font.ttf", __file__]):
        line = typesetter().line("Display")

    assert line == packaged.line("Display")
    assert [record.getMessage() for record in caplog.records] == [
        "font.ttf cannot be read as a font; documents are printed without it.",
        "test_labels.py cannot be read as a font; documents are printed without it.",
    ]


def test_a_long_name_is_wrapped_between_words_and_ends_in_an_ellipsis() -> None:
    lines = typesetter().wrapped("Display assembly for Apple iPhone 13 Pro Max, OLED original", 12, 2)

    assert [line.text for line in lines] == ["Display assembly for", "Apple iPhone 13 Pro M…"]
    assert all(line.width <= 12 for line in lines)


def test_chinese_is_wrapped_between_any_two_characters() -> None:
    lines = typesetter().wrapped("屏幕总成屏幕总成黑色", 6, 2)

    assert [line.text for line in lines] == ["屏幕总成屏幕", "总成黑色"]


@pytest.mark.parametrize("text", ["", " ", "\u202e\u2066", "\n"])
def test_what_has_no_letters_is_no_line(text: str) -> None:
    assert typesetter().wrapped(text, 6, 2) == []


def test_a_word_that_is_wider_than_the_label_is_broken() -> None:
    lines = typesetter().wrapped("A" * 40, 8, 2)

    assert all(line.width <= 8 for line in lines)
    assert lines[1].text.endswith("A…")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "manager", "technician", "seller"])
def test_staff_get_the_label_of_an_item_as_a_download(role: str, request: pytest.FixtureRequest) -> None:
    item = ItemFactory(sku="A-1", name="<b>Display</b>")

    answer = _raw(
        request.getfixturevalue(role), "GET", f"inventory/items/{item.pk}/label?size=40x30&code=qr&copies=2", Accept=PDF
    )

    assert answer.status_code == 200
    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options",
                                            "Cache-Control", "Content-Security-Policy")} == {
        "Content-Type": PDF,
        "Content-Disposition": 'attachment; filename="labels.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }  # fmt: skip
    assert [one.text for one in scan(answer.content)] == ["A-1", "A-1"]


@pytest.mark.exhaustive
def test_many_labels_are_printed_in_the_order_asked_for(seller: Api) -> None:
    first, second = ItemFactory(sku="A-1"), ItemFactory(sku="B-2")
    lines = [{"itemId": str(second.pk), "copies": 2}, {"itemId": str(first.pk)}]

    answer = _raw(seller, "POST", "inventory/labels", {"items": lines, "size": "a4-4x10", "price": False})

    assert answer.status_code == 200
    assert [one.text for one in scan(answer.content)] == ["B-2", "B-2", "A-1"]


def test_a_price_is_printed_in_the_digits_of_its_currency_or_not_at_all() -> None:
    yen = Item(sku="A", name="A", unit_price=Decimal("12900.000"), currency="JPY")

    assert facts_of(yen, price=True) == ["A", "12900 JPY"]
    assert facts_of(yen, price=False) == ["A"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("", "size", "required"),
        ("size=1x1", "size", "invalid_choice"),
        ("size=40x30&code=aztec", "code", "invalid_choice"),
        ("size=40x30&copies=0", "copies", "min_value"),
        ("size=40x30&copies=501", "copies", "max_value"),
        ("size=40x30&copies=x", "copies", "invalid"),
        ("size=40x30&start=2", "start", "max_value"),
        ("size=a4-3x8&start=25", "start", "max_value"),
        ("size=40x30&price=perhaps", "price", "invalid_choice"),
        ("size=40x30&colour=red", "colour", "unknown_parameter"),
        ("size=40x30&size=57x32", "size", "repeated"),
    ],
)
def test_a_wrong_request_is_refused_by_field(seller: Api, query: str, field: str, code: str) -> None:
    item = ItemFactory()

    answer = seller.get(f"inventory/items/{item.pk}/label?{query}", Accept=PDF)

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(one["field"], one["code"]) for one in answer.body["details"]] == [(field, code)]


def test_items_that_do_not_exist_are_named(seller: Api) -> None:
    item = ItemFactory()
    lines = [{"itemId": str(item.pk)}, {"itemId": str(new_id())}]

    answer = seller.post("inventory/labels", {"items": lines, "size": "40x30"})
    single = seller.get(f"inventory/items/{new_id()}/label?size=40x30")

    assert (answer.status_code, answer.body["code"]) == (400, "FOREIGN_KEY_ERROR")
    assert [one["field"] for one in answer.body["details"]] == ["items.1.itemId"]
    assert (single.status_code, single.body["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("lines", "code"),
    [([], "empty"), ([{"copies": 251}, {"copies": 250}], "max_value"), ([{"copies": 501}], "max_value")],
)
def test_too_many_labels_or_none_are_refused(seller: Api, lines: list[dict[str, Any]], code: str) -> None:
    item = ItemFactory()

    answer = seller.post(
        "inventory/labels", {"items": [{"itemId": str(item.pk), **line} for line in lines], "size": "40x30"}
    )

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert {one["code"] for one in answer.body["details"]} == {code}


def test_a_caller_who_accepts_no_pdf_gets_none(seller: Api) -> None:
    item = ItemFactory()

    answer = seller.get(f"inventory/items/{item.pk}/label?size=40x30", Accept="image/png")

    assert (answer.status_code, answer.body["code"]) == (406, "NOT_ACCEPTABLE")


def test_customers_get_no_labels(customer: Api) -> None:
    item = ItemFactory()

    answers = [
        customer.get(f"inventory/items/{item.pk}/label?size=40x30"),
        customer.post("inventory/labels", {"items": [{"itemId": str(item.pk)}], "size": "40x30"}),
    ]

    assert [(one.status_code, one.body["code"]) for one in answers] == [(403, "FORBIDDEN")] * 2


@pytest.mark.django_db
def test_a_scan_says_where_a_code_stands() -> None:
    item = ItemFactory(sku="A-1")

    [found] = scan(labels(LabelRequest([(item.pk, 1)], "100x50", "qr")))

    assert isinstance(found, Scanned)
    assert 1 < found.left < 15
