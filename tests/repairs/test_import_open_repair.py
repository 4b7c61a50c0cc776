"""manage.py import_open_repair: records of repair events become orders that went the whole way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Customer
from apps.audit.models import Event
from apps.catalog.models import DeviceModel
from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder
from apps.repairs.rules.open_repair import RefusedRecord, parse_open_repair
from tests.repairs.contract import books

HEADER = (
    "id,data_provider,country,product_category,brand,year_of_manufacture,product_age,repair_status,"
    "repair_barrier_if_end_of_life,event_date,problem"
)
FIXED = 'cafe_1,Repair Cafe,GBR,Laptop,Acme,2015,4,Fixed,,2019-05-04,"Does not start, fan is loud"'
END_OF_LIFE = "cafe_2,Repair Cafe,GBR,Mobile,Acme,,,End of life,Spare parts not available,2019-05-04,Screen broken"
REPAIRABLE = "net_1,Fix Network,DEU,Tablet,,,,Repairable,,2018-01-31,Battery"
UNKNOWN = "net_2,Fix Network,DEU,Desktop computer,Unknown,,,Unknown,,2018-01-31,Will not boot"
STEP = timedelta(minutes=30)

Write = Callable[..., Path]


@pytest.fixture
def csv(tmp_path: Path) -> Write:
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "records.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def run(path: Path, *options: str) -> list[str]:
    out = StringIO()
    call_command("import_open_repair", str(path), *options, stdout=out)
    return out.getvalue().splitlines()


def way_of(taken_in: RepairOrder) -> list[tuple[str, str]]:
    return list(taken_in.history.values_list("new_status", "notes"))


def by_reference() -> dict[str, RepairOrder]:
    return {found.external_reference: found for found in RepairOrder.objects.all()}


def test_a_fixed_device_goes_the_whole_way(db: None, csv: Write) -> None:
    lines = run(csv(FIXED))

    taken_in = RepairOrder.objects.get()
    noon = datetime(2019, 5, 4, 12, tzinfo=UTC)
    assert lines[-1].startswith("1 rows in ")
    assert lines[-1].endswith(": 1 created")
    assert (taken_in.external_reference, taken_in.order_number) == ("open-repair:cafe_1", "R-2019-000001")
    assert taken_in.issue_description == "Does not start, fan is loud"
    assert (taken_in.device_model.brand.name, taken_in.device_model.device_type) == ("Acme", "laptop")
    assert (taken_in.customer.first_name, taken_in.customer.last_name) == ("Anonymous", "Repair Cafe")
    assert (taken_in.branch.code, taken_in.total, taken_in.status) == ("IMPORTED", 0, "delivered")
    assert way_of(taken_in) == [
        ("pending", ""), ("in_progress", ""), ("completed", "Fixed"), ("ready_pickup", ""), ("delivered", ""),
    ]  # fmt: skip
    assert list(taken_in.history.values_list("created_at", flat=True)) == [noon + STEP * n for n in range(5)]
    assert (taken_in.created_at, taken_in.completed_at, taken_in.delivered_at) == (
        noon,
        noon + STEP * 2,
        noon + STEP * 4,
    )


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (END_OF_LIFE, "End of life: Spare parts not available"),
        (REPAIRABLE, "Repairable, but not repaired at the event"),
        (UNKNOWN, "The outcome was not recorded"),
    ],
)
def test_a_device_that_was_not_repaired_goes_back(db: None, csv: Write, row: str, note: str) -> None:
    run(csv(row))

    taken_in = RepairOrder.objects.get()
    assert way_of(taken_in) == [
        ("pending", ""), ("in_progress", ""), ("cancelled", note), ("ready_pickup", "Goes back unrepaired"),
        ("delivered", ""),
    ]  # fmt: skip
    assert (taken_in.unrepaired, taken_in.completed_at) == (True, None)


@pytest.mark.exhaustive
def test_records_share_customers_models_and_branch(db: None, csv: Write) -> None:
    run(csv(FIXED, FIXED.replace("cafe_1", "cafe_9").replace("Acme", "ACME"), END_OF_LIFE, REPAIRABLE))

    assert RepairOrder.objects.count() == 4
    assert sorted(Customer.objects.values_list("last_name", flat=True)) == ["Fix Network", "Repair Cafe"]
    assert Branch.objects.count() == 1
    assert DeviceModel.objects.count() == 3


def test_nobody_is_messaged_about_an_import(db: None, csv: Write) -> None:
    run(csv(FIXED, REPAIRABLE))

    told = Event.objects.filter(type__in=["repairs.order_created", "repairs.status_changed"])
    assert told.count() == 10
    assert {event.payload["notify"] for event in told} == {False}


def test_a_second_run_changes_nothing(db: None, csv: Write) -> None:
    path = csv(FIXED, END_OF_LIFE)
    run(path)
    before = books()

    lines = run(path)

    assert lines[-1].endswith(": 2 unchanged")
    assert books() == before


def test_a_run_that_was_broken_off_is_taken_up(db: None, csv: Write) -> None:
    run(csv(FIXED))

    lines = run(csv(FIXED, END_OF_LIFE, FIXED))

    assert lines[-1].endswith(": 1 created, 2 unchanged")
    assert sorted(by_reference()) == ["open-repair:cafe_1", "open-repair:cafe_2"]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(db: None, csv: Write) -> None:
    before = books()

    lines = run(csv(FIXED, "x,,,,,,,,,,"), "--dry-run")

    assert lines[0] == "line 3 (x): problem is empty"
    assert lines[-1].startswith("dry run, nothing changed: 2 rows in ")
    assert lines[-1].endswith(": 1 created, 1 refused")
    assert books() == before
    assert (Branch.objects.count(), Customer.objects.count(), DeviceModel.objects.count()) == (0, 0, 0)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_a_dry_run_holds_nothing_from_record_to_record_and_knows_what_came_before(csv: Write) -> None:
    path = csv(FIXED, END_OF_LIFE, FIXED, FIXED.replace("cafe_1", "cafe_9"))

    with CaptureQueriesContext(connection) as queries:
        lines = run(path, "--dry-run")

    assert lines[-1].endswith(": 3 created, 1 unchanged")
    assert [query["sql"] for query in queries if query["sql"] in {"COMMIT", "ROLLBACK"}] == ["ROLLBACK"] * 4
    assert (RepairOrder.objects.count(), Branch.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_each_refused_row_is_named_with_its_reason(db: None, csv: Write) -> None:
    rows = [
        FIXED,
        FIXED.replace("cafe_1", ""),
        FIXED.replace("cafe_1", "c2").replace("Laptop", "Toaster"),
        FIXED.replace("cafe_1", "c3").replace("Fixed", "Perhaps"),
        FIXED.replace("cafe_1", "c4").replace("2019-05-04", "04/05/2019"),
        FIXED.replace("cafe_1", "c5").replace("2019-05-04", "1989-12-31"),
        FIXED.replace("cafe_1", "c6").replace("2019-05-04", "2999-01-01"),
        "c7,only,three",
    ]

    lines = run(csv(*rows))

    assert lines[:-1] == [
        "line 3 (no key): id is empty",
        "line 4 (c2): product_category “Toaster” is not known",
        "line 5 (c3): repair_status “Perhaps” is not known",
        "line 6 (c4): event_date “04/05/2019” is not a date",
        "line 7 (c5): event_date “1989-12-31” is out of range",
        "line 8 (c6): event_date “2999-01-01” is out of range",
        "line 9 (c7): problem is empty",
    ]
    assert lines[-1].endswith(": 1 created, 7 refused")
    assert RepairOrder.objects.count() == 1


def test_a_missing_column_is_one_clear_sentence(db: None, csv: Write) -> None:
    path = csv("1,2", header="id,problem")

    with pytest.raises(CommandError, match=r" has no column event_date, product_category, repair_status\.$"):
        run(path)

    assert not Branch.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"<html></html>"])
def test_a_file_that_is_no_table_is_refused(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="has no column"):
        run(path)


def test_a_file_that_is_not_there_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv: there is no such file\.$"):
        run(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match=r" is a folder\.$"):
        run(tmp_path)


def test_a_file_that_was_cut_off_is_refused_as_a_whole(db: None, csv: Write) -> None:
    path = csv(FIXED, FIXED.replace("cafe_1", "c2").removesuffix(' loud"'))

    with pytest.raises(
        CommandError, match=r", line 3: the file ends within a quoted cell, so a part of it is missing\.$"
    ):
        run(path)

    assert not RepairOrder.objects.exists()


def test_a_file_of_which_nothing_can_be_taken_fails(db: None, csv: Write) -> None:
    with pytest.raises(CommandError, match=r"^Not one record could be taken\.$"):
        run(csv("x,,,,,,,,,,"))


def test_a_cell_without_end_is_one_clear_sentence(db: None, csv: Write) -> None:
    path = csv(FIXED, FIXED.replace("cafe_1", "c2").replace("fan is loud", "x" * 1_100_000))

    with pytest.raises(CommandError, match="field larger than field limit"):
        run(path)


def record(**changes: str) -> dict[str, str]:
    usual = dict(zip(HEADER.split(","), FIXED.replace('"Does not start, fan is loud"', "Fan").split(","), strict=True))
    return {**usual, **changes}


TODAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("field", "raw", "read"),
    [
        ("problem", "<p>Fan &amp; <b>screen</b></p>", "Fan & screen"),
        ("problem", "one\\r\\ntwo\\nthree", "one\ntwo\nthree"),
        ("problem", "  spaced   out ", "spaced out"),
        ("problem", "x" * 2000, "x" * 2000),
        ("brand", "", "Unknown"),
        ("brand", "b" * 90, "b" * 80),
        ("data_provider", "", "Unknown provider"),
        ("data_provider", "p" * 120, "p" * 100),
    ],
)
def test_a_record_is_cleaned(field: str, raw: str, read: str) -> None:
    parsed = parse_open_repair(record(**{field: raw}), TODAY)

    assert {"problem": parsed.problem, "brand": parsed.brand, "data_provider": parsed.provider}[field] == read


@pytest.mark.parametrize(
    ("field", "raw", "reason"),
    [
        ("id", " ", "id is empty"),
        ("id", "x" * 101, "id is longer than 100 characters"),
        ("problem", "<br>", "problem is empty"),
        ("problem", "x" * 2001, "problem is longer than 2000 characters"),
        ("event_date", "2026-05-02", "event_date “2026-05-02” is out of range"),
        ("event_date", "", "event_date “” is not a date"),
        ("repair_status", "", "repair_status “” is not known"),
        ("product_category", "", "product_category “” is not known"),
    ],
)
def test_a_record_that_cannot_be_taken_says_why(field: str, raw: str, reason: str) -> None:
    with pytest.raises(RefusedRecord) as refusal:
        parse_open_repair(record(**{field: raw}), TODAY)

    assert str(refusal.value) == reason
