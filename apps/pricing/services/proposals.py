"""Proposals: what the margin rule would make of a part's new cost. A person says yes or no, and only then a price moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ValidationFailed
from apps.core.imports import chunks
from apps.inventory.models import Item
from apps.pricing.enums import PriceSource, ProposalStatus
from apps.pricing.models import MarginRule, Price, PriceProposal, today
from apps.pricing.rules.margins import margin_price
from apps.pricing.selectors import best_margin_rule, margin_rules_on, today_for
from apps.pricing.selectors.proposals import open_on, prices_made_with, proposals_decided_by
from apps.pricing.services.bulk_writing import (
    CHUNK,
    PriceBatch,
    end_with_successor,
    hold_models,
    prices_in,
    write_prices,
)
from apps.pricing.services.superseding import decide, supersede_proposals

MOST_ACCEPTED = 500
_OUTDATED = "The price has changed since this was proposed."


@dataclass(frozen=True)
class Refused:
    """A proposal that was not accepted, and why."""

    id: UUID
    code: str
    message: str


@dataclass(frozen=True)
class Accepted:
    """What became of proposals that were accepted together: the prices that are valid now, or will be."""

    price_ids: dict[UUID, UUID] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class Decision:
    """How a proposal is accepted: at its own amount and from today on, unless something else is said."""

    price: Decimal | None = None
    valid_from: date | None = None
    reason: str = ""


# --- proposing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_prices(item_id: UUID, cost: Decimal, currency: str, *, actor: Actor) -> int:
    """Propose what the most exact margin rule makes of an item's new cost, for each price of its part in its models.

    Nothing changes a price. What was proposed for it before is superseded; where the price would stay the same, or no
    rule fits, nothing is proposed in its stead. The number of new proposals.
    """
    item = Item.objects.filter(pk=item_id).first()
    if item is None or cost <= 0:  # a cost of 0 is one that nobody has entered
        return 0
    margin_rules = margin_rules_on(today())
    found = prices_made_with(item, currency, today())
    hold_models(found.order_by().values_list("device_model_id", flat=True))
    prices = list(found.order_by("pk"))  # once more, now that nobody else changes them
    reason = f"{item.sku} costs {money.text(cost, currency)} {currency}"
    wanted = [one for price in prices if (one := _proposal(price, item, cost, margin_rules))]
    standing = _standing(wanted)
    supersede_proposals((price.pk for price in prices if price.pk not in standing), actor=actor, reason=reason)
    made = [one for one in wanted if one.price_id not in standing]
    PriceProposal.objects.bulk_create(made, batch_size=CHUNK)
    audit.record_all_saved(((one, {}, audit.columns(one)) for one in made), actor=actor, reason=reason)
    return len(made)


def _standing(wanted: Sequence[PriceProposal]) -> set[UUID]:
    """The prices for which the same is proposed already."""
    same = {one.price_id: (one.new_cost, one.current_price, one.proposed_price, one.rule_id) for one in wanted}
    return {
        one.price_id
        for chunk in chunks(iter(sorted(same)), CHUNK)
        for one in open_on(chunk)
        if (one.new_cost, one.current_price, one.proposed_price, one.rule_id) == same[one.price_id]
    }


def _proposal(price: Price, item: Item, cost: Decimal, margin_rules: Sequence[MarginRule]) -> PriceProposal | None:
    rule = best_margin_rule(price, margin_rules)
    amount = margin_price(cost, rule.plain(), price.currency) if rule else None
    if amount is None or amount == price.price or not money.fits(amount, price.currency):
        return None
    return PriceProposal(
        price=price,
        item_id=item.pk,
        item_label=f"{item.sku} {item.name}"[:200],
        rule=rule,
        old_cost=price.cost,
        new_cost=cost,
        current_price=price.price,
        proposed_price=amount,
        currency=price.currency,
    )


# --- deciding -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_proposal(proposal_id: UUID, decision: Decision, *, actor: Actor) -> UUID:
    """Let a proposal become the price; the id of the price that has its amount and its cost from then on.

    A price that has begun before ends, and another one takes its place. Another amount than the proposed one is the
    person's own. Raises ``Forbidden``, ``NotFound``, ``ValidationFailed`` for an amount or a day that is none, and
    ``Conflict`` for a proposal that is decided already or whose price has changed since.
    """
    require(actor, Right.PRICES_WRITE)
    found = _held([proposal_id], actor)
    if not found:
        raise NotFound("There is no such proposal.")
    proposal, price = found[0]
    refused = _refusal(proposal, price, actor)
    if refused is not None:
        raise Conflict(refused.message)
    begins = decision.valid_from or _from_today(price, actor)
    _check(decision, price, begins)
    amount = proposal.proposed_price if decision.price is None else decision.price
    return _accept([(proposal, price, amount, begins)], actor, decision.reason)[proposal.pk]


@transaction.atomic
def accept_proposals(proposal_ids: Sequence[UUID], *, actor: Actor, reason: str = "") -> Accepted:
    """``accept_proposal`` for many at once, from today on; those that cannot be are named, and the others accepted."""
    require(actor, Right.PRICES_WRITE)
    found = _held(proposal_ids, actor)
    known = {proposal.pk for proposal, _ in found}
    outcome = Accepted(refused=[Refused(pk, "NOT_FOUND", "There is no such proposal.")
                                for pk in dict.fromkeys(proposal_ids) if pk not in known])  # fmt: skip
    good = []
    for proposal, price in found:
        refused = _refusal(proposal, price, actor)
        if refused is None:
            good.append((proposal, price, proposal.proposed_price, _from_today(price, actor)))
        else:
            outcome.refused.append(refused)
    outcome.price_ids.update(_accept(good, actor, reason))
    return outcome


@transaction.atomic
def dismiss_proposals(proposal_ids: Sequence[UUID], *, actor: Actor, reason: str = "") -> int:
    """Leave the prices as they are; the number of proposals that were open. Raises ``Forbidden``."""
    require(actor, Right.PRICES_WRITE)
    waiting = [proposal for proposal, _ in _held(proposal_ids, actor) if proposal.status == ProposalStatus.OPEN]
    decide(waiting, ProposalStatus.DISMISSED, actor=actor, reason=reason)
    return len(waiting)


@transaction.atomic
def dismiss_proposal(proposal_id: UUID, *, actor: Actor, reason: str = "") -> None:
    """Leave the price as it is. Raises ``Forbidden``, ``NotFound``, and ``Conflict`` for one that is decided already."""
    require(actor, Right.PRICES_WRITE)
    found = _held([proposal_id], actor)
    if not found:
        raise NotFound("There is no such proposal.")
    _require_open(found[0][0])
    decide([found[0][0]], ProposalStatus.DISMISSED, actor=actor, reason=reason)


def _held(proposal_ids: Sequence[UUID], actor: Actor) -> list[tuple[PriceProposal, Price]]:
    """Proposals on the actor's prices with their prices, once nobody else changes either; models come first."""
    mine = proposals_decided_by(actor)
    wanted = sorted(set(proposal_ids))
    rows = [row for chunk in chunks(iter(wanted), CHUNK)
            for row in mine.filter(pk__in=chunk).order_by().values_list("pk", "price__device_model_id")]  # fmt: skip
    hold_models(model for _, model in rows)
    proposals: list[PriceProposal] = []
    for chunk in chunks(iter(sorted(pk for pk, _ in rows)), CHUNK):
        proposals += PriceProposal.objects.select_for_update(of=("self",)).filter(pk__in=chunk).order_by("pk")
    prices = {price.pk: price for price in prices_in(one.price_id for one in proposals)}
    return [(one, prices[one.price_id]) for one in proposals if one.price_id in prices]


def _require_open(proposal: PriceProposal) -> None:
    if proposal.status != ProposalStatus.OPEN:
        raise Conflict(f"This proposal was {proposal.status} already.")


def _refusal(proposal: PriceProposal, price: Price, actor: Actor) -> Refused | None:
    if proposal.status != ProposalStatus.OPEN:
        return Refused(proposal.pk, "CONFLICT", f"This proposal was {proposal.status} already.")
    now = (price.price, price.cost, price.currency)
    if now != (proposal.current_price, proposal.old_cost, proposal.currency):
        return Refused(proposal.pk, "CONFLICT", _OUTDATED)
    if price.valid_until is not None and price.valid_until < _from_today(price, actor):
        return Refused(proposal.pk, "CONFLICT", "The price is not valid any more.")
    return None


def _from_today(price: Price, actor: Actor) -> date:
    return max(price.valid_from, today_for(actor, price.branch))


def _check(decision: Decision, price: Price, begins: date) -> None:
    if decision.price is not None and (decision.price <= 0 or not money.fits(decision.price, price.currency)):
        raise ValidationFailed.on("price", "invalid", f"This is not an amount of {price.currency}.")
    if begins < price.valid_from:
        raise ValidationFailed.on("validFrom", "min_value", f"The price begins on {price.valid_from}.")
    if price.valid_until is not None and begins > price.valid_until:
        raise ValidationFailed.on("validFrom", "max_value", f"The price ends on {price.valid_until}.")


Wanted = tuple[PriceProposal, Price, Decimal, date]


def _accept(wanted: Sequence[Wanted], actor: Actor, reason: str) -> dict[UUID, UUID]:
    """Write the prices; by proposal the price that has its amount. One event each, that names the item and the rule."""
    ids = {}
    decide([proposal for proposal, *_ in wanted], ProposalStatus.ACCEPTED, actor=actor, reason=reason)
    by_words: dict[str, PriceBatch] = {}
    rules = MarginRule.objects.in_bulk([proposal.rule_id for proposal, *_ in wanted if proposal.rule_id])
    for proposal, price, amount, begins in wanted:
        words = reason or _words(proposal, rules.get(proposal.rule_id))
        target = _revise(price, begins, by_words.setdefault(words, PriceBatch()))
        is_the_rules = amount == proposal.proposed_price
        target.price, target.cost = amount, proposal.new_cost
        target.source = PriceSource.RULE if is_the_rules else PriceSource.PERSON
        target.is_estimated, target.confidence_score = False, None
        ids[proposal.pk] = target.pk
    for words, batch in by_words.items():
        write_prices(batch, actor=actor, reason=words)
    return ids


def _revise(price: Price, begins: date, batch: PriceBatch) -> Price:
    """The price to change: itself if it begins then or later, else one that takes its place."""
    before, target = audit.columns(price), price
    if price.valid_from < begins:
        target = end_with_successor(price, begins)
        batch.made.append(target)
    batch.changed.append((price, before))
    return target


def _words(proposal: PriceProposal, rule: Any) -> str:
    by = f": {rule}" if rule is not None else ""
    cost = money.text(proposal.new_cost, proposal.currency)
    return f"{proposal.item_label} costs {cost} {proposal.currency}{by}"[:300]
