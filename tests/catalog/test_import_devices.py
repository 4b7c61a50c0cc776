"""manage.py import_devices: what is taken, what is refused and why, and that a second run changes nothing."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.catalog.models import Brand, DeviceModel
from apps.catalog.selectors import models_found_by
from apps.catalog.services import import_devices
from apps.core.actor import Actor
from apps.core.imports import Report
from tests.factories import BrandFactory, DeviceModelFactory

pytestmark = pytest.mark.django_db

HEADER = "device_key,brand,model,model_number,device_type,release_year,price_tier\n"
ROWS = (
    "apple|13,Apple,iPhone 13,A2633|A2482,phone,2021,upper\n"
    "apple|se,apple,iPhone SE,,phone,2022,entry\n"
    "sony|xz,Sony,Xperia XZ,F8331,phone,2016,flagship\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def file(content: str | bytes) -> Path:
        path = tmp_path / "devices.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return file


def run(path: Path, **options: Any) -> list[str]:
    """The lines that the command printed, with the seconds left out."""
    out = io.StringIO()
    call_command("import_devices", str(path), stdout=out, **options)
    return re.sub(r"in \d+\.\d s", "in N s", out.getvalue()).splitlines()


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Brand, DeviceModel, Event)]


def test_import_takes_each_row(write: Any) -> None:
    lines = run(write(HEADER + ROWS))

    assert lines == ["3 rows in N s: 3 created"]
    assert set(Brand.objects.values_list("name", flat=True)) == {"Apple", "Sony"}
    phone = DeviceModel.objects.get(import_key="apple|13")
    assert (phone.brand.name, phone.name, phone.model_number, phone.aliases) == (
        "Apple",
        "iPhone 13",
        "A2633",
        ["A2482"],
    )
    assert (phone.device_type, phone.release_year, phone.tier_level) == ("phone", 2021, 2)
    assert models_found_by(DeviceModel.objects.all(), "iphone13").get() == phone
    assert Event.objects.filter(type="catalog.devicemodel.created").count() == 3
    assert Event.objects.filter(type="catalog.brand.created").count() == 2


def test_import_run_again_changes_nothing(write: Any) -> None:
    path = write(HEADER + ROWS)
    run(path)
    before = everything()

    lines = run(path)

    assert lines == ["3 rows in N s: 3 unchanged"]
    assert everything() == before


def test_import_in_a_dry_run_changes_nothing(write: Any) -> None:
    DeviceModelFactory(brand=BrandFactory(name="Sony"), name="Xperia XZ")
    before = everything()

    lines = run(write(HEADER + ROWS + ",,,,,,\n"), dry_run=True)

    assert lines == [
        "line 5 (no key): device_key is empty",
        "dry run, nothing changed: 4 rows in N s: 2 created, 1 refused, 1 updated",
    ]
    assert everything() == before


COMING_AGAIN = [
    ("s,Sony,Xperia XZ,F8331,,,", "updated"),
    ("s,Sony,Xperia Again,,,2016,", "updated"),
    ("k,Acer,Iconia,A1,,,", "created"),
    ("k,ACER,iconia,A1,,,", "unchanged"),
    ("k,Acer,Tab,A2,,,", "updated"),
    ("k,Acer,Iconia,A2,,,", "unchanged"),
    ("other,Acer,ICONIA,,,,", "refused"),
]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_import_counts_a_row_that_comes_again_in_a_later_chunk(
    write: Any, monkeypatch: pytest.MonkeyPatch, size: int, dry_run: bool
) -> None:
    monkeypatch.setattr("apps.catalog.management.commands.import_devices.CHUNK", size)
    DeviceModelFactory(brand=BrandFactory(name="Sony"), name="Xperia XZ")

    *refused, figures = run(write(HEADER + "".join(f"{row}\n" for row, _ in COMING_AGAIN)), dry_run=dry_run)

    assert refused == ["line 8 (other): Acer Iconia came with the key k"]
    assert figures.endswith("7 rows in N s: 1 created, 1 refused, 2 unchanged, 3 updated")
    assert DeviceModel.objects.count() == (1 if dry_run else 2)


@pytest.mark.django_db(transaction=True)
def test_import_in_a_dry_run_holds_nothing_from_chunk_to_chunk(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.catalog.management.commands.import_devices.CHUNK", 1)

    with CaptureQueriesContext(connection) as queries:
        run(write(HEADER + ROWS), dry_run=True)

    assert [query["sql"] for query in queries if query["sql"] in {"COMMIT", "ROLLBACK"}] == ["ROLLBACK"] * 3


def test_import_names_each_refused_row_and_takes_the_others(write: Any) -> None:
    bad = "a,,X,,,,\nb,Acer,,,,,\nc,Acer,Iconia,,toaster,,\nd,Acer,Iconia,,tablet,20x1,\ne,Acer,Iconia,,tablet,2012,\n"

    lines = run(write(HEADER + bad))

    assert lines == [
        "line 2 (a): brand is empty",
        "line 3 (b): model is empty",
        "line 4 (c): device_type “toaster” is not known",
        "line 5 (d): release_year “20x1” is not a year",
        "5 rows in N s: 1 created, 4 refused",
    ]
    assert DeviceModel.objects.get().import_key == "e"


def test_import_adds_to_what_a_person_entered_and_overwrites_nothing(write: Any) -> None:
    entered = DeviceModelFactory(brand=BrandFactory(name="APPLE"), name="iphone 13", release_year=2020)

    lines = run(write(HEADER + ROWS))

    assert lines == ["3 rows in N s: 2 created, 1 updated"]
    entered.refresh_from_db()
    assert (entered.name, entered.release_year, entered.model_number) == ("iphone 13", 2020, "A2633")
    assert (entered.import_key, entered.aliases) == ("apple|13", ["A2482"])
    changes = Event.objects.get(type="catalog.devicemodel.updated").payload["changes"]
    assert set(changes) == {"model_number", "aliases", "device_type", "tier_level", "import_key"}


def test_import_finds_a_model_whose_brand_has_accents(write: Any) -> None:
    entered = DeviceModelFactory(brand=BrandFactory(name="Citroën"), name="C4")

    lines = run(write(HEADER + "x,CITROËN,c4,,,2004,\n"))

    assert lines == ["1 rows in N s: 1 updated"]
    entered.refresh_from_db()
    assert entered.release_year == 2004


def test_import_of_names_in_arabic_and_chinese(write: Any) -> None:
    lines = run(write(HEADER + "k1,هواوي,نوفا ٩,,phone,2021,\nk2,富士通,らくらく,,phone,2012,\n"))

    assert lines == ["2 rows in N s: 2 created"]
    assert models_found_by(DeviceModel.objects.all(), "هواوي نوفا").get().import_key == "k1"
    assert models_found_by(DeviceModel.objects.all(), "富士通").get().import_key == "k2"
    assert run(write(HEADER + "k1,هواوي,نوفا ٩,,phone,2021,\n")) == ["1 rows in N s: 1 unchanged"]


DUPLICATES = [
    # the same key again, with more to say; with nothing to add; and the same model under two keys
    ("k,Acer,Iconia,,,,\nk,Acer,Iconia,A1,tablet,2012,\n", ["2 rows in N s: 1 created, 1 updated"], 2),
    ("k,Acer,Iconia,A1,tablet,2012,\nk,Acer,Iconia,A1,tablet,2012,\n", ["2 rows in N s: 1 created, 1 unchanged"], 2),
    (
        "k,Acer,Iconia,,,,\nother,ACER,ICONIA,,,,\n",
        ["line 3 (other): Acer Iconia came with the key k", "2 rows in N s: 1 created, 1 refused"],
        1,
    ),
]


@pytest.mark.parametrize(("rows", "printed", "unchanged"), DUPLICATES)
def test_import_of_a_row_that_comes_twice(write: Any, rows: str, printed: list[str], unchanged: int) -> None:
    path = write(HEADER + rows)

    first = run(path)
    before = everything()
    second = run(path)

    assert first == printed
    assert second[-1].endswith(f"{unchanged} unchanged")
    assert everything() == before
    assert DeviceModel.objects.count() == 1


@pytest.mark.parametrize("together", [True, False])
def test_import_of_a_key_that_comes_three_times_keeps_every_name(together: bool) -> None:
    rows = [
        (line, {"device_key": "k", "brand": "Acer", "model": "Iconia", "model_number": f"A{line}"})
        for line in (1, 2, 3)
    ]
    report = Report()

    for chunk in [rows] if together else [[row] for row in rows]:
        import_devices(chunk, report, actor=Actor.system("test"))

    model = DeviceModel.objects.get()
    assert report.counts == {"created": 1, "updated": 2}
    assert (model.model_number, model.aliases) == ("A1", ["A2", "A3"])
    assert models_found_by(DeviceModel.objects.all(), "A3").get() == model


def test_import_into_a_model_that_is_there_keeps_every_name(write: Any) -> None:
    run(write(HEADER + "k,Acer,Iconia,,,,\n"))
    rows = HEADER + "k,Acer,Iconia,A1,,,\nk,Acer,Iconia,A2,,,\nk,Acer,Iconia,A3,,,\n"

    lines = run(write(rows))

    model = DeviceModel.objects.get()
    assert lines == ["3 rows in N s: 3 updated"]
    assert (model.model_number, model.aliases) == ("A1", ["A2", "A3"])
    assert run(write(rows)) == ["3 rows in N s: 3 unchanged"]


SHAPES = [
    ("byte order mark", "\ufeff" + HEADER + ROWS, 3),
    ("lines ended as on Windows", (HEADER + ROWS).replace("\n", "\r\n"), 3),
    ("lines ended as on old Macs", (HEADER + ROWS).replace("\n", "\r"), 3),
    ("no line end at the end", HEADER + ROWS.rstrip("\n"), 3),
    ("blank lines between", HEADER + ROWS.replace("\n", "\n\n"), 3),
    ("a line break within quotes", HEADER + 'k,Acer,"Iconia\nTab",,,,\n', 1),
    ("quotes within quotes", HEADER + 'k,Acer,"Iconia ""Tab""",,,,\n', 1),
    ("NUL characters", HEADER + "k,Ac\0er,Iconia,,,,\n", 1),
    ("more cells than columns", HEADER + "k,Acer,Iconia,,,,,,,\n", 1),
    ("fewer cells than columns", HEADER + "k,Acer,Iconia\n", 1),
    ("columns that nobody knows", "colour," + HEADER + "red,k,Acer,Iconia,,,,\n", 1),
    ("nothing but a header", HEADER, 0),
]


@pytest.mark.parametrize(("content", "created"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_import_reads_files_of_many_shapes(write: Any, content: str, created: int) -> None:
    lines = run(write(content))

    assert lines == [f"{created} rows in N s: " + (f"{created} created" if created else "nothing to do")]
    assert DeviceModel.objects.count() == created


def test_import_of_a_line_break_within_quotes_counts_lines_as_an_editor_does(write: Any) -> None:
    lines = run(write(HEADER + 'k,Acer,"Iconia\nTab",,,,\nb,,X,,,,\n'))

    assert lines == ["line 4 (b): brand is empty", "2 rows in N s: 1 created, 1 refused"]
    assert DeviceModel.objects.get().name == "Iconia Tab"


def test_import_of_latin_1_refuses_the_rows_that_it_cannot_read(write: Any) -> None:
    lines = run(write((HEADER + "a,Citroën,C4,,,,\nb,Acer,Iconia,,,,\n").encode("latin-1")))

    assert lines == ["line 2 (a): brand is not readable as UTF-8", "2 rows in N s: 1 created, 1 refused"]
    assert Brand.objects.get().name == "Acer"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "{path} has no column brand, device_key, model."),
        ("device_key,brand\nk,Acer\n", "{path} has no column model."),
        ("\0\0\0", "{path} has no column brand, device_key, model."),
        (HEADER + f"k,Acer,{'x' * (2**20 + 1)},,,,\n", "{path}, line 2: field larger than field limit (1048576)."),
        (
            HEADER + ROWS + 'k,Acer,"Icon',
            "{path}, line 5: the file ends within a quoted cell, so a part of it is missing.",
        ),
        (HEADER + 'k,Acer,"Iconia" 8,,,,\n' + ROWS, "{path}, line 2: a quoted cell goes on after its closing quote."),
    ],
    ids=["empty", "a column is missing", "binary", "a cell without end", "cut off", "text after a quote"],
)
def test_import_of_a_file_that_is_none_fails_with_one_sentence(write: Any, content: str, message: str) -> None:
    path = write(content)

    with pytest.raises(CommandError) as failure:
        run(path)

    assert str(failure.value) == message.format(path=path)
    assert failure.value.returncode == 1
    assert not Brand.objects.exists()


@pytest.mark.parametrize(
    ("path", "message"), [("missing.csv", "{path}: there is no such file."), ("", "{path} is a folder.")]
)
def test_import_of_a_path_that_is_no_file_fails(tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(CommandError) as failure:
        run(tmp_path / path)

    assert str(failure.value) == message.format(path=tmp_path / path)


@pytest.mark.parametrize("dry_run", [True, False])
def test_import_that_can_take_no_row_at_all_fails(
    write: Any, capsys: pytest.CaptureFixture[str], dry_run: bool
) -> None:
    path = write(HEADER + "a,,X,,,,\nb,Acer,,,,,\n")

    with pytest.raises(CommandError, match=r"^Not one row could be taken\.$") as failure:
        call_command("import_devices", str(path), dry_run=dry_run)

    assert failure.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[:2] == ["line 2 (a): brand is empty", "line 3 (b): model is empty"]
    assert not Brand.objects.exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_import_shows_its_progress_on_the_terminal_and_keeps_it_out_of_the_report(write: Any) -> None:
    terminal = Terminal()

    with contextlib.redirect_stderr(terminal):
        lines = run(write(HEADER + ROWS))

    assert "3/3" in terminal.getvalue()
    assert lines == ["3 rows in N s: 3 created"]


def test_import_shows_no_progress_where_nobody_looks(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(write(HEADER + ROWS))

    assert capsys.readouterr().err == ""
