"""The database engine of the production form."""

import time
from typing import Any

from django.db import DataError
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.types.string import TextLoader

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
    are kept with the connection, one of which gives PostgreSQL's own texts instead of Python's objects.
    """

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used_at = 0.0
        self._kept: dict[bool, Any] = {}

    def close_if_health_check_failed(self) -> None:
        now = time.monotonic()
        if now - self._used_at < TRUSTED_FOR:
            self.health_check_done = True
        super().close_if_health_check_failed()
        self._used_at = now

    def kept_cursor(self, *, texts: bool = False) -> CursorWrapper:
        """A cursor that stays open; the caller fetches everything before anybody else can use it."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        cursor = self._kept.get(texts)
        if cursor is None or cursor.connection is not self.connection:
            cursor = self._kept[texts] = self.create_cursor()
            for name in AS_TEXT if texts else ():
                cursor.adapters.register_loader(name, TextLoader)
        wrapper: CursorWrapper = self._prepare_cursor(cursor)  # type: ignore[attr-defined]
        return wrapper
