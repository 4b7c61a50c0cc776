"""The database engine of the production form."""

import time
from collections.abc import Sequence
from typing import Any

from django.db import DataError
from django.db.backends.postgresql import base, operations
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.string import TextLoader
from sentry_sdk import get_client as sentry

from apps.core.postgresql.prepared import Prepared

TRUSTED_FOR = 1.0  # seconds
# Types whose text on the wire is what the contract writes, or next to it.
AS_TEXT = ("uuid", "numeric", "timestamptz", "date", "jsonb")
_BITS = {
    "SmallIntegerField": 16, "PositiveSmallIntegerField": 16, "IntegerField": 32, "PositiveIntegerField": 32,
    "BigIntegerField": 64, "PositiveBigIntegerField": 64,
}  # fmt: skip


class DatabaseOperations(operations.DatabaseOperations):
    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        """Django leaves it to the driver to refuse what a column cannot hold, and the driver cuts off its upper bits."""
        if isinstance(value, int) and not -1 <= value >> (_BITS[internal_type] - 1) <= 0:
            raise DataError(f"{internal_type} out of range")
        return super().adapt_integerfield_value(value, internal_type)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with two things that count at hundreds of requests a second.

    A kept connection is checked at the start of a request only if it was not in use during the last second: the check
    is a round trip, and a server that restarts is still noticed by each connection at its next rest. And two cursors
    are kept with the connection, one of which gives PostgreSQL's own texts instead of Python's objects. They are asked
    without Django's wrapper, unless somebody looks on, and outside transactions without their own way to libpq.
    """

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used_at = 0.0
        self._kept: dict[bool, tuple[Any, Prepared]] = {}
        self._reported = sentry().is_active()  # then Sentry notes what goes through Django's wrapper

    def close_if_health_check_failed(self) -> None:
        now = time.monotonic()
        if now - self._used_at < TRUSTED_FOR:
            self.health_check_done = True
        super().close_if_health_check_failed()
        self._used_at = now

    def rows(self, sql: str, parameters: Sequence[Any], *, texts: bool = False) -> list[tuple[Any, ...]]:
        """The rows of a statement, as PostgreSQL's texts or as Python's objects."""
        self.close_if_health_check_failed()
        if self.connection is None:
            self.ensure_connection()
        kept = self._kept.get(texts)
        if kept is None or kept[0].connection is not self.connection:
            cursor = self._kept_cursor(texts=texts)
            kept = self._kept[texts] = cursor, Prepared(cursor, "texts" if texts else "values")
        cursor, prepared = kept
        found: list[tuple[Any, ...]] | None
        if self.execute_wrappers or self.queries_logged or self._reported:
            watched = self._prepare_cursor(cursor)  # type: ignore[attr-defined]
            watched.execute(sql, parameters)
            return list(watched.fetchall())
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            found = prepared.rows(sql, parameters) if self.autocommit and not self.in_atomic_block else None
            if found is None:
                cursor.execute(sql, parameters)
                found = cursor.fetchall()
        return found

    def _kept_cursor(self, *, texts: bool) -> Any:
        cursor: Any = self.create_cursor()
        for name in AS_TEXT if texts else ():
            cursor.adapters.register_loader(name, TextLoader)
        if not texts:
            # Django's is written in Python; this one is psycopg's in C, and the connection's time is UTC.
            cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        return cursor
