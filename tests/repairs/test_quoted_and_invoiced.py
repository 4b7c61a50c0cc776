"""Quotes over work that stands on an invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.exceptions import Conflict
from apps.inventory.models import Branch
from apps.repairs.enums import OrderStatus
from apps.repairs.services import change_status, issue_invoice
from tests.repairs.contract import SYSTEM
from tests.repairs.quoting import kept, quoted, say, total_of

pytestmark = pytest.mark.django_db


def test_what_stands_on_an_invoice_is_not_chosen_away(branch: Branch) -> None:
    taken_in = quoted(branch)
    for step in ("in_progress", "completed"):
        change_status(taken_in.pk, OrderStatus(step), actor=SYSTEM, note="said by telephone")
    issue_invoice(taken_in.pk, actor=SYSTEM)
    change_status(taken_in.pk, OrderStatus.IN_PROGRESS, actor=SYSTEM, note="again")
    before = kept()

    with pytest.raises(Conflict, match="needs a credit note first"):
        say(taken_in, lines=[taken_in.lines.first().pk])

    assert kept() == before
    assert say(taken_in).status == "approved"
    assert total_of(taken_in) == (Decimal(140), Decimal(140))
