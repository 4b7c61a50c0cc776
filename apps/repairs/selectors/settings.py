"""What a branch has settled for its workshop, and who may see and change that."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    DateField,
    DecimalField,
    F,
    Field,
    Q,
    QuerySet,
    UUIDField,
    Value,
)

from apps.core import composed
from apps.repairs import rules
from apps.repairs.models import TaxRule, WorkshopSettings


def workshop_of(branch_id: UUID) -> WorkshopSettings:
    """The settings of a branch; an unsaved row of the defaults where it has none."""
    found = WorkshopSettings.objects.filter(branch_id=branch_id).first()
    return found or WorkshopSettings(branch_id=branch_id)


@dataclass(frozen=True)
class PriceTerms:
    """What a branch's prices are subject to: whether they hold their tax, its rates, and the fee for looking only."""

    branch_id: UUID
    prices_include_tax: bool
    diagnosis_fee: Decimal
    taxes: tuple[rules.TaxRow, ...]


def price_terms(branch_id: UUID) -> PriceTerms:
    """The terms under which a branch prices now; one statement, composed once, for every intake asks it."""
    found = composed.rows("repairs.price_terms", lambda: _terms(branch_id), {"branch": branch_id})
    own = WorkshopSettings(branch_id=branch_id)
    include, fee = own.prices_include_tax, Decimal(own.diagnosis_fee)
    taxes = []
    for includes, its_fee, rule_branch, repair_type, part_type, starts_on, percent in found:
        if starts_on is None:
            include, fee = includes, its_fee
        else:
            taxes.append(rules.TaxRow(rule_branch, repair_type, part_type, starts_on, percent))
    return PriceTerms(branch_id, include, fee, tuple(taxes))


def _terms(branch_id: UUID) -> QuerySet[Any, Any]:
    """The settings of the branch, and the tax rules that may hold there, as rows of one shape."""
    rate = DecimalField(max_digits=6, decimal_places=3)
    settings = WorkshopSettings.objects.filter(branch_id=branch_id).order_by().annotate(
        a=F("prices_include_tax"), b=F("diagnosis_fee"), c=_none(UUIDField()), d=_none(UUIDField()),
        e=_none(UUIDField()), f=_none(DateField()), g=_none(rate),
    )  # fmt: skip
    fitting = TaxRule.objects.filter(Q(branch=None) | Q(branch_id=branch_id), rate__is_active=True)
    taxes = fitting.order_by().annotate(
        a=_none(BooleanField()), b=_none(DecimalField(max_digits=14, decimal_places=3)), c=F("branch_id"),
        d=F("repair_type_id"), e=F("part_type_id"), f=F("starts_on"), g=F("rate__percent"),
    )  # fmt: skip
    return settings.values_list(*"abcdefg").union(taxes.values_list(*"abcdefg"), all=True)


def _none(field: "Field[Any, Any]") -> Value:
    return Value(None, output_field=field)
