"""Ends a piece of work at each of its statements in turn: all of it must have happened, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection

from tests.tables import rows_of

MOST_STATEMENTS = 500


class Killed(OperationalError):
    """The connection is gone at this statement."""


class _Kill:
    def __init__(self, at: int) -> None:
        self.at, self.seen, self.statement = at, 0, ""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        if self.seen == self.at:
            self.statement = sql
            raise Killed(sql)
        return execute(sql, params, many, context)


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    return rows_of(apps.get_models(include_auto_created=True))


def every_statement_killed(work: Callable[[], object], snapshot: Callable[[], Any] = everything) -> int:
    """Kill ``work`` at its first statement, then at its second and so on; each time ``snapshot`` is what it was before.

    At last it runs to its end; the number of its statements.
    """
    before = snapshot()
    for at in range(1, MOST_STATEMENTS):
        kill = _Kill(at)
        try:
            with connection.execute_wrapper(kill):
                work()
        except Killed:
            assert snapshot() == before, f"something is left of what was killed at statement {at}: {kill.statement}"
        else:
            assert snapshot() != before
            return at - 1
    raise AssertionError(f"More than {MOST_STATEMENTS} statements.")
