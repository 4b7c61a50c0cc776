"""Orders that are quoted, for the tests of quotes and of the customer's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.inventory.models import Branch
from apps.repairs.enums import DecidedBy
from apps.repairs.models import Quote, QuoteDecision, QuoteLine, RepairOrder
from apps.repairs.selectors import tracking_token
from apps.repairs.services import DecisionRequest, QuoteRequest, decide_for_customer, send_quote
from tests.factories import line, order
from tests.factories.work import SYSTEM
from tests.repairs.contract import books


def token_of(taken_in: RepairOrder) -> str:
    """The token of the order's link as it is now."""
    taken_in.refresh_from_db()
    token = tracking_token(taken_in.pk, taken_in.tracking_number, taken_in.tracking_closed)
    assert token is not None
    return token


def quoted(branch: Branch, **fields: Any) -> RepairOrder:
    """An order of two lines, of 100.00 and of 40.00, with its first quote sent."""
    fields.setdefault("lines", [line(), line(unit_price=Decimal("40.00"))])
    taken_in = order(branch, **fields)
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
    return taken_in


def say(taken_in: RepairOrder, *, approved: bool = True, version: int = 1, **fields: Any) -> Quote:
    """The customer's word, told over the counter."""
    request = DecisionRequest(approved, version, "Kim Ng", way=DecidedBy.COUNTER, **fields)
    return decide_for_customer(taken_in.pk, request, actor=SYSTEM)


def total_of(taken_in: RepairOrder) -> tuple[Decimal, Decimal | None]:
    """The order's total, and how much of it the customer has approved."""
    taken_in.refresh_from_db()
    return taken_in.total, taken_in.approved_total


def kept() -> dict[str, list[Any]]:
    """The books, and all that was quoted and answered."""
    tables = {
        model.__name__: list(model.objects.order_by("pk").values()) for model in (Quote, QuoteLine, QuoteDecision)
    }
    return {**books(), **tables}
