"""Rules that make prices over HTTP: what they take, what they refuse, and what their history says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from apps.audit.models import Event
from apps.inventory.models import Branch
from apps.pricing.models import BranchPriceRule, MarginRule
from apps.pricing.selectors import best_margin_rule, margin_rules_on
from tests.conftest import Api
from tests.factories import (
    BranchPriceRuleFactory,
    BrandFactory,
    MarginRuleFactory,
    PartTypeFactory,
    PriceFactory,
    RepairTypeFactory,
)

NOBODY = UUID("01234567-89ab-7def-8123-456789abcdef")


def told(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(row["field"], row["code"]) for row in answer.body["details"]]


def test_branch_rule_is_created_and_answered_in_full(manager: Api, branch: Branch) -> None:
    repair, brand = RepairTypeFactory(name="Screen"), BrandFactory(name="Nokia")
    given = {
        "branchId": str(branch.pk), "repairTypeId": str(repair.pk), "brandId": str(brand.pk), "deviceType": "phone",
        "partQuality": "original", "markupPercent": "-7.50", "addedAmount": "-2.00", "roundingStep": "5.00",
        "roundingEnding": "-0.01", "isActive": True, "validFrom": "2026-06-01", "validUntil": "2026-12-31",
        "notes": "by the station",
    }  # fmt: skip

    answer = manager.post("pricing/branch-rules", given | {"reason": "rent"})

    assert answer.status_code == 201
    data = answer.body["data"]
    assert {name: data[name] for name in data if name not in {"id", "createdAt", "updatedAt"}} == given | {
        "branch": {"id": str(branch.pk), "name": "Harbour", "code": "HAR"},
        "repairType": {"id": str(repair.pk), "name": "Screen"},
        "brand": {"id": str(brand.pk), "name": "Nokia"},
        "currency": "USD",
    }
    row = manager.get(f"pricing/branch-rules/{data['id']}/history").body["data"]["items"][0]
    assert (row["type"], row["payload"]["reason"]) == ("pricing.branchpricerule.created", "rent")
    assert row["payload"]["changes"]["addedAmount"] == [None, "-2.00"]


def test_margin_rule_is_created_and_answered_in_full(manager: Api) -> None:
    part = PartTypeFactory(name="Display")
    given = {"partTypeId": str(part.pk), "markupPercent": "80.00", "labourAmount": "35.00", "minimumPrice": "49.00",
             "currency": "EUR", "roundingStep": "10.00", "roundingEnding": "-1.00", "validFrom": "2026-06-01"}  # fmt: skip

    data = manager.post("pricing/margin-rules", given).body["data"]

    assert {name: data[name] for name in given} == given
    assert (data["partType"], data["repairType"], data["deviceType"]) == (
        {"id": str(part.pk), "name": "Display"}, None, "",
    )  # fmt: skip
    assert (data["isActive"], data["validUntil"], data["notes"]) == (True, None, "")


def test_rule_is_changed_and_taken_away_with_a_reason(manager: Api, branch: Branch) -> None:
    rule = BranchPriceRuleFactory(branch=branch)
    path = f"pricing/branch-rules/{rule.pk}"

    changed = manager.patch(path, {"markupPercent": "12", "reason": "rent"})
    answered = manager.put(path, changed.body["data"] | {"notes": "by the station"})
    gone = manager.delete(f"{path}?reason=moved")

    assert (changed.body["data"]["markupPercent"], answered.body["data"]["notes"]) == ("12.00", "by the station")
    assert gone.status_code == 204
    assert not BranchPriceRule.objects.exists()
    events = Event.objects.filter(aggregate_id=rule.pk).order_by("id")
    assert [(event.type.rpartition(".")[2], event.payload.get("reason")) for event in events] == [
        ("updated", "rent"), ("updated", None), ("deleted", "moved"),
    ]  # fmt: skip


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("branch", {"branchId": None}, "branchId", "null"),
    ("branch", {"branchId": str(NOBODY)}, "branchId", "does_not_exist"),
    ("branch", {"markupPercent": "-90.01"}, "markupPercent", "min_value"),
    ("branch", {"markupPercent": "1000.01"}, "markupPercent", "max_value"),
    ("branch", {"addedAmount": "0.001"}, "addedAmount", "invalid"),
    ("branch", {"roundingStep": "-1"}, "roundingStep", "min_value"),
    ("branch", {"roundingStep": "0.001"}, "roundingStep", "invalid"),
    ("branch", {"roundingEnding": "1"}, "roundingEnding", "invalid"),
    ("branch", {"roundingStep": "5", "roundingEnding": "-5"}, "roundingEnding", "invalid"),
    ("branch", {"validFrom": "2026-06-02", "validUntil": "2026-06-01"}, "validUntil", "invalid"),
    ("branch", {"deviceType": "toaster"}, "deviceType", "invalid_choice"),
    ("branch", {"partTypeId": None}, "partTypeId", "unknown_field"),
    ("branch", {"currency": "USD"}, "currency", "unknown_field"),
    ("margin", {"markupPercent": "-1"}, "markupPercent", "min_value"),
    ("margin", {"labourAmount": "-1"}, "labourAmount", "min_value"),
    ("margin", {"minimumPrice": "1.005"}, "minimumPrice", "invalid"),
    ("margin", {"currency": "QQQ"}, "currency", "invalid"),
    ("margin", {"currency": "JPY", "labourAmount": "0.5"}, "labourAmount", "invalid"),
    ("margin", {"reason": "x" * 201}, "reason", "max_length"),
]


@pytest.mark.parametrize(("kind", "fields", "field", "code"), BAD, ids=str)
def test_rule_with_a_value_that_is_none_is_refused(
    manager: Api, branch: Branch, kind: str, fields: dict[str, Any], field: str, code: str
) -> None:
    whole = {"markupPercent": "5"} | ({"branchId": str(branch.pk)} if kind == "branch" else {})

    answer = manager.post(f"pricing/{kind}-rules", whole | fields)

    assert told(answer) == (400, [(field, code)])
    assert not BranchPriceRule.objects.exists()
    assert not MarginRule.objects.exists()


def test_rule_is_not_changed_into_one_that_would_be_refused(manager: Api, branch: Branch) -> None:
    rule = BranchPriceRuleFactory(branch=branch, rounding_step=Decimal(5), rounding_ending=Decimal(-1))

    answer = manager.patch(f"pricing/branch-rules/{rule.pk}", {"roundingStep": "1"})

    assert told(answer) == (400, [("roundingEnding", "invalid")])
    assert BranchPriceRule.objects.get().rounding_step == 5


def test_rules_are_filtered_by_what_they_name(seller: Api, branch: Branch) -> None:
    part = PartTypeFactory()
    plain = BranchPriceRuleFactory(branch=branch, is_active=False)
    exact = BranchPriceRuleFactory(device_type="phone", part_quality="original", repair_type=RepairTypeFactory())
    margin = MarginRuleFactory(part_type=part)
    MarginRuleFactory()

    def found(query: str) -> set[str]:
        return {row["id"] for row in seller.get(f"pricing/{query}").body["data"]["items"]}

    assert found(f"branch-rules?branchId={branch.pk}") == found("branch-rules?isActive=false") == {str(plain.pk)}
    for query in ("deviceType=phone", "partQuality=original", f"repairTypeId={exact.repair_type_id}", "isActive=true"):
        assert found(f"branch-rules?{query}") == {str(exact.pk)}
    assert found(f"margin-rules?partTypeId={part.pk}") == {str(margin.pk)}


def test_the_margin_rule_of_a_price_is_the_most_exact_one_in_its_currency(db: None) -> None:
    part = PartTypeFactory()
    price = PriceFactory(part_type=part)
    general, exact = MarginRuleFactory(), MarginRuleFactory(part_type=part)
    MarginRuleFactory(part_type=part, repair_type=price.repair_type, currency="EUR")
    MarginRuleFactory(part_type=part, repair_type=price.repair_type, is_active=False)
    MarginRuleFactory(part_type=part, repair_type=price.repair_type, valid_from=date(2100, 1, 1))

    active = margin_rules_on(date(2099, 1, 1))

    assert best_margin_rule(price, active) == exact
    assert best_margin_rule(PriceFactory(), active) == general
    assert best_margin_rule(PriceFactory(currency="JPY"), active) is None
