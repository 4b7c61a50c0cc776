"""Warranties: one for each line at the hand-over, and what a claim owes to them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.models import FaultyPart, RepairOrder, Terms, Warranty
from apps.repairs.rules.warranties import Promise, continued, promised, wording
from apps.repairs.services import Failure, PaymentRequest, change_status, report_faulty, return_part, take_payment
from tests.conftest import Api
from tests.factories import PartTypeFactory, PriceFactory, SupplierFactory, line, order, stocked
from tests.inventory.purchases import ordered, received, wanted
from tests.repairs.contract import SYSTEM, WAY_TO, books, events_of, named
from tests.repairs.quoting import token_of

DELIVERED = WAY_TO["delivered"]
MAY = date(2026, 5, 31)


@pytest.mark.parametrize(
    ("months", "today", "ends"),
    [
        (1, date(2026, 1, 31), date(2026, 2, 28)),
        (6, MAY, date(2026, 11, 30)),
        (12, date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_warranty_ends_on_the_same_day_of_a_later_month(months: int, today: date, ends: date) -> None:
    assert promised(months, today) == Promise(months, today, ends)
    assert promised(0, today) is None


@pytest.mark.parametrize(("days", "starts"), [(0, MAY), (-30, MAY - timedelta(days=30)), (30, MAY)])
def test_what_is_replaced_under_warranty_keeps_its_end(days: int, starts: date) -> None:
    first = Promise(6, date(2025, 12, 1), MAY)

    assert continued(first, MAY + timedelta(days=days)) == Promise(6, starts, MAY)


def _delivered(branch: Branch, *lines: Any, **fields: Any) -> RepairOrder:
    return order(branch, status=DELIVERED, lines=list(lines), **fields)


def _part_line(branch: Branch, months: int = 6, units: int = 5, **fields: Any) -> Any:
    part_type = PartTypeFactory(warranty_months=months)
    return line(stocked(units, branch), part_type_id=part_type.pk, **fields)


def test_each_line_with_months_has_a_warranty_from_the_day_at_the_branch(manager: Api, branch: Branch) -> None:
    branch.timezone = "Pacific/Kiritimati"
    branch.save()
    found = _delivered(branch, _part_line(branch, 6), _part_line(branch, 0), _part_line(branch, 12))
    today = timezone.now().astimezone(branch.zone).date()

    rows = manager.get(f"repairs/{found.pk}/warranties").body["data"]["items"]
    items = manager.get(f"repairs/{found.pk}").body["data"]["items"]

    assert [(row["lineId"], row["months"], row["startsOn"]) for row in rows] == [
        (items[0]["id"], 6, str(today)), (items[2]["id"], 12, str(today)),
    ]  # fmt: skip
    assert [item["warrantyUntil"] for item in items] == [rows[0]["endsOn"], None, rows[1]["endsOn"]]
    repair, part = items[0]["repairType"]["name"], items[0]["partType"]["name"]
    assert rows[0]["description"] == f"{repair}, {part}"
    told = wording(rows[0]["description"], Promise(6, today, date.fromisoformat(rows[0]["endsOn"])))
    assert (rows[0]["terms"], rows[0]["continuesWarrantyId"]) == (told, None)
    assert len(events_of(found, "repairs.warranties_started")[0]["warranty_ids"]) == 2


def test_the_terms_of_the_branch_stay_as_they_were(branch: Branch) -> None:
    Terms.objects.create(purpose="hand_over", language="en", text="for all")
    own = Terms.objects.create(branch=branch, purpose="hand_over", language="en", text="as of today")
    found = _delivered(branch, _part_line(branch))

    own.text = "as of tomorrow"
    own.save()

    assert Warranty.objects.get(order=found).terms == "as of today"
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE repairs_warranty SET ends_on = '2099-01-01'")


def test_what_goes_back_unrepaired_or_without_its_part_has_none(manager: Api, branch: Branch) -> None:
    unrepaired = order(branch, status="cancelled>ready_pickup>delivered", lines=[_part_line(branch)])
    again = order(
        branch, status="in_progress>completed>in_progress",
        lines=[_part_line(branch, unit_price=Decimal(0)) for _ in range(4)],
    )  # fmt: skip
    back, broken, replaced, kept = again.lines.all()
    return_part(again.pk, back.pk, "not needed", actor=SYSTEM)
    report_faulty(again.pk, broken.pk, Failure("dead"), actor=SYSTEM)
    report_faulty(again.pk, replaced.pk, Failure("dead", replace=True), actor=SYSTEM)
    for step in ("completed", "ready_pickup", "delivered"):
        change_status(again.pk, OrderStatus(step), actor=SYSTEM)

    assert unrepaired.warranties.count() == 0
    assert set(again.warranties.values_list("line_id", flat=True)) == {replaced.pk, kept.pk}


def _claim(api: Api, found: RepairOrder, **fields: Any) -> Any:
    return api.post(f"repairs/{found.pk}/warranty-claim", {"issueDescription": "again", **fields})


def _finish(pk: str, amount: str | None = None) -> RepairOrder:
    for step in ("in_progress", "completed", "ready_pickup"):
        change_status(pk, OrderStatus(step), actor=SYSTEM)
    if amount:
        take_payment(pk, PaymentRequest(Decimal(amount), "payment", "cash"), actor=SYSTEM)
    return change_status(pk, OrderStatus.DELIVERED, actor=SYSTEM)


def test_a_first_repair_tells_what_of_it_is_covered_today(seller: Api, branch: Branch) -> None:
    found = _delivered(branch, _part_line(branch), line())

    data = seller.get(f"repairs/{found.pk}/warranty").body["data"]

    row = found.warranties.get()
    assert [(item["covered"], item["until"], item["warrantyId"]) for item in data["items"]] == [
        (True, str(row.ends_on), str(row.pk)), (False, None, None),
    ]  # fmt: skip


def test_a_claim_keeps_the_first_end_however_often_the_part_is_replaced(manager: Api, branch: Branch) -> None:
    found = _delivered(branch, _part_line(branch))
    first = found.warranties.get()

    claims = [_claim(manager, found).body["data"]["id"]]
    _finish(claims[0])
    claims.append(manager.post(f"repairs/{claims[0]}/warranty-claim", {"issueDescription": "3"}).body["data"]["id"])
    _finish(claims[1])

    rows = [Warranty.objects.get(order=pk) for pk in claims]
    assert [row.ends_on for row in rows] == [first.ends_on] * 2
    assert [row.continues_id for row in rows] == [first.pk, rows[0].pk]
    assert [str(row.order.total) for row in rows] == ["0.000", "0.000"]
    assert [row.line.warranty_until for row in rows] == [first.ends_on] * 2
    page = manager.get(f"track/{token_of(rows[1].order)}").body["data"]
    assert page["warranties"] == [{"description": first.description, "until": str(first.ends_on)}]


def test_lines_of_a_claim_can_be_chosen_and_others_added(seller: Api, branch: Branch) -> None:
    found = _delivered(branch, _part_line(branch), _part_line(branch))
    chosen, repair = found.lines.all()[1], found.lines.all()[0].repair_type_id

    extra = {"repairTypeId": str(repair), "unitPrice": "15.00"}
    data = _claim(seller, found, lineIds=[str(chosen.pk)], items=[extra]).body["data"]

    assert [(row["totalPrice"], row["coveredByWarrantyId"]) for row in data["items"]] == [
        ("15.00", None), ("0.00", str(chosen.warranty.pk)),
    ]  # fmt: skip


@pytest.mark.parametrize("ids", [[], ["01234567-89ab-7def-8123-456789abcdef"]])
def test_a_claim_on_lines_that_are_not_there_takes_nothing_in(seller: Api, branch: Branch, ids: list[str]) -> None:
    found = _delivered(branch, _part_line(branch))
    before = books()

    answer = _claim(seller, found, lineIds=ids)

    assert (answer.status_code, [field for field, _ in named(answer)]) == (400, ["lineIds"])
    assert books() == before


def test_what_was_never_warranted_costs_what_is_listed_now(seller: Api, branch: Branch) -> None:
    found = _delivered(branch, line(), line())
    listed, other = found.lines.all()
    PriceFactory(device_model=found.device_model, repair_type=listed.repair_type, price=Decimal("77.00"))

    data = _claim(seller, found).body["data"]

    assert [row["totalPrice"] for row in data["items"]] == ["77.00", str(other.unit_price.quantize(Decimal("0.01")))]


@pytest.mark.parametrize(("days", "runs"), [(-1, True), (0, True), (1, False)])
def test_a_warranty_runs_to_its_last_day(days: int, runs: bool) -> None:
    assert Promise(6, MAY - timedelta(days=180), MAY).runs_on(MAY + timedelta(days=days)) is runs


def test_what_was_warranted_once_is_charged_after_its_last_day(seller: Api, branch: Branch) -> None:
    found = order(branch, status="in_progress>completed>ready_pickup", lines=[_part_line(branch, 1)])
    take_payment(found.pk, PaymentRequest(Decimal(100), "payment", "cash"), actor=SYSTEM)
    change_status(found.pk, OrderStatus.DELIVERED, actor=SYSTEM, at=timezone.now() - timedelta(days=40))

    shown = seller.get(f"repairs/{found.pk}/warranty").body["data"]["items"][0]
    row = _claim(seller, found).body["data"]["items"][0]

    assert (shown["covered"], shown["until"]) == (False, str(found.warranties.get().ends_on))
    assert (row["totalPrice"], row["coveredByWarrantyId"]) == ("100.00", None)


def test_a_covered_line_stays_free_until_a_manager_says_why_not(manager: Api, seller: Api, branch: Branch) -> None:
    claim = _claim(seller, _delivered(branch, _part_line(branch))).body["data"]
    path = f"repairs/{claim['id']}/items/{claim['items'][0]['id']}"
    before = books()

    raised = [
        manager.patch(path, body).status_code
        for body in ({"discount": "0"}, {"unitPrice": "300"}, {"quantity": 2}, {"unitPrice": "200", "discount": "100"})
    ]
    forbidden = seller.post(f"{path}/charge", {"reason": "dropped"}).status_code
    unchanged = books() == before
    cheaper = manager.patch(path, {"unitPrice": "50", "discount": "50"}).body["data"]
    charged = manager.post(f"{path}/charge", {"reason": "dropped into water"}).body["data"]

    assert (raised, forbidden, unchanged) == ([409] * 4, 403, True)
    assert (cheaper["totalPrice"], cheaper["coveredByWarrantyId"] is None) == ("0.00", False)
    assert (charged["totalPrice"], charged["discount"], charged["coveredByWarrantyId"]) == ("50.00", "0.00", None)
    assert RepairOrder.objects.get(pk=claim["id"]).total == Decimal(50)
    assert events_of(RepairOrder(pk=claim["id"]), "repairs.line_charged")[0]["reason"] == "dropped into water"
    assert manager.post(f"{path}/charge", {"reason": "again"}).status_code == 409


def test_the_part_that_failed_is_linked_from_the_claim_to_its_first_repair(seller: Api, branch: Branch) -> None:
    maker = SupplierFactory(currency=branch.currency)
    template = _part_line(branch, units=0)
    part = stocked(0, branch)
    received(ordered(branch, wanted(part, 3), supplier=maker), (1, 3))
    found = _delivered(branch, line(part, part_type_id=template.part_type_id))
    failed = {"lineId": str(found.lines.get().pk), "reason": "no touch", "serialNumber": "X-1"}

    answer = _claim(seller, found, faultyParts=[failed])

    row = FaultyPart.objects.get()
    assert (answer.status_code, str(row.order_id)) == (201, answer.body["data"]["id"])
    assert (row.line_id, row.item_id, row.supplier_id, row.serial_number, row.reason) == (
        found.lines.get().pk, part.pk, maker.pk, "X-1", "no touch",
    )  # fmt: skip


def test_a_failed_part_that_was_never_built_in_takes_nothing_in(seller: Api, branch: Branch) -> None:
    found = _delivered(branch, line())
    before = books()

    answer = _claim(seller, found, faultyParts=[{"lineId": str(found.lines.get().pk), "reason": "x"}])

    assert (answer.status_code, named(answer)) == (400, [("faultyParts.0.lineId", "does_not_exist")])
    assert books() == before
