"""Proposals: a part costs something else, the margin rule proposes, and only a person moves a price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import time_machine

from apps.audit.models import Delivery, Event
from apps.audit.services import sweep
from apps.core.db import retrying
from apps.core.exceptions import Conflict, NotFound, ValidationFailed
from apps.inventory.models import Branch, Item
from apps.pricing.models import MarginRule, Price, PriceProposal
from apps.pricing.services import update_price
from apps.pricing.services.change_steps import apply_change
from apps.pricing.services.proposals import (
    Decision,
    accept_proposal,
    accept_proposals,
    dismiss_proposal,
    propose_prices,
)
from tests.conftest import Api
from tests.factories import (
    BranchFactory,
    DeviceModelFactory,
    ItemFactory,
    PartTypeFactory,
    PriceFactory,
    SupplierFactory,
)
from tests.inventory.purchases import ordered, received, wanted
from tests.pricing.changing import SYSTEM, by, drafted, the_list
from tests.racing import kinds, race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    with time_machine.travel("2026-06-15T12:00:00Z", tick=False):
        yield


@pytest.fixture
def rule(db: None) -> MarginRule:
    return MarginRule.objects.create(
        currency="USD", markup_percent=50, labour_amount=30, rounding_step=5, valid_from=date(2026, 1, 1)
    )


@pytest.fixture
def price(rule: MarginRule) -> Price:
    """A price of which the rule makes 90 of a cost of 40, and 105 of 50."""
    found: Price = PriceFactory(
        price=Decimal(90), cost=Decimal(40), part_type=PartTypeFactory(name="Display"), valid_from=date(2026, 1, 1),
        source="rule",
    )  # fmt: skip
    return found


@pytest.fixture
def item(price: Price) -> Item:
    found: Item = ItemFactory(sku="LCD", name="Display", part_type=price.part_type, cost_price=Decimal(40))
    found.compatible_models.set([price.device_model])
    return found


def proposed(item: Item, cost: str = "50") -> PriceProposal:
    propose_prices(item.pk, Decimal(cost), "USD", actor=SYSTEM)
    return PriceProposal.objects.get(status="open")


def test_a_new_cost_of_an_item_proposes_a_price_and_changes_none(
    manager: Api, price: Price, item: Item, rule: MarginRule
) -> None:
    before = the_list()

    manager.patch(f"inventory/items/{item.pk}", {"costPrice": "50.00"})
    sweep()

    assert the_list() == before
    data = manager.get("pricing/proposals").body["data"]["items"][0]
    shown = ("status", "priceId", "deviceModelId", "itemId", "itemLabel", "ruleId", "oldCost", "newCost", "currentPrice",
             "proposedPrice", "currency", "setByPerson", "partQuality", "decidedAt", "decidedBy")  # fmt: skip
    assert [data[name] for name in shown] == [
        "open", str(price.pk), str(price.device_model_id), str(item.pk), "LCD Display", str(rule.pk), "40.00", "50.00",
        "90.00", "105.00", "USD", False, "original", None, None,
    ]  # fmt: skip
    event = Event.objects.get(type="pricing.priceproposal.created")
    assert (event.actor_label, event.payload["reason"]) == ("margin rules", "LCD costs 50.00 USD")


def test_what_came_last_from_a_supplier_proposes_by_its_landed_cost(branch: Branch, price: Price, item: Item) -> None:
    order = ordered(branch, wanted(item, 5, "50"), supplier=SupplierFactory())

    received(order, (1, 2))
    sweep()

    proposal = PriceProposal.objects.get()
    assert (proposal.new_cost, proposal.proposed_price, proposal.status) == (Decimal(50), Decimal(105), "open")
    assert Delivery.objects.filter(subscriber="pricing.propose_from_purchase").values_list("status").get() == ("done",)


def test_a_part_or_model_or_currency_that_is_another_proposes_nothing(price: Price, item: Item) -> None:
    PriceFactory(part_type=price.part_type)
    PriceFactory(device_model=price.device_model, part_type=PartTypeFactory())
    PriceFactory(device_model=price.device_model, part_type=price.part_type, currency="EUR")
    PriceFactory(device_model=price.device_model, part_type=price.part_type, valid_until=date(2026, 6, 14),
                 valid_from=date(2026, 6, 1))  # fmt: skip

    made = propose_prices(item.pk, Decimal(50), "USD", actor=SYSTEM)

    assert made == 1
    assert PriceProposal.objects.get().price_id == price.pk


@pytest.mark.parametrize("cost", ["40", "41", "0"])
def test_a_cost_that_leaves_the_price_as_it_is_proposes_nothing(price: Price, item: Item, cost: str) -> None:
    assert propose_prices(item.pk, Decimal(cost), "USD", actor=SYSTEM) == 0
    assert PriceProposal.objects.count() == 0


def test_a_newer_cost_supersedes_what_was_proposed_and_the_old_cost_takes_it_back(price: Price, item: Item) -> None:
    first = proposed(item)
    again = propose_prices(item.pk, Decimal(50), "USD", actor=SYSTEM)
    second = proposed(item, "60")
    back = propose_prices(item.pk, Decimal(40), "USD", actor=SYSTEM)

    assert (again, back) == (0, 0)
    assert second.proposed_price == Decimal(120)
    assert dict(PriceProposal.objects.values_list("pk", "status")) == dict.fromkeys((first.pk, second.pk), "superseded")
    assert price.pk == first.price_id == second.price_id


def test_what_a_person_set_gets_a_proposal_that_says_so(manager: Api, price: Price, item: Item) -> None:
    update_price(price.pk, {"price": Decimal(80)}, actor=SYSTEM)
    proposed(item)

    data = manager.get("pricing/proposals?status=open").body["data"]["items"]

    assert [(one["setByPerson"], one["currentPrice"]) for one in data] == [(True, "80.00")]


def test_an_accepted_proposal_begins_today_with_its_cost_and_says_why(manager: Api, price: Price, item: Item) -> None:
    proposal = proposed(item)

    answer = manager.post(f"pricing/proposals/{proposal.pk}/accept")

    price.refresh_from_db()
    new = Price.objects.get(valid_from=date(2026, 6, 15))
    assert (answer.status_code, answer.body["data"]["status"], answer.body["data"]["newPriceId"]) == (
        200, "accepted", str(new.pk),
    )  # fmt: skip
    assert (price.price, price.valid_until) == (Decimal(90), date(2026, 6, 14))
    assert (new.price, new.cost, new.source, new.valid_until) == (Decimal(105), Decimal(50), "rule", None)
    reason = Event.objects.get(type="pricing.price.created").payload["reason"]
    assert reason == "LCD Display costs 50.00 USD: cost +50 % + 30.00 USD"


def test_another_amount_or_day_is_the_persons_own(price: Price, item: Item) -> None:
    decision = Decision(price=Decimal("99.9"), valid_from=date(2026, 7, 1), reason="round it down")

    new_id = accept_proposal(proposed(item).pk, decision, actor=SYSTEM)

    new = Price.objects.get(pk=new_id)
    assert (new.price, new.cost, new.source, new.valid_from) == (
        Decimal("99.9"),
        Decimal(50),
        "person",
        date(2026, 7, 1),
    )
    assert Event.objects.get(type="pricing.price.created").payload["reason"] == "round it down"


def test_a_price_that_has_not_begun_is_changed_itself(price: Price, item: Item) -> None:
    Price.objects.filter(pk=price.pk).update(valid_from=date(2026, 7, 1))

    new_id = accept_proposal(proposed(item).pk, Decision(), actor=SYSTEM)

    assert new_id == price.pk
    assert list(Price.objects.values_list("price", "cost", "valid_from")) == [
        (Decimal(105), Decimal(50), date(2026, 7, 1))
    ]


@pytest.mark.parametrize(
    "decision",
    [
        Decision(price=Decimal("0.001")), Decision(valid_from=date(2025, 12, 31)), Decision(price=Decimal(0)),
        Decision(valid_from=date(2027, 1, 1)),
    ],
)  # fmt: skip
def test_an_amount_or_a_day_that_cannot_be_is_refused(price: Price, item: Item, decision: Decision) -> None:
    Price.objects.filter(pk=price.pk).update(valid_until=date(2026, 12, 31))
    proposal = proposed(item)
    before = the_list()

    with pytest.raises(ValidationFailed):
        accept_proposal(proposal.pk, decision, actor=SYSTEM)

    proposal.refresh_from_db()
    assert (proposal.status, the_list()) == ("open", before)


def test_a_proposal_is_decided_once(price: Price, item: Item) -> None:
    proposal = proposed(item)
    accept_proposal(proposal.pk, Decision(), actor=SYSTEM)
    after = the_list()

    for decide in (partial(accept_proposal, proposal.pk, Decision()), partial(dismiss_proposal, proposal.pk)):
        with pytest.raises(Conflict, match="accepted already"):
            decide(actor=SYSTEM)

    assert the_list() == after


@pytest.mark.parametrize("how", ["typed", "changed"])
def test_a_price_that_changes_meanwhile_supersedes_its_proposal(
    manager: Api, price: Price, item: Item, how: str
) -> None:
    proposal = proposed(item)
    if how == "typed":
        manager.patch(f"pricing/{price.pk}", {"price": "95.00"})
    else:
        apply_change(drafted(by("percent", "10")).pk, actor=SYSTEM)
    before = the_list()

    answer = manager.post(f"pricing/proposals/{proposal.pk}/accept")

    proposal.refresh_from_db()
    assert (answer.status_code, answer.body["code"], proposal.status) == (409, "CONFLICT", "superseded")
    assert the_list() == before


def test_a_dismissed_proposal_leaves_the_price_and_the_same_cost_proposes_again(
    manager: Api, price: Price, item: Item
) -> None:
    proposal = proposed(item)

    answer = manager.post(f"pricing/proposals/{proposal.pk}/dismiss", {"reason": "a sale"})

    assert (answer.status_code, answer.body["data"]["status"]) == (200, "dismissed")
    assert answer.body["data"]["decidedBy"]
    price.refresh_from_db()
    assert price.price == Decimal(90)
    assert Event.objects.get(type="pricing.priceproposal.updated").payload["reason"] == "a sale"


def test_many_are_accepted_at_once_and_those_that_cannot_be_are_named(manager: Api, price: Price, item: Item) -> None:
    others = [DeviceModelFactory() for _ in range(3)]
    item.compatible_models.add(*others)
    for model in others:
        PriceFactory(device_model=model, part_type=price.part_type, price=Decimal(80), valid_from=date(2026, 1, 1))
    propose_prices(item.pk, Decimal(50), "USD", actor=SYSTEM)
    ids = list(PriceProposal.objects.order_by("pk").values_list("pk", flat=True))
    dismiss_proposal(ids[0], actor=SYSTEM)
    missing = price.pk

    answer = manager.post("pricing/proposals/accept", {"ids": [*map(str, ids), str(missing), str(ids[1])]})

    data = answer.body["data"]
    assert sorted(one["id"] for one in data["accepted"]) == sorted(map(str, ids[1:]))
    assert {(one["id"], one["code"]) for one in data["refused"]} == {
        (str(ids[0]), "CONFLICT"),
        (str(missing), "NOT_FOUND"),
    }
    assert Price.objects.filter(price=105, valid_until=None).count() == 3
    assert accept_proposals(ids, actor=SYSTEM).price_ids == {}


def test_proposals_are_filtered_by_status_price_and_model(manager: Api, price: Price, item: Item) -> None:
    proposed(item)

    def found(query: str) -> int:
        return len(manager.get(f"pricing/proposals?{query}").body["data"]["items"])

    assert found(f"priceId={price.pk}") == found(f"deviceModelId={price.device_model_id}") == found("status=open") == 1
    assert found(f"priceId={item.pk}") == found(f"deviceModelId={item.pk}") == found("status=accepted") == 0
    assert manager.get("pricing/proposals?status=lost").status_code == 400


def test_a_manager_decides_nothing_about_the_prices_of_another_branch(
    manager: Api, other_branch: Branch, price: Price, item: Item
) -> None:
    Price.objects.filter(pk=price.pk).update(branch=other_branch)
    proposal = proposed(item)

    answers = [manager.post(f"pricing/proposals/{proposal.pk}/{how}") for how in ("accept", "dismiss")]

    assert [answer.status_code for answer in answers] == [404, 404]
    with pytest.raises(NotFound):
        accept_proposal(item.pk, Decision(), actor=SYSTEM)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_proposal_that_two_accept_at_once_is_accepted_once(price: Price, item: Item) -> None:
    work = partial(retrying, partial(accept_proposal, proposed(item).pk, Decision(), actor=SYSTEM))

    outcomes = race(work, work, work)

    assert kinds(outcomes) == {"Conflict": 2, "UUID": 1}
    assert Price.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_costs_at_once_leave_one_open_proposal(price: Price, item: Item) -> None:
    outcomes = race(
        *[
            partial(retrying, partial(propose_prices, item.pk, Decimal(cost), "USD", actor=SYSTEM))
            for cost in (50, 60, 70)
        ]
    )

    assert kinds(outcomes) == {"int": 3}
    assert PriceProposal.objects.filter(status="open").count() == 1


@time_machine.travel("2026-06-15T22:00:00Z", tick=False)
def test_a_price_that_ended_on_the_branchs_calendar_is_refused_among_many(price: Price, item: Item) -> None:
    branch = BranchFactory(timezone="Pacific/Auckland", currency="USD")
    Price.objects.filter(pk=price.pk).update(branch=branch, valid_until=date(2026, 6, 15))
    propose_prices(item.pk, Decimal(50), "USD", actor=SYSTEM)
    (waiting,) = PriceProposal.objects.all()
    before = the_list()

    outcome = accept_proposals([waiting.pk], actor=SYSTEM)

    assert (outcome.price_ids, [(one.id, one.message) for one in outcome.refused]) == (
        {}, [(waiting.pk, "The price is not valid any more.")],
    )  # fmt: skip
    assert the_list() == before
