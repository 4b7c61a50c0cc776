"""Changes of many prices, as tests ask for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.pricing.enums import ChangeKind
from apps.pricing.models import BulkChange, Price
from apps.pricing.rules import Habit
from apps.pricing.rules.changes import Operation, Selection
from apps.pricing.services.bulk_changes import ChangeRequest, draft_change

SYSTEM = Actor.system("test")


def by(kind: str, value: str | None, *, step: str = "0", ending: str = "0", currency: str = "USD") -> Operation:
    amount = None if value is None else Decimal(value)
    return Operation(ChangeKind(kind), amount, currency, Habit(Decimal(step), Decimal(ending)))


def drafted(operation: Operation, *, valid_from: date | None = None, reason: str = "r", **selection: Any) -> BulkChange:
    return draft_change(ChangeRequest(Selection(**selection), operation, reason, valid_from), actor=SYSTEM)


def the_list() -> list[tuple[Any, ...]]:
    """The price list as it is, without when it was written."""
    rows = Price.objects.order_by("device_model_id", "repair_type_id", "part_quality", "valid_from")
    return list(
        rows.values_list(
            "pk", "device_model_id", "repair_type_id", "part_type_id", "part_quality", "branch_id", "price", "cost",
            "currency", "valid_from", "valid_until", "is_estimated", "confidence_score", "notes", "source",
        )
    )  # fmt: skip
