"""Prices and the rules that make them in the back office: margins, histories, reasons and examples."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.inventory.models import Branch
from apps.pricing.models import BranchPriceRule, MarginRule, Price
from tests.admin.office import Office, events, text
from tests.factories import (
    BranchPriceRuleFactory,
    BrandFactory,
    DeviceModelFactory,
    MarginRuleFactory,
    PriceFactory,
    RepairTypeFactory,
)

NEW_YEAR = date(2026, 1, 1)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def tables(page: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table.title: table.rows for table in page.context["tables"]}


@pytest.mark.exhaustive
def test_a_price_shows_who_changed_it_and_why(boss: Office) -> None:
    price = PriceFactory(valid_from=NEW_YEAR, source="import")

    boss.save(price, price="89.50", cost="50", reason="rival is cheaper")
    rows = tables(boss.open(price))["History"]

    assert [row[1:] for row in rows] == [
        (boss.user.get_full_name(), "updated: price 99.00 → 89.50; cost – → 50.00; source import → person",
         "rival is cheaper"),
    ]  # fmt: skip
    assert events("pricing.price.updated")[0].payload["reason"] == "rival is cheaper"


def test_a_price_shows_its_margin_and_what_is_charged_otherwise(boss: Office, branch: Branch) -> None:
    price = PriceFactory(valid_from=NEW_YEAR, cost=Decimal("66.00"))
    same = {"device_model": price.device_model, "repair_type": price.repair_type}
    PriceFactory(**same, branch=branch, price=Decimal("89.00"), valid_from=NEW_YEAR)
    PriceFactory(**same, part_quality="aftermarket_economy")

    page = boss.open(price)

    assert "33.00 (33.3 %)" in text(page)
    assert tables(page)["The same repair on other days and elsewhere"] == [(NEW_YEAR, "–", "Harbour", "89.00", "–")]
    assert page.templates[0].name == "admin/pricing/price/change_form.html"
    assert "admin/pricing/price/estimate.html" in {template.name for template in page.templates}


def test_a_new_price_is_made_with_its_branch_and_a_reason(chief: Office, branch: Branch) -> None:
    chief.add(
        Price, device_model=DeviceModelFactory().pk, repair_type=RepairTypeFactory().pk, price="99.00",
        branch=branch.pk, reason="opening",
    )  # fmt: skip

    assert Price.objects.get().branch == branch
    assert [event.payload["reason"] for event in events("pricing.price.created")] == ["opening"]


def test_a_price_of_another_branch_is_shown_and_not_changed(chief: Office, other_branch: Branch) -> None:
    price = PriceFactory(branch=other_branch)

    page = chief.open(price)
    sent = chief.post(f"/admin/pricing/price/{price.pk}/change/", price="1.00")

    assert (page.status_code, page.context["has_change_permission"], page.context["has_delete_permission"]) == (
        200, False, False,
    )  # fmt: skip
    assert sent.status_code == 403
    assert Price.objects.get().price == Decimal("99.00")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["price", "cost"])
def test_an_amount_that_is_none_is_an_error_at_its_field(boss: Office, name: str) -> None:
    price = PriceFactory(valid_from=NEW_YEAR)

    answer = boss.save(price, **{name: "1.005", "reason": "typed"})

    assert errors(answer) == {name: ["This is not an amount of USD."]}
    assert 'value="typed"' in text(answer)
    assert events("pricing.price.updated") == []


@pytest.mark.exhaustive
@time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC), tick=False)
def test_prices_are_filtered_by_validity_source_cost_and_branch(boss: Office, branch: Branch) -> None:
    listed = PriceFactory(valid_from=NEW_YEAR, cost=Decimal("120.00"), source="import")
    own = PriceFactory(valid_from=NEW_YEAR, branch=branch, cost=Decimal("20.00"))
    past = PriceFactory(valid_from=NEW_YEAR, valid_until=date(2026, 6, 14))
    office = Office(boss.user)

    def shown(**query: str) -> set[Any]:
        return office.shown(Price, **query)

    assert shown(validity="today") == {listed.pk, own.pk}
    assert shown(validity="other") == shown(cost_known="no") == {past.pk}
    assert shown(cost_known="yes") == {listed.pk, own.pk}
    assert shown(cost_known="loss") == shown(source__exact="import") == {listed.pk}
    assert shown(branch__id__exact=str(branch.pk)) == {own.pk}
    assert shown(branch__isnull="True") == {listed.pk, past.pk}


def test_prices_are_put_in_order_by_their_margin(boss: Office) -> None:
    small = PriceFactory(price=Decimal("20.00"), cost=Decimal("19.00"))
    large = PriceFactory(price=Decimal("10.00"), cost=Decimal("1.00"))
    column = boss.list(Price).context["cl"].list_display.index("margin")

    page = boss.list(Price, o=f"-{column}", cost_known="yes")

    assert [row.pk for row in page.context["cl"].result_list] == [large.pk, small.pk]
    assert "9.00 (90.0 %)" in text(page)


@pytest.mark.exhaustive
def test_a_branch_rule_is_made_changed_and_taken_away_by_its_services(chief: Office, branch: Branch) -> None:
    chief.add(BranchPriceRule, branch=branch.pk, markup_percent="10", rounding_step="5", reason="rent")
    rule = BranchPriceRule.objects.get()
    chief.save(rule, added_amount="-2", rounding_ending="-0.01")
    page = chief.open(rule)
    chief.post(f"/admin/pricing/branchpricerule/{rule.pk}/delete/", post="yes")

    assert tables(page)["What becomes of 100.00 USD of the list"] == [
        ("+10 %", "110.00"), ("−2", "108.00"), ("to a multiple of 5, −0.01", "109.99"),
    ]  # fmt: skip
    assert not BranchPriceRule.objects.exists()
    told = [events(f"pricing.branchpricerule.{verb}")[0] for verb in ("created", "updated", "deleted")]
    assert [event.actor_id for event in told] == [chief.user.pk] * 3
    assert told[0].payload["reason"] == "rent"
    assert told[1].payload["changes"] == {"added_amount": ["0.00", "-2.00"], "rounding_ending": ["0.00", "-0.01"]}


def test_a_margin_rule_shows_what_it_makes_of_a_cost(boss: Office) -> None:
    rule = MarginRuleFactory(labour_amount=Decimal(35), rounding_step=Decimal(10), rounding_ending=Decimal(-1))

    assert tables(boss.open(rule)) == {
        "What becomes of a cost of 100.00 USD": [
            ("Cost", "100.00"), ("+100 %", "200.00"), ("+35 for the work", "235.00"), ("to a multiple of 10, −1", "239.00"),
        ]
    }  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"rounding_ending": "-5"}, {"rounding_ending": ["An ending must be smaller than the step."]}),
        ({"rounding_step": "0.001"}, {"rounding_step": ["This is not an amount of USD."]}),
        ({"valid_until": "2020-01-01"}, {"valid_until": ["A rule cannot end before it begins."]}),
    ],
)
def test_a_refused_rule_is_an_error_on_the_form(boss: Office, fields: dict[str, str], refused: dict[str, Any]) -> None:
    answer = boss.add(MarginRule, markup_percent="80", **fields)

    assert errors(answer) == refused
    assert not MarginRule.objects.exists()


def test_a_rule_of_another_branch_is_shown_and_not_changed(chief: Office, other_branch: Branch) -> None:
    rule = BranchPriceRuleFactory(branch=other_branch)

    page = chief.open(rule)
    sent = chief.post(f"/admin/pricing/branchpricerule/{rule.pk}/change/", markup_percent="1")

    assert (page.status_code, page.context["has_change_permission"], sent.status_code) == (200, False, 403)
    assert BranchPriceRule.objects.get().markup_percent == 10


@pytest.mark.parametrize("words", ["iPhone 12", "apple 12 screen", "A2403"])
def test_prices_are_found_by_names_and_not_by_what_is_in_a_number(boss: Office, words: str) -> None:
    brand, repair = BrandFactory(name="Apple"), RepairTypeFactory(name="Screen replacement")
    older = DeviceModelFactory(brand=brand, name="iPhone 11", aliases=["iPhone12,1"])
    newer = DeviceModelFactory(brand=brand, name="iPhone 12", aliases=["A2403"])
    PriceFactory(device_model=older, repair_type=repair)
    wanted = PriceFactory(device_model=newer, repair_type=repair)

    page = boss.client.get("/admin/pricing/price/", {"q": words})

    assert list(page.context["cl"].result_list) == [wanted]
