"""The same statements and the same bytes without Django's request cycle: psycopg, orjson and a WSGI function.

Each operation was recorded from the shop itself. What the shop makes anew for each request (ids, times, the order's
number) is put into the recorded parameters; what it reads is read with the same text loaders, and the answer is built
from the rows by the same compiled functions. No token is checked, no limit counted, nothing validated: this is the
floor that the shop is compared with.
"""

from __future__ import annotations

import os
import pickle
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.conf import settings
from psycopg.types.string import TextLoader

from apps.core.api.renderers import envelope
from apps.core.api.rows import reader_for
from apps.core.ids import new_id
from apps.core.postgresql.base import AS_TEXT
from apps.repairs.api.serializers import OrderSerializer
from apps.repairs.models import RepairOrder
from tests.benchmarks.plans import Plan, Step

PLANS: dict[str, Plan] = pickle.loads(Path(os.environ["BENCH_PLANS"]).read_bytes())
READER = reader_for(OrderSerializer, RepairOrder)
_ORDER = re.compile(r"/api/v1/repairs/([0-9a-f-]{36})")
_local = threading.local()


def _cursors() -> Any:
    """This thread's connection with its two cursors, one of which gives the texts of PostgreSQL."""
    if not hasattr(_local, "connection"):
        database = settings.DATABASES["default"]
        _local.connection = psycopg.connect(
            host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"],
            dbname=database["NAME"], autocommit=True, prepare_threshold=3, options="-c timezone=UTC",
        )  # fmt: skip
        _local.cursor = _local.connection.cursor()
        _local.texts = _local.connection.cursor()
        for name in AS_TEXT:
            _local.texts.adapters.register_loader(name, TextLoader)
    return _local


class Replay:
    """One request: the statements of a plan with its own ids, times and number."""

    def __init__(self, plan: Plan, order: UUID | None) -> None:
        self.plan, self.now = plan, datetime.now(UTC)
        self.ids: dict[UUID, UUID] = {plan.order: order} if plan.order and order else {}
        self.number = plan.number
        self.page: list[str] = []
        self.rows: list[Any] = []
        self.lines: dict[Any, list[Any]] = {}

    def run(self) -> list[dict[str, Any]]:
        """Send everything, and build the orders that were read."""
        before, inside, after = self.plan.parts()
        for step in before:
            self._send(step)
        if inside:
            with _cursors().connection.transaction():
                for step in inside:
                    self._send(step)
        for step in after:
            self._send(step)
        found = {row[0]: row for row in self.rows}
        return [READER.build(found[key], (self.lines,)) for key in self.page]

    def _send(self, step: Step) -> None:
        here = _cursors()
        if step.reads is None:
            here.cursor.execute(step.sql, [self._fresh(value) for value in step.parameters])
            if here.cursor.description is not None:
                self._take(step, here.cursor.fetchall())
            return
        if not self.page and self.plan.order:
            self.page = [str(self.ids.get(self.plan.order, self.plan.order))]
        here.texts.execute(step.sql, ["{" + ",".join(self.page) + "}"])
        if step.reads == "rows":
            self.rows = here.texts.fetchall()
        else:
            build = READER.children[0].build
            for row in here.texts.fetchall():
                self.lines.setdefault(row[0], []).append(build(row))

    def _take(self, step: Step, rows: list[Any]) -> None:
        if step.gives == "page":
            self.page = [str(row[0]) for row in rows]
        elif step.gives == "number":
            self.number = f"{self.plan.number[:7]}{rows[0][0]:06d}"

    def _fresh(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._fresh(part) for part in value]
        if isinstance(value, UUID):
            if value in self.plan.made:
                return self.ids.setdefault(value, new_id())
            return self.ids.get(value, value)
        if isinstance(value, datetime):
            return self.now
        if isinstance(value, str) and self.plan.number and self.plan.number.lower() in value.lower():
            return value.replace(self.plan.number, self.number).replace(self.plan.number.lower(), self.number.lower())
        return value


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The four operations of the benchmark."""
    method = environ["REQUEST_METHOD"]
    order = _ORDER.match(environ["PATH_INFO"])
    body = environ["wsgi.input"].read()
    name = {"GET": "one" if order else "list", "POST": "create", "PUT": "status"}[method]
    if name == "status":
        name = f"status {orjson.loads(body)['status']}"
    plan = PLANS[name]
    orders = Replay(plan, UUID(order[1]) if order else None).run()
    data: Any = {"items": orders, "pagination": plan.pagination} if name == "list" else orders[0]
    answer = envelope(data, request_id=str(new_id()))
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    start_response("201 Created" if name == "create" else "200 OK", headers)
    return [answer]
