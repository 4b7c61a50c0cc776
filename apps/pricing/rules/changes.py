"""What a change of many prices does to each of them, and to which it does nothing and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.core import money
from apps.core.exceptions import ValidationFailed
from apps.pricing.enums import ChangeKind, PriceSource
from apps.pricing.rules.margins import Margin, margin_price
from apps.pricing.rules.rounding import Habit, check_habit, to_habit

LARGEST_PERCENT = Decimal(1000)
_NAMES = {
    "brand_id": "brandId", "device_model_id": "deviceModelId", "device_type": "deviceType",
    "repair_type_id": "repairTypeId", "part_type_id": "partTypeId", "part_quality": "partQuality",
    "branch_id": "branchId",
}  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """Which prices a change is about, in the words of the price list's filters; what is left out is not asked."""

    brand_id: UUID | None = None
    device_model_id: UUID | None = None
    device_type: str = ""
    repair_type_id: UUID | None = None
    part_type_id: UUID | None = None
    part_quality: str = ""
    branch_id: UUID | None = None
    source: str = ""
    q: str = ""

    def as_asked(self) -> dict[str, str]:
        """What is asked, in text and by the names of the interface."""
        return {_NAMES.get(name, name): str(value) for name, value in self.said().items()}

    def said(self) -> dict[str, Any]:
        """What is asked, by the names of the fields."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Operation:
    """What becomes of an amount: ``value`` percent more, ``value`` more, ``value`` itself, or what the margin rule makes
    of the cost; then rounded as ``habit`` says. ``currency`` is that of ``value`` and of the habit."""

    kind: ChangeKind
    value: Decimal | None
    currency: str
    habit: Habit = field(default_factory=Habit)

    @property
    def is_in_currency(self) -> bool:
        """Whether it can be done to amounts of its currency only."""
        return self.kind in {ChangeKind.AMOUNT, ChangeKind.SET} or self.habit.step > 0


@dataclass(frozen=True)
class Priced:
    """A price as a change looks at it. ``key`` is what it is the price of: its periods do not overlap."""

    id: UUID
    key: tuple[Any, ...]
    price: Decimal
    cost: Decimal | None
    currency: str
    source: str
    valid_from: date


class Skipped(Exception):
    """The price stays as it is; the message says why."""


def check_operation(operation: Operation) -> None:
    """Raises ``ValidationFailed`` for a value that the kind of change does not have, or that cannot be meant."""
    kind, value = operation.kind, operation.value
    if (value is None) != (kind == ChangeKind.MARGIN):
        words = "The margin rule says the price." if value is not None else "This says by how much."
        raise ValidationFailed.on("operation.value", "required" if value is None else "not_allowed", words)
    if value is not None:
        _check_value(kind, value, operation.currency)
    check_habit(operation.habit, operation.currency)


def _check_value(kind: ChangeKind, value: Decimal, currency: str) -> None:
    if kind == ChangeKind.PERCENT:
        if not -100 < value <= LARGEST_PERCENT or not value:
            words = f"This is above −100 and at most {LARGEST_PERCENT} percent, and not 0."
            raise ValidationFailed.on("operation.value", "invalid", words)
    elif not money.fits(value, currency):
        raise ValidationFailed.on("operation.value", "invalid", f"This is not an amount of {currency}.")
    elif kind == ChangeKind.SET and value <= 0:
        raise ValidationFailed.on("operation.value", "min_value", "A price is more than 0.")
    elif not value:
        raise ValidationFailed.on("operation.value", "invalid", "This would change nothing.")


def new_amount(priced: Priced, operation: Operation, rule: Margin | None) -> Decimal:
    """The price that the operation makes. ``rule`` is the most exact margin rule. Raises ``Skipped``."""
    if operation.is_in_currency and operation.currency != priced.currency:
        raise Skipped(f"It is in {priced.currency}, not in {operation.currency}.")
    raw = _by_margin(priced, rule) if operation.kind == ChangeKind.MARGIN else _by_value(priced.price, operation)
    if raw <= 0:
        raise Skipped("It would be 0 or less.")
    if raw > money.LARGEST:
        raise Skipped("It would be larger than any price.")
    amount = raw
    if operation.kind != ChangeKind.MARGIN or operation.habit.step:
        amount = to_habit(raw, operation.habit, priced.currency)
    if amount == priced.price:
        raise Skipped("It is this much already.")
    return amount


def _by_value(price: Decimal, operation: Operation) -> Decimal:
    assert operation.value is not None
    if operation.kind == ChangeKind.SET:
        return operation.value
    return price * (1 + operation.value / 100) if operation.kind == ChangeKind.PERCENT else price + operation.value


def _by_margin(priced: Priced, rule: Margin | None) -> Decimal:
    if priced.cost is None:
        raise Skipped("Its cost is not known.")
    if rule is None:
        raise Skipped("There is no margin rule for it.")
    amount = margin_price(priced.cost, rule, priced.currency)
    if amount is None:
        raise Skipped("The margin rule makes no price of a part that costs nothing.")
    return amount


def require_changeable(priced: Priced, operation: Operation, selection: Selection) -> None:
    """Raises ``Skipped`` for what a person set, which no rule takes over unless that is what was asked for."""
    by_person = priced.source == PriceSource.PERSON and selection.source != PriceSource.PERSON
    if operation.kind == ChangeKind.MARGIN and by_person:
        raise Skipped("A person has set it.")


def later_ones(prices: Iterable[Priced], valid_from: date) -> Iterator[UUID]:
    """Of several prices of one key, those that begin after another one and after the day of the change: they were planned,
    and stay as they were planned."""
    first: dict[tuple[Any, ...], UUID] = {}
    for one in sorted(prices, key=lambda one: one.valid_from):
        if first.setdefault(one.key, one.id) != one.id and one.valid_from > valid_from:
            yield one.id


def source_after(kind: ChangeKind, source: str) -> str:
    """Whose amount it is then: set to an amount it is a person's, by the margin rule that rule's; what is raised or
    lowered with all others stays whose it was."""
    named = {ChangeKind.SET: PriceSource.PERSON.value, ChangeKind.MARGIN: PriceSource.RULE.value}
    return named.get(kind, source)


def state_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a price as they are kept beside a change and compared later."""
    return {name: value if value is None or isinstance(value, bool) else str(value) for name, value in columns.items()}
