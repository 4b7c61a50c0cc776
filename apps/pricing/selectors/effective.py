"""What a repair costs at a branch on a day, and how that came about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel
from apps.inventory.models import Branch
from apps.pricing import rules
from apps.pricing.models import BranchPriceRule, MarginRule, Price

_BEST_FIRST = {quality: rank for rank, quality in enumerate(PartQuality.values)}


@dataclass(frozen=True)
class Effective:
    """A price as it is charged. ``line`` is the line of the list that it comes from, ``steps`` how it was made of it."""

    line: Price
    amount: Decimal
    currency: str
    steps: tuple[rules.Step, ...]
    rule_id: UUID | None


def effective_prices(
    device_model: DeviceModel,
    branch: Branch | None,
    *,
    on: date,
    currency: str | None = None,
    **narrowing: Any,
) -> list[Effective]:
    """What repairs of a model cost at ``branch`` on a day, the best quality first and then the cheapest.

    A price of the branch's own stands for itself; any other one is what the branch's most exact rule makes of it. Lines in
    another currency than ``currency``, which is the branch's unless it is named, are left out; without either all count.
    ``narrowing`` names columns of the list, such as ``repair_type_id``. Two look-ups at most.
    """
    lines = Price.objects.valid_on(on).usable_at(branch).filter(device_model=device_model, **narrowing)
    wanted = currency or (branch.currency if branch else None)
    if wanted is not None:
        lines = lines.filter(currency=wanted)
    found = _own_before_list(lines.select_related("part_type", "repair_type"))
    branch_rules = _rules_for(found, branch, on)
    made = [_effective(line, device_model, branch_rules) for line in found]
    return sorted(made, key=lambda one: (_BEST_FIRST[one.line.part_quality], one.amount, one.line.pk))


def effective_price(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type_id: UUID | None,
    part_quality: str | None,
    branch: Branch | None,
    on: date,
) -> Effective | None:
    """What one repair costs at a branch on a day: of several that fit, the best quality, and of these the cheapest."""
    found = effective_prices(device_model, branch, on=on, **_named(repair_type_id, part_type_id, part_quality))
    return found[0] if found else None


def branch_rules_on(branch: Branch | None, on: date, *, currency: str) -> list[rules.BranchRule]:
    """What a branch makes of prices that are not listed, such as estimated ones; in its own currency only."""
    if branch is None or currency != branch.currency:
        return []
    return [rule.plain() for rule in BranchPriceRule.objects.active_on(on).filter(branch=branch)]


def why_none(
    device_model: DeviceModel,
    repair_type_id: UUID,
    part_type_id: UUID | None,
    part_quality: str | None,
    branch: Branch | None,
    on: date,
) -> str:
    """Why there is no effective price."""
    named = _named(repair_type_id, part_type_id, part_quality)
    others = Price.objects.valid_on(on).usable_at(branch).filter(device_model=device_model, **named)
    foreign = sorted(set(others.order_by().values_list("currency", flat=True)))
    if foreign and branch is not None:
        return f"There is a price in {', '.join(foreign)} only, and {branch} takes {branch.currency}."
    return "There is no listed price for this model and repair."


def best_margin_rule(price: Price, margin_rules: Iterable[MarginRule]) -> MarginRule | None:
    """The rule that counts for a line of the list: the most exact one in its currency; needs ``price.device_model``."""
    same = [rule for rule in margin_rules if rule.currency == price.currency]
    return rules.most_exact(same, _scope(price, price.device_model))


def margin_rules_on(day: date) -> list[MarginRule]:
    """The margin rules that are switched on and valid on a day."""
    return list(MarginRule.objects.active_on(day))


def _named(repair_type_id: UUID, part_type_id: UUID | None, part_quality: str | None) -> dict[str, Any]:
    named = {"repair_type_id": repair_type_id, "part_type_id": part_type_id, "part_quality": part_quality}
    return {name: value for name, value in named.items() if value is not None}


def _own_before_list(lines: Iterable[Price]) -> list[Price]:
    """One line for each key: the branch's own where it has one."""
    chosen: dict[Any, Price] = {}
    for line in lines:
        key = (line.repair_type_id, line.part_type_id, line.part_quality, line.currency)
        if key not in chosen or line.branch_id is not None:
            chosen[key] = line
    return list(chosen.values())


def _rules_for(lines: Iterable[Price], branch: Branch | None, on: date) -> list[rules.BranchRule]:
    """The branch's rules, if one of the lines can have any: their amounts are in the branch's currency."""
    if branch is None or all(line.branch_id is not None or line.currency != branch.currency for line in lines):
        return []
    return [rule.plain() for rule in BranchPriceRule.objects.active_on(on).filter(branch=branch)]


def _effective(line: Price, device_model: DeviceModel, branch_rules: list[rules.BranchRule]) -> Effective:
    if line.branch_id is not None:
        own = rules.Step("own_price", line.price, f"The branch's own price since {line.valid_from}")
        return Effective(line, line.price, line.currency, (own,), None)
    listed = rules.Step("list_price", line.price, f"Price of the list since {line.valid_from}")
    rule = rules.most_exact(branch_rules, _scope(line, device_model))
    made = rules.branch_steps(line.price, line.cost, rule, line.currency) if rule else ()
    steps = (listed, *made)
    return Effective(line, steps[-1].amount, line.currency, steps, rule.id if rule else None)


def _scope(line: Price, device_model: DeviceModel) -> rules.Scope:
    return rules.Scope(
        part_type_id=line.part_type_id,
        repair_type_id=line.repair_type_id,
        brand_id=device_model.brand_id,
        device_type=device_model.device_type,
        part_quality=line.part_quality,
    )
