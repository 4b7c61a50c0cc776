"""How much the customer has agreed to: what it blocks, who may go ahead all the same, and when they are asked again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import Quote, RepairOrder
from apps.repairs.rules import Consent
from apps.repairs.selectors import was_declined
from apps.repairs.services import QuoteRequest, add_line, change_line, remove_line, send_quote
from tests.conftest import Api
from tests.factories import line, order
from tests.repairs.contract import SYSTEM, events_of, intake_body, named
from tests.repairs.quoting import quoted, say, total_of


@pytest.mark.parametrize(
    ("approved", "limit", "quote", "total", "lacks"),
    [
        (None, None, "", 999, False), (None, None, "sent", 0, True), (None, None, "declined", 1, True),
        (None, None, "expired", 1, True), (None, None, "superseded", 0, False), (None, 50, "", 50, False),
        (None, 50, "", 51, True), (40, 50, "approved", 50, False), (60, 50, "approved", 60, False),
        (60, 50, "approved", 61, True), (60, None, "approved", 60, False), (60, None, "declined", 61, True),
        (None, 0, "", 0, False), (None, 0, "", 1, True), (60, 99, "sent", 60, True),
    ],
)  # fmt: skip
def test_what_was_agreed_decides_whether_somebody_has_to_ask(
    approved: int | None, limit: int | None, quote: str, total: int, lacks: bool
) -> None:
    named_amounts = [None if amount is None else Decimal(amount) for amount in (approved, limit)]

    words = Consent(*named_amounts, quote).lacking_for(Decimal(total), "USD")

    assert bool(words) is lacks


def blocked(api: Api, taken_in: RepairOrder, to: str) -> list[str]:
    moves = api.get(f"repairs/{taken_in.pk}/transitions").body["data"]["items"]
    (move,) = [move for move in moves if move["to"] == to]
    assert all(found["overridable"] for found in move["blockers"])
    return [found["code"] for found in move["blockers"]]


pytestmark = pytest.mark.django_db


def test_an_order_that_was_never_quoted_goes_ahead(technician: Api, branch: Branch) -> None:
    taken_in = order(branch, technician=technician.user)

    answers = [technician.put(f"repairs/{taken_in.pk}/status", {"status": to}) for to in ("in_progress", "completed")]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_quote_that_waits_blocks_work_until_it_is_approved(technician: Api, branch: Branch) -> None:
    taken_in = quoted(branch, technician=technician.user)
    path = f"repairs/{taken_in.pk}/status"

    before, refused = blocked(technician, taken_in, "in_progress"), technician.put(path, {"status": "in_progress"})
    waits = technician.put(path, {"status": "awaiting_approval"})
    say(taken_in)

    assert (before, refused.status_code, refused.body["code"]) == (["approval_missing"], 409, "CONFLICT")
    assert waits.status_code == 200
    assert blocked(technician, taken_in, "in_progress") == []
    assert technician.put(path, {"status": "in_progress"}).status_code == 200


def test_who_has_the_customers_word_goes_ahead_with_a_reason(technician: Api, branch: Branch) -> None:
    taken_in = quoted(branch, technician=technician.user)

    body = {"status": "in_progress", "notes": "said yes on the phone"}

    assert technician.put(f"repairs/{taken_in.pk}/status", body).status_code == 200


def test_within_the_limit_nothing_is_asked(manager: Api, branch: Branch) -> None:
    taken_in = manager.post("repairs", intake_body(branch, spendLimit="150.00")).body["data"]
    row = RepairOrder.objects.get(pk=taken_in["id"])

    add_line(row.pk, line(unit_price=Decimal("50.00")), actor=SYSTEM)

    assert (taken_in["spendLimit"], row.quotes.count()) == ("150.00", 0)
    assert blocked(manager, row, "in_progress") == []


def test_above_the_limit_they_are_asked_and_no_more_once_it_fits_again(manager: Api, branch: Branch) -> None:
    row = order(branch, spend_limit=Decimal("150.00"))
    dear = add_line(row.pk, line(unit_price=Decimal("50.01")), actor=SYSTEM)

    asked = list(row.quotes.values_list("version", "status", "is_automatic", "total"))
    stopped = blocked(manager, row, "in_progress")
    change_line(row.pk, dear.pk, {"unit_price": Decimal("50.00")}, actor=SYSTEM)

    assert (asked, stopped) == ([(1, "sent", True, Decimal("150.01"))], ["approval_missing"])
    assert list(row.quotes.values_list("status", flat=True)) == ["superseded"]
    assert blocked(manager, row, "in_progress") == []
    assert [told["automatic"] for told in events_of(row, "repairs.quote_sent")] == [True]
    assert [told["status"] for told in events_of(row, "repairs.quote_ended")] == ["superseded"]


def test_an_order_that_becomes_dearer_than_approved_asks_again_by_itself(manager: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    say(taken_in)

    extra = add_line(taken_in.pk, line(), actor=SYSTEM)
    add_line(taken_in.pk, line(), actor=SYSTEM)
    remove_line(taken_in.pk, extra.pk, actor=SYSTEM)

    found = list(taken_in.quotes.values_list("version", "status", "is_automatic", "total"))
    assert found == [
        (1, "approved", False, 140), (2, "superseded", True, 240), (3, "superseded", True, 340), (4, "sent", True, 240),
    ]  # fmt: skip
    assert blocked(manager, taken_in, "in_progress") == ["approval_missing"]
    say(taken_in, version=4)
    assert total_of(taken_in) == (Decimal(240), Decimal(240))
    assert blocked(manager, taken_in, "in_progress") == []


def test_a_cheaper_order_needs_no_new_word(branch: Branch) -> None:
    taken_in = quoted(branch)
    say(taken_in)

    remove_line(taken_in.pk, taken_in.lines.last().pk, actor=SYSTEM)

    assert (total_of(taken_in), taken_in.quotes.count()) == ((Decimal(100), Decimal(140)), 1)


def test_a_declined_quote_blocks_work_and_says_so(manager: Api, branch: Branch) -> None:
    taken_in = quoted(branch)
    before = was_declined(taken_in)
    say(taken_in, approved=False)

    assert (before, was_declined(taken_in)) == (False, True)
    assert blocked(manager, taken_in, "in_progress") == ["approval_missing"]
    send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)
    assert was_declined(taken_in) is False


def test_a_limit_is_corrected_and_lifted(manager: Api, branch: Branch) -> None:
    taken_in = order(branch)
    path = f"repairs/{taken_in.pk}"

    told = [manager.patch(path, {"spendLimit": limit}).body["data"]["spendLimit"] for limit in ("20.00", "0", None)]

    assert told == ["20.00", "0.00", None]


@pytest.mark.parametrize("limit", ["-1", "1.001", "many"])
def test_a_limit_that_is_no_amount_is_refused(manager: Api, branch: Branch, limit: Any) -> None:
    taken_in = order(branch)

    answers = [
        manager.patch(f"repairs/{taken_in.pk}", {"spendLimit": limit}),
        manager.post("repairs", intake_body(branch, spendLimit=limit)),
    ]

    assert [(answer.status_code, named(answer)[0][0]) for answer in answers] == [(400, "spendLimit")] * 2
    assert (RepairOrder.objects.count(), Quote.objects.count()) == (1, 0)
