"""The same work on the stock without Django, rules, values and events: a conditional update and the row that explains it.

One statement wherever the work is one of one row: it holds the row's lock for its commit only. The tables are this
benchmark's own, with the columns and the keys that the work needs: this is the floor that the services are compared with.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import psycopg

from apps.core.ids import new_id

TABLES = """
    DROP TABLE IF EXISTS bare_movement, bare_reservation, bare_line, bare_level;
    CREATE TABLE bare_level (item uuid, branch uuid, quantity int NOT NULL CHECK (quantity >= 0),
        reserved int NOT NULL CHECK (reserved BETWEEN 0 AND quantity), PRIMARY KEY (item, branch));
    CREATE TABLE bare_movement (id uuid PRIMARY KEY, kind text, item uuid, source uuid, target uuid, quantity int,
        balance int, created_at timestamptz DEFAULT now());
    CREATE INDEX ON bare_movement (item, source, created_at);
    CREATE INDEX ON bare_movement (item, target, created_at);
    CREATE TABLE bare_reservation (id uuid PRIMARY KEY, item uuid, branch uuid, quantity int, status text,
        created_at timestamptz DEFAULT now());
    CREATE TABLE bare_line (item uuid PRIMARY KEY, received int NOT NULL);
"""
_TAKE = """
    WITH held AS (UPDATE bare_level SET quantity = quantity - 1
        WHERE item = %(item)s AND branch = %(branch)s AND quantity - reserved >= 1 RETURNING quantity)
    INSERT INTO bare_movement (id, kind, item, source, quantity, balance)
    SELECT %(id)s, 'OUT', %(item)s, %(branch)s, 1, quantity FROM held
"""
_BRING = """
    WITH held AS (UPDATE bare_level SET quantity = quantity + 1
        WHERE item = %(item)s AND branch = %(branch)s RETURNING quantity)
    INSERT INTO bare_movement (id, kind, item, target, quantity, balance)
    SELECT %(id)s, %(kind)s, %(item)s, %(branch)s, 1, quantity FROM held
"""
_RESERVE = """
    WITH held AS (UPDATE bare_level SET reserved = reserved + 1
        WHERE item = %(item)s AND branch = %(branch)s AND quantity - reserved >= 1 RETURNING quantity)
    INSERT INTO bare_reservation (id, item, branch, quantity, status) SELECT %(id)s, %(item)s, %(branch)s, 1, 'live' FROM held
"""
_ISSUE = """
    WITH ended AS (UPDATE bare_reservation SET status = 'issued' WHERE id = %(promise)s AND status = 'live'
            RETURNING item, branch),
        held AS (UPDATE bare_level l SET quantity = l.quantity - 1, reserved = l.reserved - 1 FROM ended
            WHERE l.item = ended.item AND l.branch = ended.branch RETURNING l.item, l.branch, l.quantity)
    INSERT INTO bare_movement (id, kind, item, source, quantity, balance)
    SELECT %(id)s, 'OUT', item, branch, 1, quantity FROM held
"""


class Bare:
    """One client. Each method does one piece of work and says whether there was enough."""

    def __init__(self, places: list[tuple[UUID, UUID]], other: UUID, info: dict[str, Any]) -> None:
        self.places, self.other = places, other
        self.connection = psycopg.connect(**info, autocommit=True, prepare_threshold=3)

    def _run(self, sql: str, **values: Any) -> bool:
        return self.connection.execute(sql, {"id": new_id(), **values}).rowcount == 1

    def _place(self) -> dict[str, UUID]:
        item, branch = random.choice(self.places)
        return {"item": item, "branch": branch}

    def out(self) -> bool:
        return self._run(_TAKE, **self._place())

    def reserve(self) -> bool:
        return self._run(_RESERVE, **self._place())

    def issue(self) -> bool:
        """Promise and hand out, in two transactions as a shop does."""
        promise, place = new_id(), self._place()
        self.connection.execute(_RESERVE, {"id": promise, **place})
        return self._run(_ISSUE, promise=promise)

    def transfer(self) -> bool:
        place = self._place()
        with self.connection.transaction():
            ends = [(place["branch"], _TAKE), (self.other, _BRING)]
            done = [
                self._run(sql, item=place["item"], branch=branch, kind="TRANSFER")
                for branch, sql in (sorted(ends, key=lambda end: end[0]))
            ]
        return all(done)

    def receive(self) -> bool:
        place = self._place()
        with self.connection.transaction():
            self.connection.execute("UPDATE bare_line SET received = received + 1 WHERE item = %(item)s", place)
            return self._run(_BRING, kind="IN", **place)

    def count(self) -> bool:
        """The shelf is counted, and one more is found than was on the books."""
        place = self._place()
        with self.connection.transaction():
            self.connection.execute(
                "SELECT quantity FROM bare_level WHERE item = %(item)s AND branch = %(branch)s", place
            )
            return self._run(_BRING, kind="ADJUSTMENT", **place)

    def document(self) -> bool:
        """Up to five rows in one transaction, locked in order."""
        chosen = sorted(set(random.choices(self.places, k=5)))
        with self.connection.transaction():
            done = [self._run(_RESERVE, item=item, branch=branch) for item, branch in chosen]
        return all(done)


def make(info: dict[str, Any], places: list[tuple[UUID, UUID]], other: UUID, units: int) -> None:
    """Empty tables and full shelves."""
    with psycopg.connect(**info, autocommit=True) as connection:
        connection.execute(TABLES)
        with connection.cursor() as cursor:
            every = [(item, end) for item, branch in places for end in (branch, other)]
            cursor.executemany("INSERT INTO bare_level VALUES (%s, %s, %s, 0)", [(*place, units) for place in every])
            cursor.executemany("INSERT INTO bare_line VALUES (%s, 0)", [(item,) for item, _ in places])
