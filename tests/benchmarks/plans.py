"""What the shop does in the database to answer a request, recorded so that it can be done again without the shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client


@dataclass
class Step:
    """One statement. ``reads`` names the statements of the row reader; ``gives`` what later ones are made of."""

    sql: str
    parameters: tuple[Any, ...]
    in_transaction: bool
    reads: str | None = None
    gives: str | None = None


@dataclass
class Plan:
    """One operation. ``made`` are the ids that it made, ``order`` and ``number`` those of its order."""

    steps: list[Step]
    made: set[UUID] = field(default_factory=set)
    order: UUID | None = None
    number: str = ""
    pagination: dict[str, Any] = field(default_factory=dict)

    def parts(self) -> tuple[list[Step], list[Step], list[Step]]:
        """The statements before, in and after the transaction."""
        before = list(takewhile(lambda step: not step.in_transaction, self.steps))
        after = list(dropwhile(lambda step: step.in_transaction, self.steps[len(before) :]))
        return before, self.steps[len(before) : len(self.steps) - len(after)], after


def record(client: Client, method: str, path: str, body: Any, expected: int) -> Plan:
    """Send the request to the shop within this process, and note what it sends to the database."""
    steps: list[Step] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            steps.append(_step(sql, tuple(params or ())))
        return execute(sql, params, many, context)

    data = json.dumps(body) if body is not None else ""
    with connection.execute_wrapper(note):
        answer = client.generic(method, path, data, content_type="application/json")
    if answer.status_code != expected:
        raise SystemExit(f"{method} {path} answered {answer.status_code}: {answer.content[:300]!r}")
    found = answer.json()["data"]
    if "items" in found and "pagination" in found:
        return Plan(steps, pagination=found["pagination"])
    return Plan(steps, _made(steps), UUID(found["id"]), found["orderNumber"])


def _step(sql: str, parameters: tuple[Any, ...]) -> Step:
    step = Step(sql, parameters, connection.in_atomic_block)
    if "= ANY(" in sql:
        step.reads = "lines" if '."order_id" = ANY(' in sql else "rows"
    elif sql.startswith('SELECT "repairs_repairorder"."id" AS "pk" FROM'):
        step.gives = "page"
    elif "repairs_ordercounter" in sql:
        step.gives = "number"
    return step


def _made(steps: list[Step]) -> set[UUID]:
    """The ids that are inserted: all that come first in an INSERT and are not read by an earlier statement."""
    seen: set[UUID] = set()
    made: set[UUID] = set()
    for step in steps:
        flat = [part for value in step.parameters for part in (value if isinstance(value, list) else [value])]
        ids = {value for value in flat if isinstance(value, UUID)}
        if step.sql.startswith("INSERT"):
            made |= ids - seen
        seen |= ids
    return made
