"""Random lives of orders with parts, payments and quotes together: after each step everything agrees."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.repairs.contract import STATUSES
from tests.repairs.living import live_many
from tests.repairs.offers import Offers

# What has to have happened at least once, or the lives are not long or many enough to prove anything.
REACHED = {
    "take in", "drop off", "one more device", "add a line", "change a line", "price a line", "quote", "approve",
    "approve some", "decline", "expiry", "limit", "delivery", "pick units", "return a part", "reserve a part",
    "replace a part", "deposit", "payment", "refund", "tender, payment", "tender, refund", "invoice",
    "invoice of a visit", "credit note", "credit note over a part", "claim", "charge",
    *(f"move to {status}" for status in STATUSES),
}  # fmt: skip


class Everything(Offers):
    """All that can happen in a workshop."""

    most_orders = 8
    done = Counter()


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_parts_payments_and_quotes_agree_after_each_step() -> None:
    live_many(Everything, lives=24, steps=60)

    assert Everything.done.keys() >= REACHED
