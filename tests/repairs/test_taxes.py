"""Tax by the rate table: which rate holds, how it is rounded, and that it stays as it was agreed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core import money
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.repairs.models import RepairLine, RepairOrder, TaxRate, TaxRule, WorkshopSettings
from apps.repairs.rules import LineAmounts, TaxRow, line_total, order_amounts, tax_of, tax_percent
from tests.conftest import Api
from tests.factories import BranchFactory, PartTypeFactory, RepairTypeFactory, order
from tests.factories.work import line
from tests.repairs.contract import intake_body, item_body

D = Decimal
HERE, THERE, REPAIR, PART = new_id(), new_id(), new_id(), new_id()
OLD, NEW, LATER = date(2020, 1, 1), date(2026, 1, 1), date(2026, 7, 1)


def row(percent: str, starts_on: date = OLD, branch: Any = None, repair: Any = None, part: Any = None) -> TaxRow:
    return TaxRow(branch, repair, part, starts_on, D(percent))


@pytest.mark.parametrize(
    ("rows", "percent"),
    [
        ([], "0"),
        ([row("19")], "19"),
        ([row("19"), row("16", NEW)], "16"),
        ([row("19"), row("16", LATER)], "19"),
        ([row("19", LATER)], "0"),
        ([row("19", NEW), row("7", part=PART)], "7"),
        ([row("19", NEW), row("7", repair=REPAIR)], "7"),
        ([row("5", NEW, repair=REPAIR), row("7", part=PART)], "7"),
        ([row("5", NEW, part=PART), row("7", repair=REPAIR, part=PART)], "7"),
        ([row("5", NEW, repair=REPAIR, part=PART), row("8", branch=HERE)], "8"),
        ([row("5"), row("8", branch=THERE)], "5"),
        ([row("5"), row("8", part=HERE)], "5"),
        ([row("5"), row("8", repair=HERE)], "5"),
        ([row("8", branch=HERE), row("0", NEW, branch=HERE)], "0"),
    ],
)
def test_the_rule_that_names_the_most_holds(rows: list[TaxRow], percent: str) -> None:
    for listed in (rows, rows[::-1]):
        found = tax_percent(listed, branch_id=HERE, repair_type_id=REPAIR, part_type_id=PART, on=date(2026, 3, 1))
        assert found == D(percent)


CURRENCIES = st.sampled_from([("USD", 2), ("JPY", 0), ("KWD", 3)])
RAW = st.lists(
    st.tuples(st.integers(1, 1000), st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 100_000)), max_size=8
)


def lines_of(digits: int, raw: list[tuple[int, int, int, int]]) -> list[LineAmounts]:
    return [
        LineAmounts(
            quantity,
            D(minor).scaleb(-digits),
            D(quantity * minor * discount // 100).scaleb(-digits),
            D(percent).scaleb(-3),
        )
        for quantity, minor, discount, percent in raw
    ]


@given(CURRENCIES, RAW, st.booleans())
@settings(max_examples=300, derandomize=True, database=None)
def test_what_stands_on_the_lines_adds_up_to_what_stands_on_the_order(
    currency: tuple[str, int], raw: list[tuple[int, int, int, int]], included: bool
) -> None:
    code, digits = currency
    lines = lines_of(digits, raw)
    totals = [line_total(line, code) for line in lines]
    taxes = [tax_of(total, one.tax_percent, code, included=included) for total, one in zip(totals, lines, strict=True)]

    found = order_amounts(lines, code, prices_include_tax=included)

    assert found.tax_total == sum(taxes, D(0))
    assert found.total == sum(totals, D(0)) + (D(0) if included else sum(taxes, D(0)))
    assert money.fits(found.total, code)
    assert money.fits(found.tax_total, code)


@given(CURRENCIES, st.integers(0, 10**9), st.integers(0, 100_000), st.booleans())
@settings(max_examples=300, derandomize=True, database=None)
def test_the_tax_is_right_to_half_a_minor_unit(
    currency: tuple[str, int], minor: int, thousandths: int, included: bool
) -> None:
    code, digits = currency
    total, percent = D(minor).scaleb(-digits), D(thousandths).scaleb(-3)

    tax = tax_of(total, percent, code, included=included)

    net = total - tax if included else total
    half = D("0.5").scaleb(-digits)
    # What the tax would be on what remains without it; within, half a unit of tax moves the net by as much.
    assert abs(net * percent / 100 - tax) <= half * (1 + percent / 100)
    assert 0 <= tax <= total


@given(CURRENCIES, RAW)
@settings(max_examples=200, derandomize=True, database=None)
def test_a_total_with_its_tax_does_not_depend_on_the_rate(
    currency: tuple[str, int], raw: list[tuple[int, int, int, int]]
) -> None:
    code, digits = currency
    untaxed = [(quantity, minor, discount, 0) for quantity, minor, discount, _ in raw]

    assert order_amounts(lines_of(digits, raw), code).total == order_amounts(lines_of(digits, untaxed), code).total


@pytest.fixture
def standard(db: None) -> TaxRule:
    rate = TaxRate.objects.create(name="standard", percent=D("19"))
    return TaxRule.objects.create(rate=rate, starts_on=OLD)


def answered(answer: Any) -> dict[str, Any]:
    data = answer.body["data"]
    names = ("subtotal", "taxTotal", "totalPrice", "balance", "pricesIncludeTax")
    return {name: data[name] for name in names} | {
        "lines": [(item["totalPrice"], item["taxPercent"], item["taxAmount"]) for item in data["items"]]
    }


@pytest.mark.parametrize(
    ("included", "amounts", "lines"),
    [
        (True, ("119.30", "19.05", "119.30"), [("119.00", "19.000", "19.00"), ("0.30", "19.000", "0.05")]),
        (False, ("119.30", "22.67", "141.97"), [("119.00", "19.000", "22.61"), ("0.30", "19.000", "0.06")]),
    ],
)
def test_an_order_keeps_its_tax_line_by_line(
    seller: Api, branch: Branch, standard: TaxRule, included: bool, amounts: tuple[str, str, str], lines: Any
) -> None:
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=included)
    items = [item_body(unitPrice="119.00", totalPrice="119.00"), item_body(unitPrice="0.10", quantity=3)]

    answer = seller.post("repairs", intake_body(branch, items=items))

    assert answer.status_code == 201
    subtotal, tax, total = amounts
    assert answered(answer) == {
        "subtotal": subtotal, "taxTotal": tax, "totalPrice": total, "balance": total, "pricesIncludeTax": included,
        "lines": lines,
    }  # fmt: skip
    assert answered(seller.get(f"repairs/{answer.body['data']['id']}")) == answered(answer)
    listed = seller.get("repairs").body["data"]["items"][0]
    assert (listed["taxTotal"], listed["totalPrice"]) == (tax, total)


def test_without_rates_nothing_is_taxed(seller: Api, branch: Branch) -> None:
    answer = seller.post("repairs", intake_body(branch, items=[item_body(unitPrice="100.00")]))

    assert answered(answer)["taxTotal"] == "0.00"
    assert answered(answer)["lines"] == [("100.00", "0.000", "0.00")]


def test_what_is_changed_in_the_table_changes_no_line_that_there_is(
    manager: Api, branch: Branch, standard: TaxRule
) -> None:
    repair = RepairTypeFactory()
    taken_in = order(branch, lines=[line(repair_type_id=repair.pk, unit_price=D("119.00"))])
    own = taken_in.lines.get()
    TaxRate.objects.update(percent=D(25))
    TaxRule.objects.update(starts_on=OLD + timedelta(days=1))
    WorkshopSettings.objects.create(branch=branch, prices_include_tax=False)

    manager.patch(f"repairs/{taken_in.pk}/items/{own.pk}", {"unitPrice": "238.00", "quantity": 2})
    own.refresh_from_db()
    first = (own.tax_percent, own.tax_amount)
    manager.patch(f"repairs/{taken_in.pk}/items/{own.pk}", {"repairTypeId": str(RepairTypeFactory().pk)})
    manager.post(f"repairs/{taken_in.pk}/items", item_body(unitPrice="125.00"))

    assert first == (D(19), D("76.00"))
    assert list(RepairLine.objects.values_list("tax_percent", "tax_amount")) == [(25, D("95.20")), (25, D("25.00"))]
    taken_in.refresh_from_db()
    assert (taken_in.tax_total, taken_in.total, taken_in.prices_include_tax) == (D("120.20"), D("601.00"), True)


def test_each_line_has_the_rate_of_its_work(branch: Branch, standard: TaxRule) -> None:
    part, repair, today = PartTypeFactory(), RepairTypeFactory(), timezone.now().date()
    reduced, spared = (TaxRate.objects.create(name=name, percent=share) for name, share in (("low", 7), ("none", 0)))
    TaxRule.objects.create(rate=reduced, part_type=part, starts_on=OLD)
    TaxRule.objects.create(rate=spared, repair_type=repair, branch=branch, starts_on=today)
    TaxRule.objects.create(rate=spared, part_type=part, starts_on=today + timedelta(days=3))
    lines = [line(), line(part_type_id=part.pk), line(repair_type_id=repair.pk)]

    here = order(branch, lines=lines)
    there = order(BranchFactory(), lines=lines)
    TaxRate.objects.filter(pk=standard.rate_id).update(is_active=False)
    after = order(branch, lines=[line()])

    assert [one.tax_percent for one in here.lines.all()] == [19, 7, 0]
    assert [one.tax_percent for one in there.lines.all()] == [19, 7, 19]
    assert after.tax_total == 0


def test_the_diagnosis_fee_is_agreed_at_the_intake(seller: Api, branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, diagnosis_fee=D("20"))

    usual = seller.post("repairs", intake_body(branch)).body["data"]
    named = seller.post("repairs", intake_body(branch, diagnosisFee="5")).body["data"]
    edited = seller.patch(f"repairs/{usual['id']}", {"diagnosisFee": "12.50"}).body["data"]
    wrong = seller.patch(f"repairs/{usual['id']}", {"diagnosisFee": "0.001"})

    assert [found["diagnosisFee"] for found in (usual, named, edited)] == ["20.00", "5.00", "12.50"]
    assert (wrong.status_code, wrong.body["details"][0]["field"]) == (400, "diagnosisFee")
    assert RepairOrder.objects.get(pk=usual["id"]).diagnosis_fee == D("12.5")


def test_a_look_that_led_to_no_repair_costs_the_fee(manager: Api, branch: Branch) -> None:
    WorkshopSettings.objects.create(branch=branch, diagnosis_fee=D("20"))
    looked_at, untouched = order(branch, status="in_progress"), order(branch)
    moves = manager.get(f"repairs/{looked_at.pk}/transitions").body["data"]["items"]

    charged = manager.put(f"repairs/{looked_at.pk}/status", {"status": "cancelled"}).body["data"]
    free = manager.put(f"repairs/{untouched.pk}/status", {"status": "cancelled"}).body["data"]
    back = manager.put(f"repairs/{looked_at.pk}/status", {"status": "ready_pickup"}).body["data"]
    again = manager.put(f"repairs/{looked_at.pk}/status", {"status": "in_progress", "notes": "yes"}).body["data"]

    assert [move["effects"] for move in moves if move["to"] == "cancelled"] == [
        ["The diagnosis fee of 20.00 USD is charged."]
    ]
    assert [(found["returnFee"], found["balance"]) for found in (charged, free, back, again)] == [
        ("20.00", "20.00"), ("0.00", "0.00"), ("20.00", "20.00"), ("0.00", "100.00"),
    ]  # fmt: skip


def test_a_fee_that_is_owed_blocks_the_hand_over(seller: Api, branch: Branch) -> None:
    taken_in = order(branch, status="in_progress>cancelled>ready_pickup", diagnosis_fee=D(20))
    url = f"repairs/{taken_in.pk}"

    refused = seller.put(f"{url}/status", {"status": "delivered"})
    too_much = seller.post(f"{url}/payments", {"amount": "20.01", "method": "cash"})
    paid = seller.post(f"{url}/payments", {"amount": "20", "method": "cash"})
    done = seller.put(f"{url}/status", {"status": "delivered"})

    assert (refused.status_code, refused.body["error"]) == (409, "20.00 USD is still to be paid.")
    assert too_much.body["error"] == "Only 20.00 USD is owed."
    assert (paid.status_code, done.status_code) == (201, 200)
