"""What the two databases need: bounded retries of a lost race, and tables that only ever grow."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

T = TypeVar("T")

ATTEMPTS = 4
# Values that are named one by one in a statement: PostgreSQL takes 65,535, and SQLite may take 32,766.
MOST_NAMED = 10_000
_LOST_RACE = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_LOCK_WAIT = {"55P03"}  # lock_not_available: lock_timeout ran out


def _sqlstate(error: OperationalError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def lost_race(error: OperationalError) -> bool:
    """Whether the same transaction, run again, is likely to succeed."""
    return _sqlstate(error) in _LOST_RACE


def waited_too_long(error: OperationalError) -> bool:
    """Whether another transaction held a row, or the whole SQLite file, for longer than the bound."""
    return _sqlstate(error) in _LOCK_WAIT or "database is locked" in str(error)


def retrying(work: Callable[[], T]) -> T:
    """Run ``work`` up to four times while the database answers that a race was lost; ``work`` opens its own transaction.

    Inside an outer transaction it runs once, because only the outermost can be repeated.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except OperationalError as error:
            if attempt == ATTEMPTS or connection.in_atomic_block or not lost_race(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that only reads, and whose statements all see the same state. Others go on writing meanwhile.

    Its statements may take as long as they need. Inside an outer transaction it is that one's state.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
            yield
    else:
        with _reading_sqlite(), transaction.atomic():
            yield


@contextmanager
def _reading_sqlite() -> Iterator[None]:
    """Transactions that do not take the place of the one writer, and cannot write."""
    connection.ensure_connection()
    # An attribute of Django's wrapper for SQLite, which knows it from the settings: every other transaction writes.
    wrapper: Any = connection
    usual, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only=ON")
        yield
    finally:
        wrapper.transaction_mode = usual
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only=OFF")


@contextmanager
def planned_anew() -> Iterator[None]:
    """Statements inside are planned for the very values they are asked with.

    One that is prepared is planned for any: how many rows a text finds is then a guess, the same for every text.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    asked: Any = connection.connection
    usual, asked.prepare_threshold = asked.prepare_threshold, None
    try:
        yield
    finally:
        asked.prepare_threshold = usual


def one_at_a_time(name: str) -> None:
    """Wait until no other transaction is at work of this name; to the end of this one nobody else is.

    On SQLite any transaction that writes is the only one.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


class AppendOnly(migrations.operations.base.Operation):
    """Migration operation: the database itself refuses to change or delete rows of ``model_name``."""

    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for statement in _guard(schema_editor.connection.vendor, table):
            schema_editor.execute(statement, params=None)  # no parameters, so that `%` is itself

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for statement in _unguard(schema_editor.connection.vendor, table):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION mendery_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_SQLITE_TRIGGER = """
CREATE TRIGGER "{table}_append_only_{name}" BEFORE {verb} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_TRIGGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION mendery_append_only()
"""


def _guard(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [_POSTGRESQL_FUNCTION, _POSTGRESQL_TRIGGER.format(table=table)]
    return [_SQLITE_TRIGGER.format(table=table, verb=verb, name=verb.lower()) for verb in ("UPDATE", "DELETE")]


def _unguard(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [f'DROP TRIGGER append_only ON "{table}"']
    return [f'DROP TRIGGER "{table}_append_only_{verb}"' for verb in ("update", "delete")]


class OnPostgreSQL(migrations.RunSQL):
    """Migration operation: SQL that only PostgreSQL knows; on SQLite it does nothing."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
