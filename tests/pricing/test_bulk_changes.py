"""Changes of many prices: seen before, done once, and undone to exactly what was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.audit.models import Event
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ValidationFailed
from apps.inventory.models import Branch
from apps.pricing.models import BulkChange, BulkChangeLine, MarginRule, Price
from apps.pricing.services import update_price
from apps.pricing.services.bulk_changes import PricesChanged, discard_change
from apps.pricing.services.change_steps import apply_change, undo_change
from tests.conftest import Api
from tests.factories import BranchFactory, BrandFactory, DeviceModelFactory, PartTypeFactory, PriceFactory, member
from tests.pricing.changing import SYSTEM, by, drafted, the_list

JUNE, JULY = date(2026, 6, 15), date(2026, 7, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    with time_machine.travel("2026-06-15T12:00:00Z", tick=False):
        yield


def priced(amount: str = "100", **fields: Any) -> Price:
    price: Price = PriceFactory(price=Decimal(amount), **{"valid_from": date(2026, 1, 1), **fields})
    return price


def preview(change: BulkChange) -> list[tuple[str, str | None, str]]:
    lines = change.lines.order_by("position")
    return [(line.before["price"], line.after.get("price"), line.kept_because) for line in lines]


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (by("percent", "10"), "110.00"),
        (by("percent", "-12.5"), "87.50"),
        (by("percent", "3.333"), "103.33"),
        (by("percent", "7", step="5", ending="-0.01"), "104.99"),
        (by("amount", "-1"), "99.00"),
        (by("set", "49.9"), "49.90"),
    ],
)
def test_a_draft_shows_what_it_would_make_of_each_price_and_changes_none(operation: Any, after: str) -> None:
    priced()
    before = the_list()

    change = drafted(operation)

    assert preview(change) == [("100.00", after, "")]
    assert (change.affected, change.status) == (1, "draft")
    assert the_list() == before


def test_a_selection_finds_prices_by_the_filters_of_the_list(branch: Branch) -> None:
    part = PartTypeFactory()
    model = DeviceModelFactory(brand=BrandFactory(name="Zed"), device_type="tablet")
    wanted = priced(
        device_model=model, part_type=part, part_quality="aftermarket_economy", branch=branch, source="import"
    )
    priced()
    priced(device_model=model, repair_type=wanted.repair_type, valid_until=date(2026, 6, 30))

    def found(**selection: Any) -> int:
        return BulkChangeLine.objects.filter(change=drafted(by("percent", "5"), **selection)).count()

    assert found() == 3
    assert found(valid_from=JULY) == 2
    assert found(brand_id=model.brand_id) == found(device_model_id=model.pk) == found(device_type="tablet") == 2
    assert found(repair_type_id=wanted.repair_type_id) == found(q="zed") == 2
    assert found(part_type_id=part.pk) == found(part_quality="aftermarket_economy") == 1
    assert found(branch_id=branch.pk) == found(source="import") == 1
    assert found(source="import", q="zed") == 1


def test_what_stays_as_it_is_says_why() -> None:
    cheap = priced("5", valid_until=date(2026, 8, 31))
    priced("7", currency="EUR")
    planned = priced("8", device_model=cheap.device_model, repair_type=cheap.repair_type, valid_from=date(2026, 9, 1))
    priced("20")

    change = drafted(by("amount", "-5"))

    lines = {line.price_id: line.kept_because for line in change.lines.all()}
    assert sorted(lines.values()) == [
        "",
        "It is in EUR, not in USD.",
        "It was planned for later.",
        "It would be 0 or less.",
    ]
    assert lines[planned.pk] == "It was planned for later."
    assert change.affected == 1


def test_the_margin_rule_takes_over_what_no_person_has_set() -> None:
    rule = {"currency": "USD", "markup_percent": Decimal(50), "labour_amount": Decimal(30)}
    MarginRule.objects.create(**rule)
    priced(source="import", cost=Decimal(40))
    priced(source="import")
    priced(source="person", cost=Decimal(40))
    priced("90", source="rule", cost=Decimal(40))

    both = drafted(by("margin", None))
    by_hand = drafted(by("margin", None), source="person")

    assert sorted(preview(both), key=str) == [
        ("100.00", "90.00", ""),
        ("100.00", None, "A person has set it."),
        ("100.00", None, "Its cost is not known."),
        ("90.00", None, "It is this much already."),
    ]
    assert preview(by_hand) == [("100.00", "90.00", "")]


def test_applied_prices_end_and_others_begin_in_their_place() -> None:
    old = priced(cost=Decimal(40), notes="n", valid_until=date(2026, 12, 31), is_estimated=True, source="estimate")
    change = drafted(by("percent", "10"), valid_from=JULY, reason="dearer parts")

    apply_change(change.pk, actor=SYSTEM)

    before, after = Price.objects.order_by("valid_from")
    assert (before.pk, before.price, before.valid_until) == (old.pk, Decimal(100), date(2026, 6, 30))
    assert (after.price, after.valid_from, after.valid_until) == (Decimal(110), JULY, date(2026, 12, 31))
    assert (after.cost, after.notes, after.is_estimated, after.source) == (Decimal(40), "n", True, "estimate")
    change.refresh_from_db()
    assert (change.status, change.lines.get().made_id) == ("applied", after.pk)
    told = Event.objects.filter(aggregate="pricing.price").order_by("created_at", "id")
    assert [(event.type, event.aggregate_id) for event in told] == [
        ("pricing.price.updated", old.pk), ("pricing.price.created", after.pk)
    ]  # fmt: skip
    assert {(event.payload["reason"], event.payload["bulk_change_id"]) for event in told} == {
        ("dearer parts", str(change.pk))
    }


def test_a_price_that_begins_on_the_day_or_later_is_changed_itself() -> None:
    today, later = priced(valid_from=JUNE), priced(valid_from=JULY)

    apply_change(drafted(by("set", "70")).pk, actor=SYSTEM)

    rows = Price.objects.order_by("valid_from").values_list("pk", "price", "valid_from", "source")
    assert list(rows) == [(today.pk, Decimal(70), JUNE, "person"), (later.pk, Decimal(70), JULY, "person")]


def test_a_change_is_applied_once_and_undone_once() -> None:
    priced()
    change = drafted(by("percent", "10"))
    with pytest.raises(Conflict):
        undo_change(change.pk, actor=SYSTEM)
    apply_change(change.pk, actor=SYSTEM)
    applied = the_list()
    with pytest.raises(Conflict):
        apply_change(change.pk, actor=SYSTEM)
    with pytest.raises(Conflict):
        discard_change(change.pk, actor=SYSTEM)
    assert the_list() == applied

    undo_change(change.pk, actor=SYSTEM)
    undone = the_list()
    with pytest.raises(Conflict):
        undo_change(change.pk, actor=SYSTEM)

    assert the_list() == undone
    assert BulkChange.objects.get().status == "undone"


def test_prices_that_changed_since_the_preview_are_named_and_nothing_is_applied() -> None:
    changed, gone, same = priced("10"), priced("20"), priced("30")
    change = drafted(by("percent", "10"))
    positions = {line.price_id: line.position for line in change.lines.all()}
    update_price(changed.pk, {"price": Decimal(11)}, actor=SYSTEM)
    Price.objects.filter(pk=gone.pk).delete()
    before = the_list()

    with pytest.raises(PricesChanged) as refused:
        apply_change(change.pk, actor=SYSTEM)

    assert {one.field for one in refused.value.details} == {f"lines.{positions[pk]}" for pk in (changed.pk, gone.pk)}
    assert the_list() == before
    assert same.pk in positions
    assert BulkChange.objects.get().status == "draft"


def test_undoing_leaves_what_somebody_has_changed_since_and_says_so() -> None:
    touched, ended, new_gone, plain = (priced(str(amount)) for amount in (10, 20, 30, 40))
    change = drafted(by("percent", "10"), valid_from=JULY)
    apply_change(change.pk, actor=SYSTEM)
    made = dict(change.lines.values_list("price_id", "made_id"))
    update_price(made[touched.pk], {"price": Decimal(99)}, actor=SYSTEM)
    update_price(ended.pk, {"notes": "n"}, actor=SYSTEM)
    Price.objects.get(pk=made[new_gone.pk]).delete()

    undo_change(change.pk, actor=SYSTEM)

    kept = {line.price_id: line.kept_because for line in change.lines.all()}
    assert kept == {
        touched.pk: "Somebody has changed the new price since.",
        ended.pk: "Somebody has changed the price since.",
        new_gone.pk: "The new price was deleted.",
        plain.pk: "",
    }
    until = dict(Price.objects.values_list("pk", "valid_until"))
    assert (until[touched.pk], until[new_gone.pk], until[plain.pk]) == (date(2026, 6, 30), date(2026, 6, 30), None)
    assert made[plain.pk] not in until
    assert {made[touched.pk], made[ended.pk]} <= until.keys()


def test_a_change_whose_day_has_passed_is_not_applied() -> None:
    priced()
    change = drafted(by("percent", "10"))

    with time_machine.travel("2026-06-16T12:00:00Z"), pytest.raises(Conflict, match="past"):
        apply_change(change.pk, actor=SYSTEM)

    assert Price.objects.get().price == 100


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        (by("percent", None), "operation.value"), (by("percent", "0"), "operation.value"),
        (by("percent", "-100"), "operation.value"), (by("percent", "1001"), "operation.value"),
        (by("amount", "0"), "operation.value"), (by("amount", "0.001"), "operation.value"),
        (by("set", "0"), "operation.value"), (by("set", "-5"), "operation.value"),
        (by("margin", "5"), "operation.value"), (by("percent", "5", step="0.001"), "roundingStep"),
        (by("percent", "5", step="5", ending="5"), "roundingEnding"),
    ],
)  # fmt: skip
def test_an_operation_that_cannot_be_meant_is_refused(operation: Any, field: str) -> None:
    priced()

    with pytest.raises(ValidationFailed) as refused:
        drafted(operation)

    assert refused.value.details[0].field == field
    assert BulkChange.objects.count() == 0


def test_a_change_of_nothing_or_in_the_past_is_refused() -> None:
    with pytest.raises(ValidationFailed, match="no such price"):
        drafted(by("percent", "5"))
    priced()
    with pytest.raises(ValidationFailed, match="today or later"):
        drafted(by("percent", "5"), valid_from=date(2026, 6, 14))

    assert BulkChange.objects.count() == 0


def test_a_draft_can_be_deleted_and_is_gone_with_its_lines() -> None:
    priced()
    change = drafted(by("percent", "5"))

    discard_change(change.pk, actor=SYSTEM)

    assert (BulkChange.objects.count(), BulkChangeLine.objects.count(), Price.objects.count()) == (0, 0, 1)
    with pytest.raises(NotFound):
        discard_change(change.pk, actor=SYSTEM)


def test_a_whole_change_over_the_interface(manager: Api) -> None:
    price = priced(cost=Decimal(40))
    body = {"selection": {"brandId": str(price.device_model.brand_id)}, "reason": "July",
            "operation": {"kind": "percent", "value": "10", "roundingStep": 5}, "validFrom": "2026-07-01"}  # fmt: skip

    made = manager.post("pricing/changes", body, Idempotency_Key="k")
    again = manager.post("pricing/changes", body, Idempotency_Key="k")
    change = made.body["data"]
    lines = manager.get(f"pricing/changes/{change['id']}/lines").body["data"]["items"]
    applied = manager.post(f"pricing/changes/{change['id']}/apply")
    twice = manager.post(f"pricing/changes/{change['id']}/apply")
    undone = manager.post(f"pricing/changes/{change['id']}/undo")

    assert (made.status_code, again.body["data"]["id"]) == (201, change["id"])
    assert change["selection"] == {"brandId": str(price.device_model.brand_id)}
    assert change["operation"] == {
        "kind": "percent", "value": "10.000", "currency": "USD", "roundingStep": "5.000", "roundingEnding": "0"
    }  # fmt: skip
    assert (change["status"], change["affected"], change["validFrom"]) == ("draft", 1, "2026-07-01")
    assert change["totals"] == {"lines": 1, "changed": 1, "skipped": 0, "kept": 0}
    shown = ("priceId", "madeId", "oldPrice", "newPrice", "currency", "validFrom", "validUntil", "keptBecause")
    assert [lines[0][name] for name in shown] == [
        str(price.pk), None, "100.00", "110.00", "USD", "2026-07-01", None, None,
    ]  # fmt: skip
    assert (applied.status_code, applied.body["data"]["status"]) == (200, "applied")
    assert (twice.status_code, twice.body["code"]) == (409, "CONFLICT")
    assert undone.body["data"]["status"] == "undone"
    assert [one["type"] for one in manager.get(f"pricing/{price.pk}/history").body["data"]["items"]] == [
        "pricing.price.updated"
    ] * 2


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"reason": ""}, "reason", "blank"), ({"selection": {"colour": "red"}}, "selection.colour", "unknown_field"),
        ({"operation": {"kind": "double"}}, "operation.kind", "invalid_choice"),
        ({"operation": {"kind": "percent"}}, "operation.value", "required"),
        ({"selection": {"brandId": "x"}}, "selection.brandId", "invalid"),
        ({"selection": {"q": "nothing like it"}}, "selection", "empty"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_asked_for_is_refused(manager: Api, change: Any, field: str, code: str) -> None:
    priced()
    body = {"selection": {}, "operation": {"kind": "percent", "value": 5}, "reason": "r", **change}

    answer = manager.post("pricing/changes", body)

    assert (answer.status_code, answer.body["details"][0]["field"], answer.body["details"][0]["code"]) == (
        400,
        field,
        code,
    )
    assert BulkChange.objects.count() == 0


def test_a_manager_changes_no_prices_of_a_branch_that_is_another_ones(manager: Api, other_branch: Branch) -> None:
    priced(branch=other_branch)
    body = {"selection": {}, "operation": {"kind": "percent", "value": 5}, "reason": "r"}

    answer = manager.post("pricing/changes", body)

    assert (answer.status_code, answer.body["details"][0]["code"]) == (400, "empty")


def test_who_sets_only_some_of_the_prices_does_not_undo_half_of_a_change() -> None:
    own, foreign = BranchFactory(currency="USD"), BranchFactory(currency="USD")
    priced()
    PriceFactory(branch=foreign, price=Decimal(50), valid_from=date(2026, 1, 1))
    change = drafted(by("percent", "10"), valid_from=JULY)
    apply_change(change.pk, actor=SYSTEM)
    before = the_list()

    with pytest.raises(Conflict, match="another branch"):
        undo_change(change.pk, actor=Actor.user(member("manager", own)))

    assert the_list() == before
    assert undo_change(change.pk, actor=SYSTEM).status == "undone"
    assert set(Price.objects.values_list("price", flat=True)) == {Decimal(100), Decimal(50)}
