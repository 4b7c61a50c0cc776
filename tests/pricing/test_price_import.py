"""Imports of prices: all rows or none, periods that never overlap, and each change an event that names the file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Event
from apps.catalog.enums import PartQuality
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.pricing.models import Price
from apps.pricing.services.price_import import import_prices, read_prices
from tests.conftest import Api
from tests.factories import BrandFactory, DeviceModelFactory, PartTypeFactory, PriceFactory, RepairTypeFactory
from tests.inventory.files import counts, csv_file, csv_rows, download, reasons, xlsx_file
from tests.pricing.price_files import send

SYSTEM = Actor.system("test")
HEADER = [
    "brand", "model", "modelNumber", "repairType", "partType", "partQuality", "branch", "price", "cost", "currency",
    "validFrom", "validUntil", "notes",
]  # fmt: skip
FIGURES = {"applied": True, "created": 0, "changed": 0, "unchanged": 0, "refused": 0}
SHORT = ["brand", "model", "repairType", "price"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    with time_machine.travel("2026-06-15T12:00:00Z", tick=False):
        yield


@pytest.fixture
def phone() -> Any:
    model = DeviceModelFactory(
        brand=BrandFactory(name="Apple"), name="iPhone 13", model_number="A2633", aliases=["iPhone 13 5G"]
    )
    RepairTypeFactory(name="Screen")
    return model


def listed() -> list[tuple[Any, ...]]:
    rows = Price.objects.order_by("valid_from", "pk")
    return list(rows.values_list("price", "valid_from", "valid_until", "source"))


def priced(model: Any, **fields: Any) -> Price:
    fields = {"valid_from": date(2026, 1, 1), "repair_type": _screen(), **fields}
    price: Price = PriceFactory(device_model=model, **fields)
    return price


def _screen() -> Any:
    return RepairTypeFactory._meta.model.objects.get(name="Screen")


def test_a_file_makes_prices_with_all_that_belongs_to_them(manager: Api, phone: Any, branch: Branch) -> None:
    part = PartTypeFactory(name="Display", quality=PartQuality.AFTERMARKET_PREMIUM)
    row = [
        "apple",
        "IPHONE 13",
        "",
        "screen",
        "display",
        "",
        "har",
        "1.299,50",
        "80",
        "",
        "1.7.2026",
        "2026-12-31",
        "n",
    ]

    answer = send(manager, csv_file(HEADER, row))

    assert answer.status_code == 200
    assert counts(answer) == {**FIGURES, "created": 1}
    price = Price.objects.get()
    assert (price.device_model_id, price.repair_type_id, price.part_type_id) == (phone.pk, _screen().pk, part.pk)
    assert (price.part_quality, price.branch, price.price, price.cost, price.currency) == (
        "aftermarket_premium", branch, Decimal("1299.5"), Decimal(80), "USD",
    )  # fmt: skip
    assert (price.valid_from, price.valid_until, price.notes, price.source) == (
        date(2026, 7, 1), date(2026, 12, 31), "n", "import",
    )  # fmt: skip
    event = Event.objects.get(type="pricing.price.created")
    assert event.payload["reason"] == "import prices.csv"
    assert manager.user is not None
    assert event.actor_id == manager.user.pk


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("query", ["?dryRun=true", ""])
def test_a_dry_run_says_old_and_new_and_does_nothing(manager: Api, phone: Any, query: str) -> None:
    priced(phone)
    before = listed(), Event.objects.count()
    form = {} if query else {"dryRun": "true"}

    answer = send(manager, csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "109"]), query=query, form=form)

    assert counts(answer) == {**FIGURES, "applied": False, "created": 1}
    assert answer.body["data"]["dryRun"] is True
    assert answer.body["data"]["changes"] == [
        {"line": 2, "action": "created", "name": "Apple iPhone 13 · Screen", "old": "99.00 USD", "new": "109.00",
         "currency": "USD"}
    ]  # fmt: skip
    assert (listed(), Event.objects.count()) == before


def test_another_price_without_a_day_begins_today_and_the_old_one_ends_yesterday(manager: Api, phone: Any) -> None:
    old = priced(phone, cost=Decimal(40), is_estimated=True, source="estimate")

    send(manager, csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "109"]), name="june.csv")

    assert listed() == [
        (Decimal(99), date(2026, 1, 1), date(2026, 6, 14), "estimate"),
        (Decimal(109), date(2026, 6, 15), None, "import"),
    ]
    new = Price.objects.get(price=109)
    assert (new.cost, new.is_estimated) == (Decimal(40), False)
    updated = Event.objects.get(type="pricing.price.updated")
    assert (updated.aggregate_id, updated.payload) == (
        old.pk, {"changes": {"valid_until": [None, "2026-06-14"]}, "reason": "import june.csv"},
    )  # fmt: skip


def test_a_row_with_the_first_day_of_a_price_changes_that_price(manager: Api, phone: Any) -> None:
    price = priced(phone)

    answer = send(manager, csv_file([*SHORT, "validFrom"], ["Apple", "iPhone 13", "Screen", "109", "2026-01-01"]))

    assert counts(answer) == {**FIGURES, "changed": 1}
    assert listed() == [(Decimal(109), date(2026, 1, 1), None, "import")]
    assert Price.objects.get().pk == price.pk


@pytest.mark.parametrize("day", ["2026-01-01", "2026-06-15"])
def test_a_price_in_another_currency_than_the_one_there_is_refused(manager: Api, phone: Any, day: str) -> None:
    priced(phone, price=Decimal(99))
    before = listed()
    file = csv_file([*SHORT, "validFrom", "currency"], ["Apple", "iPhone 13", "Screen", "99", day, "EUR"])

    tried, sent = send(manager, file, query="?dryRun=true"), send(manager, file)

    assert sorted(reasons(tried)) == [(2, "currency", "mismatch")]
    assert (sent.status_code, sent.body["code"]) == (400, "VALIDATION_ERROR")
    assert listed() == before


def test_a_planned_price_stays_behind_one_that_is_imported_without_a_day(manager: Api, phone: Any) -> None:
    priced(phone, valid_until=date(2026, 8, 31))
    priced(phone, valid_from=date(2026, 9, 1), price=Decimal(120))

    send(manager, csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "109"]))

    assert [(price, first, last) for price, first, last, _ in listed()] == [
        (Decimal(99), date(2026, 1, 1), date(2026, 6, 14)),
        (Decimal(109), date(2026, 6, 15), date(2026, 8, 31)),
        (Decimal(120), date(2026, 9, 1), None),
    ]


def test_the_price_of_today_again_is_unchanged(manager: Api, phone: Any) -> None:
    priced(phone)
    before = listed(), Event.objects.count()

    answer = send(manager, csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "99"]))

    assert counts(answer) == {**FIGURES, "unchanged": 1}
    assert (listed(), Event.objects.count()) == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_and_changes_nothing(manager: Api, phone: Any, branch: Branch, kind: str) -> None:
    good, cheap = (PartTypeFactory(name="Display", quality=one) for one in ("original", "aftermarket_economy"))
    priced(phone, part_type=good, cost=Decimal("12.5"), notes="=1+1", valid_until=date(2026, 3, 31))
    priced(phone, part_type=good, valid_from=date(2026, 4, 1), notes='@x; "y", \'z')
    priced(phone, part_type=cheap, part_quality="aftermarket_standard", branch=branch)
    priced(phone, price=Decimal("1.234"), currency="KWD", part_quality="aftermarket_premium")
    priced(DeviceModelFactory(brand=BrandFactory(name="+1"), name="-2"), price=Decimal(9000), currency="JPY")
    before = list(Price.objects.order_by("pk").values()), Event.objects.count()

    file = download(manager, f"pricing/export?format={kind}").file
    answer = send(manager, file)

    assert counts(answer) == {**FIGURES, "unchanged": 5}
    assert (list(Price.objects.order_by("pk").values()), Event.objects.count()) == before


def test_the_export_has_stable_columns_no_formulas_and_the_filters_of_the_list(manager: Api, phone: Any) -> None:
    priced(phone, notes="=1+1", cost=Decimal(40))
    other = priced(DeviceModelFactory(brand=BrandFactory(name="Zed"), name="Z"), price=Decimal(5))

    everything = csv_rows(download(manager, "pricing/export").file)
    one = csv_rows(download(manager, f"pricing/export?deviceModelId={other.device_model_id}&q=zed").file)

    assert everything[:2] == [
        HEADER,
        [
            "Apple",
            "iPhone 13",
            "A2633",
            "Screen",
            "",
            "original",
            "",
            "99.00",
            "40.00",
            "USD",
            "2026-01-01",
            "",
            "'=1+1",
        ],
    ]
    assert [row[1] for row in one] == ["model", "Z"]
    assert download(manager, "pricing/export?colour=red").status_code == 400


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        (["model"], ["Apple iPhone 13"]), (["model"], ["iphone  13"]), (["model"], ["a2633"]),
        (["modelNumber"], ["A2633"]), (["brand", "modelNumber"], ["APPLE", "a2633"]), (["model"], ["iPhone 13 5G"]),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("phone")
def test_a_model_is_known_by_its_names_and_its_number(manager: Api, columns: list[str], cells: list[str]) -> None:
    answer = send(manager, csv_file([*columns, "repair", "price"], [*cells, "Screen", "9"]))

    assert counts(answer) == {**FIGURES, "created": 1}


def test_a_model_is_known_by_its_id_also_after_it_was_merged(manager: Api, phone: Any) -> None:
    twin = DeviceModelFactory(brand=phone.brand, name="iPhone13", merged_into=phone, is_active=False)

    rows = [[str(twin.pk), "Screen", "9"]]
    answer = send(manager, csv_file(["deviceModelId", "repairType", "price"], *rows))

    assert counts(answer) == {**FIGURES, "created": 1}
    assert Price.objects.get().device_model_id == phone.pk


def test_days_of_a_workbook_are_days(manager: Api, phone: Any) -> None:
    rows = [
        [*SHORT, "validFrom", "validUntil"],
        ["Apple", "iPhone 13", "Screen", 109.5, date(2026, 7, 1), "31.12.2026"],
    ]

    answer = send(manager, xlsx_file(*rows))

    assert counts(answer) == {**FIGURES, "created": 1}
    assert listed() == [(Decimal("109.5"), date(2026, 7, 1), date(2026, 12, 31), "import")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"brand": "Nokia"}, ("model", "does_not_exist")),
        ({"model": "3310"}, ("model", "does_not_exist")),
        ({"model": "Twin"}, ("model", "ambiguous")),
        ({"model": ""}, ("model", "required")),
        ({"repairType": "Polish"}, ("repairType", "does_not_exist")),
        ({"repairType": ""}, ("repairType", "required")),
        ({"partType": "Glass"}, ("partType", "does_not_exist")),
        ({"partType": "Battery"}, ("partType", "ambiguous")),
        ({"partQuality": "shiny"}, ("partQuality", "invalid_choice")),
        ({"branch": "STA"}, ("branch", "does_not_exist")),
        ({"price": ""}, ("price", "required")),
        ({"price": "0"}, ("price", "min_value")),
        ({"price": "-1"}, ("price", "min_value")),
        ({"price": "1,299"}, ("price", "ambiguous")),
        ({"price": "1.005"}, ("price", "invalid")),
        ({"price": "12 EUR"}, ("price", "invalid")),
        ({"cost": "x"}, ("cost", "invalid")),
        ({"currency": "usd"}, ("currency", "invalid")),
        ({"currency": "EUR", "branch": "HAR"}, ("currency", "invalid")),
        ({"validFrom": "06/07/2026"}, ("validFrom", "invalid")),
        ({"validFrom": "2026-02-30"}, ("validFrom", "invalid")),
        ({"validUntil": "2026-01-01"}, ("validUntil", "invalid")),
        ({"notes": "x" * 1001}, ("notes", "max_length")),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("phone", "other_branch")
def test_a_row_that_is_wrong_is_named_and_nothing_is_imported(
    manager: Api, changes: dict[str, str], problem: tuple[str, str]
) -> None:
    for brand in ("B1", "B2"):
        DeviceModelFactory(brand=BrandFactory(name=brand), name="Twin")
    for quality in ("original", "aftermarket_economy"):
        PartTypeFactory(name="Battery", quality=quality)
    good = dict.fromkeys(HEADER, "") | {"model": "iPhone 13", "repairType": "Screen", "price": "9"}
    bad = good | {"partQuality": "aftermarket_economy"} | changes
    if problem == ("partType", "ambiguous"):
        bad["partQuality"] = ""

    rows = csv_file(HEADER, [*good.values()], [*bad.values()])
    tried, sent = send(manager, rows, query="?dryRun=true"), send(manager, rows)

    assert reasons(tried) == [(3, *problem)]
    assert (sent.status_code, sent.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(one["field"], one["code"]) for one in sent.body["details"]] == [(f"rows.3.{problem[0]}", problem[1])]
    assert Price.objects.count() == 0


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([("9", "2026-07-01", ""), ("8", "2026-07-01", "")], [(3, "validFrom", "repeated")]),
        ([("9", "2026-07-01", ""), ("8", "2026-08-01", "")], [(2, "validFrom", "overlaps"), (3, "validFrom", "overlaps")]),
        ([("9", "2026-07-01", "2026-08-01"), ("8", "2026-08-01", "")],
         [(2, "validFrom", "overlaps"), (3, "validFrom", "overlaps")]),
        ([("9", "2026-07-01", "2026-09-01")], [(2, "validFrom", "overlaps")]),
        ([("9", "2026-01-01", "2026-09-01")], [(2, "validFrom", "overlaps")]),
        ([("9", "2026-07-01", "2026-08-31")], []),
        ([("9", "2026-07-01", "2026-07-31"), ("8", "2026-08-01", "2026-08-31")], []),
    ],
)  # fmt: skip
def test_overlaps_within_the_file_and_with_the_list_are_found(
    manager: Api, phone: Any, rows: list[tuple[str, ...]], problems: list[tuple[int, str, str]]
) -> None:
    if len(rows) == 1 or not problems:
        priced(phone, valid_until=date(2026, 6, 30))
        priced(phone, valid_from=date(2026, 9, 1))

    found = send(
        manager,
        csv_file([*SHORT, "validFrom", "validUntil"], *[["Apple", "iPhone 13", "Screen", *row] for row in rows]),
        query="?dryRun=true",
    )

    assert sorted(reasons(found)) == problems


@pytest.mark.usefixtures("phone")
def test_two_rows_without_a_last_day_follow_each_other(manager: Api) -> None:
    rows = [["Apple", "iPhone 13", "Screen", price, day] for price, day in (("8", "2026-08-01"), ("9", "2026-07-01"))]

    send(manager, csv_file([*SHORT, "validFrom"], *rows))

    assert [(price, first, last) for price, first, last, _ in listed()] == [
        (Decimal(9), date(2026, 7, 1), date(2026, 7, 31)),
        (Decimal(8), date(2026, 8, 1), None),
    ]


@pytest.mark.usefixtures("phone")
def test_the_same_import_sent_twice_is_imported_once(manager: Api) -> None:
    file = csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "109"])

    first = send(manager, file, Idempotency_Key="june")
    again = send(manager, file, Idempotency_Key="june")

    assert first.body["data"] == again.body["data"]
    assert again["Idempotent-Replayed"] == "true"
    assert Price.objects.count() == 1


@pytest.mark.parametrize("query", ["?dryRun=perhaps", "?wet=true"])
@pytest.mark.usefixtures("phone")
def test_what_nobody_understands_in_the_address_is_refused(manager: Api, query: str) -> None:
    answer = send(manager, csv_file(SHORT, ["Apple", "iPhone 13", "Screen", "109"]), query=query)

    assert answer.status_code == 400
    assert Price.objects.count() == 0


def test_customers_get_no_file_and_staff_below_managers_send_none(customer: Api, seller: Api) -> None:
    content = csv_file(SHORT)

    assert [download(api, "pricing/export").status_code for api in (customer, seller)] == [403, 200]
    assert [send(api, content).status_code for api in (customer, seller)] == [403, 403]


@pytest.mark.exhaustive
def test_many_rows_take_few_statements(phone: Any) -> None:
    header, repairs = ["model", "repairType", "price"], [RepairTypeFactory(name=f"R{n}").name for n in range(600)]

    def run(names: list[str], price: str) -> int:
        rows = read_prices(csv_file(header, *[[phone.name, name, price] for name in names]))
        with CaptureQueriesContext(connection) as asked:
            import_prices(rows, name="x", dry_run=False, actor=SYSTEM)
        return len(asked)

    few, many = run(repairs[:10], "5"), run(repairs[10:], "5")
    again = run(repairs[10:], "6")

    assert Price.objects.filter(price=6).count() == 590
    assert few <= 20
    assert many <= 31
    assert again <= 31  # one of them looks for estimates that wait for these prices
