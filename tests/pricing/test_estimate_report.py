"""How right estimates were: exact arithmetic, within the reader's scope."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.models import RepairType
from apps.core.ids import new_id
from apps.inventory.models import Branch
from apps.pricing.models import EstimateRecord
from apps.pricing.rules import Interval, Settled, accuracy_of
from apps.pricing.services import TakenEstimate, keep_estimates, settle_estimates
from tests.admin.office import Office, text
from tests.conftest import Api
from tests.factories import BranchFactory, DeviceModelFactory, RepairTypeFactory, member
from tests.pricing.shops import SYSTEM

pytestmark = pytest.mark.django_db
KIND = "repairs.repairline"


@pytest.fixture
def boss() -> Office:
    return Office(member("admin", None))


def took(repair: RepairType, price: str, actual: str | None = None, **fields: Any) -> EstimateRecord:
    """An estimate of ``price`` give or take ten, and what the price became."""
    amount = Decimal(price)
    taken = TakenEstimate(
        new_id(), DeviceModelFactory().pk, repair.pk, None, "", Interval(amount, amount - 10, amount + 10), "USD",
        Decimal("0.5"), fields.pop("method", "similar_prices"), **fields,
    )  # fmt: skip
    keep_estimates(KIND, [taken], actor=SYSTEM)
    if actual is not None:
        settle_estimates(KIND, {taken.source_id: Decimal(actual)}, actor=SYSTEM)
    return EstimateRecord.objects.get(source_id=taken.source_id)


def figures(
    count: int, settled: int, error: float | None, coverage: float | None, bias: float | None
) -> dict[str, Any]:
    return {
        "count": count, "settled": settled, "medianAbsolutePercentageError": error, "coverage": coverage, "bias": bias,
    }  # fmt: skip


def test_report_counts_and_measures(admin: Api) -> None:
    screen, battery = RepairTypeFactory(name="Screen"), RepairTypeFactory(name="Battery")
    took(screen, "110.00", "100.00")  # a tenth too high, within
    took(screen, "150.00", "200.00")  # a quarter too low, outside
    took(screen, "60.00")
    took(battery, "50.00", "50.00", method="few_prices")

    data = admin.get("pricing/estimates/report").body["data"]

    screens = figures(3, 2, 17.5, 0.5, -0.075)
    assert data == {
        "total": figures(4, 3, 10.0, 0.6667, 0.0),
        "byRepairType": [
            {"repairType": {"id": str(battery.pk), "name": "Battery"}, "accuracy": figures(1, 1, 0.0, 1.0, 0.0)},
            {"repairType": {"id": str(screen.pk), "name": "Screen"}, "accuracy": screens},
        ],
        "byMethod": [
            {"method": "few_prices", "accuracy": figures(1, 1, 0.0, 1.0, 0.0)},
            {"method": "similar_prices", "accuracy": screens},
        ],
    }


def test_report_of_nothing_knows_nothing(admin: Api) -> None:
    assert admin.get("pricing/estimates/report").body["data"] == {
        "total": figures(0, 0, None, None, None), "byRepairType": [], "byMethod": [],
    }  # fmt: skip


def test_an_estimate_without_an_interval_does_not_count_towards_coverage() -> None:
    point = Settled(Decimal(80), Decimal(80), Decimal(80), Decimal(100))
    wide = Settled(Decimal(80), Decimal(60), Decimal(100), Decimal(100))

    assert accuracy_of(3, [point, wide]).coverage == 1
    assert accuracy_of(3, [point]).coverage is None
    assert accuracy_of(3, [point]).bias == Decimal("-0.2000")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2), ("dateFrom=2026-06-10", 2), ("dateFrom=2026-06-11", 1), ("dateTo=2026-06-10", 1),
        ("dateFrom=2026-06-11&dateTo=2026-06-19", 0), ("branchId={branch}", 1),
    ],
)  # fmt: skip
def test_report_is_of_a_period_and_a_branch(admin: Api, query: str, count: int) -> None:
    repair, branch = RepairTypeFactory(), BranchFactory()
    for day, fields in ((10, {"branch_id": branch.pk}), (20, {})):
        made = took(repair, "50.00", **fields)
        EstimateRecord.objects.filter(pk=made.pk).update(created_at=datetime(2026, 6, day, 23, 59, tzinfo=UTC))

    answer = admin.get(f"pricing/estimates/report?{query.format(branch=branch.pk)}")

    assert answer.body["data"]["total"]["count"] == count


@pytest.mark.parametrize(
    "query", ["dateFrom=soon", "branchId=x", "colour=red", "dateFrom=2026-01-01&dateFrom=2026-01-02"]
)
def test_report_of_a_question_that_is_none_is_refused(admin: Api, query: str) -> None:
    answer = admin.get(f"pricing/estimates/report?{query}")

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")


def test_a_manager_reads_of_the_own_branches_and_of_the_list(branch: Branch, other_branch: Branch) -> None:
    repair = RepairTypeFactory()
    own, listed = took(repair, "50.00", branch_id=branch.pk), took(repair, "60.00")
    foreign = took(repair, "70.00", branch_id=other_branch.pk)
    manager = Api(member("manager", branch))

    rows = manager.get("pricing/estimates").body["data"]["items"]
    report = manager.get("pricing/estimates/report").body["data"]
    hidden = manager.get(f"pricing/estimates/{foreign.pk}")

    assert {row["id"] for row in rows} == {str(own.pk), str(listed.pk)}
    assert (report["total"]["count"], hidden.status_code) == (2, 404)


def test_list_tells_the_error_and_finds_by_what_is_asked(admin: Api) -> None:
    repair = RepairTypeFactory()
    settled, waiting = took(repair, "110.00", "100.00"), took(repair, "50.00")
    took(RepairTypeFactory(), "70.00")

    def found(query: str) -> dict[str, Any]:
        return {row["id"]: row["error"] for row in admin.get(f"pricing/estimates?{query}").body["data"]["items"]}

    assert found(f"repairTypeId={repair.pk}&settled=true") == {str(settled.pk): 0.1}
    assert found(f"repairTypeId={repair.pk}&settled=false") == {str(waiting.pk): None}
    assert set(found(f"deviceModelId={waiting.device_model_id}")) == {str(waiting.pk)}
    assert found(f"branchId={new_id()}") == {}


def test_what_is_settled_stays_settled() -> None:
    record = took(RepairTypeFactory(), "110.00", "100.00")

    again = settle_estimates(KIND, {record.source_id: Decimal("90.00")}, actor=SYSTEM)

    record.refresh_from_db()
    assert (again, record.actual_price) == (0, Decimal("100.00"))


def test_report_in_the_back_office(boss: Office) -> None:
    took(RepairTypeFactory(name="Screen"), "110.00", "100.00")

    page = boss.get("/admin/pricing/estimaterecord/report/")
    refused = boss.get("/admin/pricing/estimaterecord/report/?date_from=soon")

    assert page.status_code == 200
    assert "Screen" in text(page)
    assert "10.0 %" in text(page)
    assert refused.status_code == 200
    assert "Enter a valid date" in text(refused)


def test_training_is_asked_for_in_the_back_office(boss: Office) -> None:
    asked = boss.get("/admin/pricing/estimatorversion/train/")
    done = boss.post("/admin/pricing/estimatorversion/train/")

    assert (asked.status_code, done.status_code) == (200, 302)
