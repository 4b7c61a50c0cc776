"""What a repair costs that may not be on the list: the listed price, else an estimate with what it leans on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_visible_to
from apps.pricing import rules
from apps.pricing.models import Price
from apps.pricing.selectors.at_once import learnt_at_once
from apps.pricing.selectors.effective import Effective, branch_rules_on, effective_prices
from apps.pricing.selectors.learning import LINE, facts_of, job_of
from apps.pricing.selectors.prices import prices_visible_to
from apps.pricing.selectors.versions import Loaded, current_estimator

if TYPE_CHECKING:
    from apps.pricing.estimator import Comparable, Estimated, Job

LISTED, NONE = "listed", "none"
NOT_LISTED = "There is no listed price for this model and repair."
_UNTRAINED = "There is no listed price for this model and repair, and nothing comparable to estimate from."


@dataclass(frozen=True)
class Asked:
    """A repair that somebody wants to know the price of; ``quality`` is that of the part where one is named."""

    device_model: DeviceModel
    repair_type: RepairType
    part_type: PartType | None = None
    quality: str = ""
    branch: Branch | None = None
    in_currency: str = ""  # where it is not that of the branch
    names_quality: bool = False  # a listed price of the named part has to be of it too

    @property
    def currency(self) -> str:
        return self.in_currency or (self.branch.currency if self.branch else settings.CURRENCY)


@dataclass(frozen=True)
class Basis:
    """A price of the list that an answer leans on, and what it comes to where it is charged."""

    listing: Price
    similarity: float  # from 0 to 1
    amount: Decimal

    @property
    def price_text(self) -> str:
        return money.text(self.amount, self.listing.currency)

    @property
    def percent(self) -> int:
        """``similarity`` in whole percent."""
        return round(self.similarity * 100)

    @property
    def name(self) -> str:
        """Of the part, or of its quality."""
        part = self.listing.part_type
        return str(part) if part else self.listing.get_part_quality_display()


@dataclass(frozen=True)
class Answer:
    """What a repair costs. With nothing to go on there are no amounts, and ``reason`` says why."""

    price: Decimal | None
    low: Decimal | None
    high: Decimal | None
    currency: str
    confidence_score: Decimal
    is_estimated: bool
    method: str
    basis: tuple[Basis, ...] = ()
    reason: str | None = None
    version: int | None = None
    is_odd: bool = False  # of the price that this is asked beside: it looks like a typing error

    @property
    def price_text(self) -> str:
        return self._text(self.price)

    @property
    def low_text(self) -> str:
        return self._text(self.low)

    @property
    def high_text(self) -> str:
        return self._text(self.high)

    def _text(self, amount: Decimal | None) -> str:
        return "–" if amount is None else money.text(amount, self.currency)


def estimated_price(asked: Asked, *, actor: Actor, on: date) -> Answer:
    """The listed price of a repair on a day if there is one, else what the estimator thinks.

    Of several listed qualities the best one counts, and the others are in the basis and the interval. Customers see no
    price in the basis that they cannot see in the list.
    """
    listed = _listed(asked, on)
    chosen = [one for one in listed if _is_asked_for(one.line, asked)]
    if chosen:
        return _from_list(chosen)
    found, comparables = _estimated(asked, listed, on)
    return replace(found, basis=_basis(comparables, found.currency, actor, on))


def estimate_beside(price: Price, *, actor: Actor, on: date) -> Answer:
    """What the estimator thinks of the job of a listed price, which it may have learnt from; for a page about that price.

    The list itself says nothing here, and the price is not in the basis. Whether it looks like a typing error is said.
    """
    asked = Asked(
        price.device_model, price.repair_type, price.part_type, price.part_quality, price.branch, price.currency
    )
    found, comparables = _estimated(asked, (), on)
    basis = [one for one in _basis(comparables, price.currency, actor, on) if one.listing.pk != price.pk]
    loaded = current_estimator(price.currency)
    return replace(found, basis=tuple(basis), is_odd=loaded is not None and price.pk in loaded.suspicious)


def estimates_for(
    device_model: DeviceModel, repair_types: Iterable[RepairType], branch: Branch, on: date
) -> list[tuple[RepairType, Answer]]:
    """What the estimator thinks of those repairs of a model of which it can tell the price, without their parts.

    For a page that offers what is not listed. Two look-ups, however many kinds of work.
    """
    loaded = current_estimator(branch.currency) or learnt_at_once(branch.currency, None, on, None)
    if loaded is None:
        return []
    branch_rules = branch_rules_on(branch, on, currency=branch.currency)
    asked = [Asked(device_model, repair_type, branch=branch) for repair_type in repair_types]
    found = [(one.repair_type, _estimated_by(loaded, one, (), branch_rules)[0]) for one in asked]
    return [(repair_type, answer) for repair_type, answer in found if answer.price is not None]


def price_of_line(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type: PartType | None,
    branch: Branch,
    currency: str,
    *,
    on: date,
) -> Answer:
    """What a line of an order takes as its price: the one listed price that fits it, else an estimate.

    Where several are listed, a person has to choose: there is no price then.
    """
    listed = effective_prices(device_model, branch, on=on, currency=currency, repair_type_id=repair_type_id)
    fitting = [one for one in listed if part_type is None or one.line.part_type_id == part_type.pk]
    if len(fitting) == 1:
        return _from_list(fitting)
    if fitting:
        return _cannot_tell(currency, "Several prices are listed for it.")
    repair_type = RepairType.objects.get(pk=repair_type_id)
    asked = Asked(device_model, repair_type, part_type, part_type.quality if part_type else "", branch, currency)
    return _estimated(asked, listed, on)[0]


def require_branch(branch: Branch | None, *, actor: Actor) -> None:
    """Raises ``ReferenceMissing`` for a branch that ``actor`` cannot see."""
    if branch is not None and not branches_visible_to(actor).filter(pk=branch.pk).exists():
        raise ReferenceMissing.on("branchId", "branch")


def _listed(asked: Asked, on: date) -> list[Effective]:
    """What the model and repair cost on the day, for every part and quality that is listed; the best quality first."""
    found = effective_prices(asked.device_model, asked.branch, on=on, repair_type_id=asked.repair_type.pk)
    for one in found:
        one.line.device_model = asked.device_model  # is known already
    # Amounts of two currencies do not compare: without a branch, the usual one goes before all others.
    return sorted(found, key=lambda one: one.currency != asked.currency)


def _is_asked_for(price: Price, asked: Asked) -> bool:
    if asked.part_type is not None and price.part_type_id != asked.part_type.pk:
        return False
    any_quality = asked.part_type is not None and not asked.names_quality
    return any_quality or not asked.quality or bool(price.part_quality == asked.quality)


def _from_list(listed: Sequence[Effective]) -> Answer:
    chosen = listed[0]
    alike = [one.amount for one in listed if one.currency == chosen.currency]
    score = chosen.line.confidence_score if chosen.line.is_estimated else None
    return Answer(
        price=chosen.amount,
        low=min(alike),
        high=max(alike),
        currency=chosen.currency,
        confidence_score=Decimal(1) if score is None else score,
        is_estimated=chosen.line.is_estimated,
        method=LISTED,
        basis=tuple(Basis(one.line, 1.0, one.amount) for one in listed),
    )


def _estimated(asked: Asked, listed: Sequence[Effective], on: date) -> "tuple[Answer, Sequence[Comparable]]":
    trained = current_estimator(asked.currency)
    branch_rules = branch_rules_on(asked.branch, on, currency=asked.currency)
    told = None if trained is None else _estimated_by(trained, asked, listed, branch_rules)
    if told is not None and told[0].price is not None:
        return told
    # Nobody is told that nothing is known only because the next training has not begun yet.
    fresh = learnt_at_once(asked.currency, asked.repair_type.pk, on, trained)
    if fresh is not None:
        return _estimated_by(fresh, asked, listed, branch_rules)
    return told or (_cannot_tell(asked.currency, _UNTRAINED), ())


def _estimated_by(
    loaded: Loaded, asked: Asked, listed: Sequence[Effective], branch_rules: Sequence[rules.BranchRule]
) -> "tuple[Answer, Sequence[Comparable]]":
    found = loaded.estimator.estimate(_job(asked))
    interval = _interval(found, asked.currency)
    if interval is None:
        return _cannot_tell(asked.currency, f"{NOT_LISTED} {found.reason or ''}".strip()), ()
    rule = rules.most_exact(branch_rules, _scope(asked))
    interval = rules.at_branch(interval, rule, asked.currency)
    near = [one for one in listed if one.line.pk not in loaded.suspicious and _is_same_part(one.line, asked)]
    bounds = [(one.line.part_quality, one.amount) for one in near if one.currency == asked.currency]
    interval = rules.within_list(interval, asked.quality, bounds)
    answer = Answer(
        price=interval.price,
        low=interval.low,
        high=interval.high,
        currency=asked.currency,
        confidence_score=Decimal(str(min(max(found.confidence, 0.0), 1.0))).quantize(Decimal("0.001")),
        is_estimated=True,
        method=found.method,
        version=loaded.number,
    )
    return answer, found.comparables


def _cannot_tell(currency: str, reason: str) -> Answer:
    return Answer(None, None, None, currency, Decimal(0), is_estimated=True, method=NONE, reason=reason)


def _scope(asked: Asked) -> rules.Scope:
    return rules.Scope(
        part_type_id=asked.part_type.pk if asked.part_type else None,
        repair_type_id=asked.repair_type.pk,
        brand_id=asked.device_model.brand_id,
        device_type=asked.device_model.device_type,
        part_quality=asked.quality,
    )


def _job(asked: Asked) -> "Job":
    repair, part = asked.repair_type, asked.part_type
    return job_of(facts_of(asked.device_model), (repair.pk, repair.name), part.name if part else "", asked.quality)


def _is_same_part(price: Price, asked: Asked) -> bool:
    """Whether a price is for the kind of part that is asked for, in whatever quality."""
    if asked.part_type is None:
        return True
    return price.part_type is not None and price.part_type.name.casefold() == asked.part_type.name.casefold()


def _interval(found: "Estimated", currency: str) -> rules.Interval | None:
    if found.price is None or found.low is None or found.high is None:
        return None
    least = Decimal(1).scaleb(-money.digits(currency))
    price, low, high = (
        min(max(money.rounded(Decimal(str(amount)), currency), least), money.LARGEST)
        for amount in (found.price, found.low, found.high)
    )
    return rules.Interval(price, min(low, price), max(high, price))


def _basis(comparables: "Sequence[Comparable]", currency: str, actor: Actor, on: date) -> tuple[Basis, ...]:
    """Those of the comparables that are prices of the list, hold on the day and may be seen; the most similar first."""
    likeness = {UUID(one.id): one.similarity for one in comparables if not one.id.startswith(LINE)}
    if not likeness:
        return ()
    valid = Price.objects.valid_on(on).filter(pk__in=likeness, currency=currency)
    visible = valid.filter(pk__in=prices_visible_to(actor).values("pk"))
    found = visible.select_related("device_model__brand", "repair_type", "part_type").order_by()
    basis = [Basis(price, likeness[price.pk], price.price) for price in found]
    return tuple(sorted(basis, key=lambda one: (-one.similarity, one.listing.pk)))
