"""Changes to the rules that make prices."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.audit import services as audit
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import ReferenceMissing, ValidationFailed
from apps.inventory.models import Branch
from apps.pricing.models import BranchPriceRule, MarginRule
from apps.pricing.rules import check_habit, check_period
from apps.pricing.selectors import branches_priced_by, rules_writable_by, today_for

Rule = TypeVar("Rule", BranchPriceRule, MarginRule)
# Fields that are amounts of the rule's currency, each with its name in the contract.
_AMOUNTS = {"added_amount": "addedAmount", "labour_amount": "labourAmount", "minimum_price": "minimumPrice"}


@transaction.atomic
def create_rule(kind: type[Rule], fields: dict[str, Any], *, actor: Actor, reason: str = "") -> Rule:
    """A new rule, valid from today unless a day is named.

    Raises ``ValidationFailed`` for an amount, a rounding or a period that is none, ``ReferenceMissing`` for a branch whose
    prices ``actor`` does not set.
    """
    rule = kind(**fields)
    if "valid_from" not in fields:
        rule.valid_from = today_for(actor, _branch_of(rule))
    with audit.creating(actor=actor, reason=reason) as created:
        _check(rule, actor)
        rule.save(force_insert=True)
        created.append(rule)
    return rule


@transaction.atomic
def update_rule(kind: type[Rule], rule_id: UUID, fields: dict[str, Any], *, actor: Actor, reason: str = "") -> Rule:
    """Change a rule; what it was stays in its history. Raises as ``create_rule``, and ``NotFound``."""
    with audit.changing(_writable(kind, actor), rule_id, actor=actor, reason=reason) as rule:
        for name, value in fields.items():
            setattr(rule, name, value)
        _check(rule, actor)
        rule.save()
    result: Rule = rule
    return result


def delete_rule(kind: type[Rule], rule_id: UUID, *, actor: Actor, reason: str = "") -> None:
    """Take a rule away; its history stays. Raises ``NotFound``."""
    audit.delete(_writable(kind, actor), rule_id, actor=actor, reason=reason)


def _writable(kind: type[Any], actor: Actor) -> QuerySet[Any]:
    return rules_writable_by(actor) if kind is BranchPriceRule else MarginRule.objects.all()


def _branch_of(rule: BranchPriceRule | MarginRule) -> Branch | None:
    return rule.branch if isinstance(rule, BranchPriceRule) else None


def _check(rule: BranchPriceRule | MarginRule, actor: Actor) -> None:
    branch = _branch_of(rule)
    if branch is not None and not branches_priced_by(actor).filter(pk=branch.pk).exists():
        raise ReferenceMissing.on("branchId", "branch")
    check_period(rule.valid_from, rule.valid_until, "A rule")
    check_habit(rule.habit, rule.currency)
    for name, field in _AMOUNTS.items():
        amount = getattr(rule, name, None)
        if amount is not None and not money.fits(amount, rule.currency):
            raise ValidationFailed.on(field, "invalid", f"This is not an amount of {rule.currency}.")
