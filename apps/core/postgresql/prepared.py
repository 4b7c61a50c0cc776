"""Reads that PostgreSQL keeps ready, sent without psycopg's cursor: that takes a third of the CPU of a short read."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus

MOST = 100  # of each kind on one connection, as psycopg keeps; further ones are left to its cursor
# No such statement (psycopg forgets all of them with every transaction that is rolled back), or one whose table has
# changed since: nothing was done, and what is made anew works.
_LOST = {b"26000", b"0A000"}
_PLACE = re.compile(r"%([s%])")


class Prepared:
    """The statements of one cursor's connection that are asked again and again, by text and types of parameters.

    Values are dumped and loaded by the cursor's adapters, and errors are psycopg's.
    """

    def __init__(self, cursor: Any, kind: str) -> None:
        self._connection = cursor.connection
        self._values = Transformer.from_context(cursor)
        self._kind = kind
        self._numbers = count()
        self._asked: dict[str, int] = {}
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]] | None:
        """The rows; ``None``, without asking, for what is not ready: the cursor has to be asked.

        For a connection outside a transaction, which commits by itself.
        """
        if not self._is_ready(sql):
            return None
        values, wire = self._values, self._connection.pgconn
        dumped = values.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        key, formats = (sql, values.types or ()), values.formats
        result = wire.exec_prepared(self._names.get(key) or self._prepare(wire, *key), dumped, formats)
        if result.error_field(DiagnosticField.SQLSTATE) in _LOST:
            self._names.clear()
            result = wire.exec_prepared(self._prepare(wire, *key), dumped, formats)
        if result.status != ExecStatus.TUPLES_OK:
            raise errors.error_from_result(result, encoding=self._connection.info.encoding)
        values.set_pgresult(result)
        rows: list[tuple[Any, ...]] = values.load_rows(0, result.ntuples, tuple)
        return rows

    def _is_ready(self, sql: str) -> bool:
        threshold = self._connection.prepare_threshold
        asked = self._asked.get(sql, 0)
        if threshold is None or (asked == 0 and len(self._asked) >= MOST):
            return False
        if asked < threshold:
            self._asked[sql] = asked + 1
            return False
        return True

    def _prepare(self, wire: Any, sql: str, types: tuple[int, ...]) -> bytes:
        name, places = f"mendery_{self._kind}_{next(self._numbers)}".encode(), count(1)
        text = _PLACE.sub(lambda found: "%" if found[1] == "%" else f"${next(places)}", sql)
        result = wire.prepare(name, text.encode(), types)
        if result.status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result, encoding=self._connection.info.encoding)
        self._names[sql, types] = name
        return name
