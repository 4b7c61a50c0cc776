"""Labels, imports and exports of items in the back office."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.inventory.models import Branch, Item, StockMovement
from tests.admin.office import Office, address, events, text
from tests.factories import ItemFactory
from tests.inventory.files import csv_file, csv_rows, xlsx_rows
from tests.inventory.print import pages, scan

IMPORT = "import_page"


@pytest.fixture(autouse=True)
def _no_kept_files() -> None:
    if default_storage.exists("imports"):
        for name in default_storage.listdir("imports")[1]:
            default_storage.delete(f"imports/{name}")


def _waiting() -> int:
    return len(default_storage.listdir("imports")[1]) if default_storage.exists("imports") else 0


def _preview(office: Office, content: bytes, kind: str = "items") -> Any:
    return office.post(address(Item, IMPORT), kind=kind, file=SimpleUploadedFile("items.csv", content))


def test_labels_of_chosen_items_are_printed(chief: Office) -> None:
    first, second = ItemFactory(sku="A-1", name="A"), ItemFactory(sku="B-2", name="B")

    chosen = chief.act("print_labels", first, second)
    printed = chief.page("label_page", first, second, size="57x32", code="barcode", copies="2", start="1", price="on")

    assert chosen.status_code == 302
    assert chief.client.get(chosen.url).status_code == 200
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    assert printed["Content-Disposition"] == 'attachment; filename="labels.pdf"'
    assert [one.text for one in scan(printed.content)] == ["A-1", "A-1", "B-2", "B-2"]
    assert pages(printed.content) == [(57, 32)] * 4


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("start", "9", "Such a page has 1 labels."),
        ("copies", "0", "greater than or equal to 1"),
        ("size", "x", "valid choice"),
    ],
)
def test_labels_that_cannot_be_printed_are_refused_on_the_form(
    chief: Office, field: str, value: str, words: str
) -> None:
    item = ItemFactory()

    answer = chief.page(
        "label_page", item, **{"size": "57x32", "code": "qr", "copies": "1", "start": "1", field: value}
    )

    assert answer.status_code == 200
    assert words in " ".join(answer.context["form"].errors[field])


def test_an_import_is_previewed_and_then_confirmed(chief: Office) -> None:
    preview = _preview(chief, csv_file(["sku", "name"], ["A", "A"], ["B", "B"]))

    assert "2 to create, 0 to change, 0 unchanged, 0 refused" in text(preview)
    assert Item.objects.count() == 0
    done = chief.post(address(Item, IMPORT), token=preview.context["token"])
    assert chief.messages(done) == ["2 rows imported."]
    assert sorted(item.sku for item in Item.objects.all()) == ["A", "B"]
    assert [event.actor_id for event in events("inventory.item.created")] == [chief.user and chief.user.pk] * 2
    assert _waiting() == 0


def test_a_confirmation_that_is_sent_twice_imports_once(chief: Office) -> None:
    token = _preview(chief, csv_file(["sku", "name"], ["A", "A"])).context["token"]
    chief.post(address(Item, IMPORT), token=token)

    again = chief.post(address(Item, IMPORT), token=token)

    assert chief.messages(again)[-1] == "The file is no longer there. Choose it once more."
    assert Item.objects.count() == 1


def test_refused_rows_are_shown_and_nothing_can_be_confirmed(chief: Office) -> None:
    preview = _preview(chief, csv_file(["sku", "name", "unitPrice"], ["A", "A", "1"], ["B", "<b>", "1,5"]))

    assert "1 refused" in text(preview)
    assert "Amounts have a point" in text(preview)
    assert preview.context["token"] == ""
    assert Item.objects.count() == 0
    assert _waiting() == 0


def test_what_has_changed_since_the_preview_is_judged_again(chief: Office) -> None:
    token = _preview(chief, csv_file(["sku", "name", "barcode"], ["A", "A", "1"])).context["token"]
    ItemFactory(sku="B", barcode="1")

    answer = chief.post(address(Item, IMPORT), token=token)

    assert answer.status_code == 200
    assert "The item B has this barcode." in text(answer)
    assert Item.objects.count() == 1


def test_the_file_of_another_is_not_found(chief: Office, boss: Office) -> None:
    token = _preview(chief, csv_file(["sku", "name"], ["A", "A"])).context["token"]

    answers = [boss.post(address(Item, IMPORT), token=token), chief.post(address(Item, IMPORT), token=token + "x")]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Item.objects.count() == 0


def test_a_file_waits_an_hour_and_is_removed_by_a_later_one(chief: Office) -> None:
    file = csv_file(["sku", "name"], ["A", "A"])
    with time_machine.travel("2026-03-02 10:00", tick=False):
        token = _preview(chief, file).context["token"]
    with time_machine.travel("2026-03-02 11:01", tick=False):
        late = chief.post(address(Item, IMPORT), token=token)
    assert late.status_code == 302
    assert Item.objects.count() == 0
    with time_machine.travel("2026-03-02 12:30", tick=False):
        _preview(chief, file)

    assert _waiting() == 1


@pytest.mark.parametrize(("content", "words"), [(b"", "The file is empty."), (b"colour\n", "There is no column")])
def test_a_file_that_cannot_be_read_is_refused_on_the_form(chief: Office, content: bytes, words: str) -> None:
    answer = _preview(chief, content)

    assert words in " ".join(answer.context["form"].errors["file"])


def test_opening_stock_is_booked(chief: Office, branch: Branch) -> None:
    ItemFactory(sku="A")
    preview = _preview(chief, csv_file(["sku", "branch", "quantity"], ["A", branch.code, "4"]), "opening_stock")

    done = chief.post(address(Item, IMPORT), token=preview.context["token"])

    assert chief.messages(done) == ["1 rows imported."]
    assert StockMovement.objects.get().to_balance == 4


def test_items_are_exported_from_the_list(chief: Office) -> None:
    ItemFactory(sku="A")

    page = chief.list(Item)
    as_csv, as_book = (chief.get(address(Item, "export_page"), format=kind) for kind in ("csv", "xlsx"))

    assert address(Item, IMPORT) in text(page)
    assert address(Item, "export_page") in text(page)
    assert csv_rows(b"".join(as_csv))[1][0] == "A"
    assert xlsx_rows(b"".join(as_book))[1][0] == "A"
