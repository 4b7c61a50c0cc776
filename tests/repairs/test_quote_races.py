"""Quotes that are answered, replaced and overtaken at the same moment: one of them happens, and the books agree."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from apps.core.exceptions import Conflict
from apps.inventory.models import Branch
from apps.inventory.services import verify_stock
from apps.repairs.models import Quote, QuoteDecision, RepairLine
from apps.repairs.services import QuoteRequest, add_line, send_quote
from tests.conftest import Api
from tests.factories import line, stock_of, stocked
from tests.racing import kinds, race
from tests.repairs.contract import SYSTEM, books, events_of
from tests.repairs.quoting import quoted, say, token_of, total_of
from tests.repairs.test_races import codes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 16


def test_one_of_many_answers_at_once_counts(branch: Branch) -> None:
    part = stocked(5, branch)
    taken_in = quoted(branch, lines=[line(), line(part, quantity=2)])
    path, keep = f"track/{token_of(taken_in)}", str(taken_in.lines.first().pk)
    approve, decline = {"lines": [keep]}, {}
    callers = [
        (Api(), *("approve", approve)) if odd else (Api(), "decline", decline) for odd in (1, 0) * (AT_ONCE // 2)
    ]

    answers = race(
        *[
            lambda api=api, way=way, body=body: api.post(f"{path}/{way}", {"quoteVersion": 1, "name": "Kim", **body})
            for api, way, body in callers
        ]
    )

    half = AT_ONCE // 2
    decision = QuoteDecision.objects.get()
    assert codes(answers) == {(200, None): half, (409, "CONFLICT"): half}
    assert len(events_of(taken_in, "repairs.quote_decided")) == 1
    assert total_of(taken_in) == ((Decimal(100), Decimal(100)) if decision.approved else (Decimal(300), None))
    assert stock_of(part, branch) == ((5, 0) if decision.approved else (5, 2))
    assert verify_stock() == []


def test_an_answer_and_a_new_version_exclude_each_other(branch: Branch) -> None:
    taken_in = quoted(branch)

    outcomes = race(lambda: say(taken_in), lambda: send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM))

    statuses = list(taken_in.quotes.values_list("status", flat=True))
    assert statuses in (["approved", "sent"], ["superseded", "sent"])
    approved = statuses[0] == "approved"
    assert kinds(outcomes) == ({"Quote": 2} if approved else {"Conflict": 1, "Quote": 1})
    assert total_of(taken_in) == (Decimal(140), Decimal(140) if approved else None)


def test_an_answer_is_to_the_lines_that_were_read_or_refused(branch: Branch) -> None:
    taken_in = quoted(branch)

    answered, added = race(lambda: say(taken_in), lambda: add_line(taken_in.pk, line(), actor=SYSTEM))

    assert isinstance(added, RepairLine)
    total, approved = total_of(taken_in)
    if isinstance(answered, Conflict):
        assert (total, approved, taken_in.quotes.count()) == (Decimal(240), None, 1)
    else:  # what came after the answer is asked for by itself
        assert (total, approved) == (Decimal(240), Decimal(140))
        assert list(taken_in.quotes.values_list("status", "is_automatic")) == [("approved", False), ("sent", True)]


def test_versions_are_numbered_without_gaps_at_once(branch: Branch) -> None:
    taken_in = quoted(branch)

    race(*[lambda: send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM)] * 5)

    found = list(taken_in.quotes.values_list("version", "status"))
    assert found == [*((number, "superseded") for number in range(1, 6)), (6, "sent")]


class _Killed(Exception):
    """The process died at this statement."""


@pytest.mark.parametrize("what", ["approve", "send"])
def test_what_dies_at_any_statement_has_done_nothing(branch: Branch, what: str) -> None:
    part, other = stocked(5, branch), stocked(5, branch)
    taken_in = quoted(branch, lines=[line(part), line(other)])
    keep = taken_in.lines.first().pk
    before = (books(), list(Quote.objects.values()), list(QuoteDecision.objects.values()))
    works = {
        "approve": lambda: say(taken_in, lines=[keep]),
        "send": lambda: send_quote(taken_in.pk, QuoteRequest(), actor=SYSTEM),
    }

    died = 0
    while _dies_at(died, works[what]):
        assert (books(), list(Quote.objects.values()), list(QuoteDecision.objects.values())) == before
        died += 1

    assert died >= 8
    assert total_of(taken_in)[0] == (Decimal(100) if what == "approve" else Decimal(200))
    assert verify_stock() == []


def _dies_at(statement: int, work: object) -> bool:
    seen = 0

    def watch(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        nonlocal seen
        if seen == statement:
            raise _Killed
        seen += 1
        return execute(sql, params, many, context)  # type: ignore[operator]

    try:
        with connection.execute_wrapper(watch):
            work()  # type: ignore[operator]
    except _Killed:
        return True
    return False
