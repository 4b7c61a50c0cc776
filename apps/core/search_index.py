"""An index for finding parts of words in one text column, on either database.

PostgreSQL has the trigrams of ``pg_trgm`` in a GIN index; there ``LIKE`` uses it by itself. SQLite has the trigrams of
FTS5: a table of its own numbers the records (the rowids of a table without an integer key change with VACUUM), triggers
carry each change over, and the search asks it for the words it can find. Where either is missing, the search is right all
the same and reads every row.
"""

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, NotSupportedError, connection, migrations, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate, StrIndex
from django.db.models.lookups import Contains, GreaterThan

from apps.core.text import has_trigram

logger = logging.getLogger(__name__)

SHORTEST = 3  # characters: a shorter word has no trigram
_OLDEST_SQLITE = (3, 34, 0)  # the first with trigrams

_HAS_EXTENSION = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
_MISSING_EXTENSION = (
    "The extension pg_trgm could not be made (%s): searching %s reads every row. Let a superuser run "
    "“CREATE EXTENSION pg_trgm” in this database, then run “manage.py migrate” again."
)
_OLD_SQLITE = "SQLite %s cannot index parts of words (3.34 with FTS5 can): searching %s reads every row."

_TABLES = (
    'CREATE TABLE "{words}" (number INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, text TEXT NOT NULL)',
    """CREATE VIRTUAL TABLE "{found}" USING fts5(text, content='{words}', content_rowid='number', tokenize='trigram')""",
)
# Triggers of the record's table come first: to alter that table, Django makes it anew and leaves them behind.
_TRIGGERS = {
    "{table}_search_added": """AFTER INSERT ON "{table}" BEGIN
        INSERT INTO "{words}" (record, text) VALUES (new."{key}", new."{column}"); END""",
    "{table}_search_changed": """AFTER UPDATE OF "{key}", "{column}" ON "{table}"
        WHEN old."{column}" IS NOT new."{column}" OR old."{key}" IS NOT new."{key}" BEGIN
        UPDATE "{words}" SET record = new."{key}", text = new."{column}" WHERE record = old."{key}"; END""",
    "{table}_search_removed": """AFTER DELETE ON "{table}" BEGIN
        DELETE FROM "{words}" WHERE record = old."{key}"; END""",
    "{words}_added": """AFTER INSERT ON "{words}" BEGIN
        INSERT INTO "{found}" (rowid, text) VALUES (new.number, new.text); END""",
    "{words}_changed": """AFTER UPDATE ON "{words}" BEGIN
        INSERT INTO "{found}" ("{found}", rowid, text) VALUES ('delete', old.number, old.text);
        INSERT INTO "{found}" (rowid, text) VALUES (new.number, new.text); END""",
    "{words}_removed": """AFTER DELETE ON "{words}" BEGIN
        INSERT INTO "{found}" ("{found}", rowid, text) VALUES ('delete', old.number, old.text); END""",
}


@dataclass(frozen=True)
class SearchIndex:
    """The index over ``column`` of ``table``, whose primary key is ``key``."""

    table: str
    column: str
    key: str = "id"

    @property
    def name(self) -> str:
        """Of the index on PostgreSQL, and of the FTS5 table on SQLite."""
        return f"{self.table}_found"

    def holding(self, words: list[str]) -> Q:
        """Records whose text holds every one of ``words``, each in the form of ``core.text.searchable``."""
        indexed = [word for word in words if len(word) >= SHORTEST] if self._asks_fts5() else []
        condition = Q(pk__in=self._found(indexed)) if indexed else Q()
        for word in words:
            if word not in indexed:
                condition &= self.compared(word)
        return condition

    def compared(self, word: str) -> Q:
        """Records whose text holds ``word``; for one without a trigram, PostgreSQL is kept from walking its whole index."""
        if len(word) >= SHORTEST:
            return Q(**{f"{self.column}__contains": word})
        if connection.vendor == "postgresql":
            # By bytes, which takes half the time; the index is not one of this collation.
            return Q(Contains(Collate(self.column, "C"), word))
        return Q(GreaterThan(StrIndex(self.column, Value(word)), 0))

    def naming(self, words: Sequence[str]) -> Q:
        """Records whose text holds every one of ``words``; one without a trigram counts only where a word begins."""
        whole = [word for word in words if has_trigram(word)]
        condition = self.holding(whole)
        for word in words:
            if word not in whole:
                # PostgreSQL has trigrams of the beginnings of words, with the space before them.
                begins = Q(**{f"{self.column}__startswith": word}) | Q(**{f"{self.column}__contains": f" {word}"})
                condition &= begins
        return condition

    def _asks_fts5(self) -> bool:
        return connection.vendor == "sqlite" and can_index_in_sqlite() and _is_there(connection, self)

    def _found(self, words: list[str]) -> RawSQL:
        # A phrase of trigrams is the word itself, wherever in a word of the text it stands.
        phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
        statement = (
            f'SELECT held.record FROM "{self.name}" CROSS JOIN "{self._words}" held ON held.number = "{self.name}".rowid '
            f'WHERE "{self.name}" MATCH %s'
        )
        return RawSQL(statement, [phrases])  # noqa: S611 – the text is a parameter

    @property
    def _words(self) -> str:
        return f"{self.table}_words"

    def ensure(self, database: BaseDatabaseWrapper) -> bool:
        """Make the index, and fill it, unless it is whole; whether there is one afterwards.

        What is missing is said in the log, and is no reason to stop: the search works without.
        """
        return self._on_postgresql(database) if database.vendor == "postgresql" else self._on_sqlite(database)

    def remove(self, database: BaseDatabaseWrapper) -> None:
        """Take the index away; the extension stays, as others may use it."""
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                cursor.execute(f'DROP INDEX IF EXISTS "{self.name}"')
                return
            for trigger in self._triggers():
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger}"')
            for table in (self.name, self._words):
                cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
        _there.discard((str(database.settings_dict["NAME"]), self.name))

    def _on_postgresql(self, database: BaseDatabaseWrapper) -> bool:
        with database.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [self.name])
            if cursor.fetchone()[0]:
                return True
            if not self._has_extension(database, cursor):
                return False
            cursor.execute(f'CREATE INDEX "{self.name}" ON "{self.table}" USING gin ("{self.column}" gin_trgm_ops)')
        return True

    def _has_extension(self, database: BaseDatabaseWrapper, cursor: Any) -> bool:
        cursor.execute(_HAS_EXTENSION)
        if cursor.fetchone()[0]:
            return True
        try:
            with transaction.atomic(using=database.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except (DatabaseError, NotSupportedError) as error:
            logger.warning(_MISSING_EXTENSION, str(error).strip().splitlines()[0], self.table)
            return False
        return True

    def _on_sqlite(self, database: BaseDatabaseWrapper) -> bool:
        if not can_index_in_sqlite():
            logger.warning(_OLD_SQLITE, sqlite3.sqlite_version, self.table)
            return False
        with database.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'table')")
            present = {name for (name,) in cursor.fetchall()}
        if not {self.name, self._words, *self._triggers()} <= present:
            with transaction.atomic(using=database.alias):
                self.remove(database)
                self._build(database)
        return True

    def _build(self, database: BaseDatabaseWrapper) -> None:
        names = {"table": self.table, "key": self.key, "column": self.column, "words": self._words, "found": self.name}
        with database.cursor() as cursor:
            for statement in _TABLES:
                cursor.execute(statement.format(**names))
            cursor.execute(
                f'INSERT INTO "{self._words}" (record, text) SELECT "{self.key}", "{self.column}" FROM "{self.table}"'
            )
            cursor.execute(f"""INSERT INTO "{self.name}" ("{self.name}") VALUES ('rebuild')""")
            for trigger, body in self._triggers().items():
                cursor.execute(f'CREATE TRIGGER "{trigger}" {body}')

    def _triggers(self) -> dict[str, str]:
        names = {"table": self.table, "key": self.key, "column": self.column, "words": self._words, "found": self.name}
        return {name.format(**names): body.format(**names) for name, body in _TRIGGERS.items()}


def can_index_in_sqlite() -> bool:
    """Whether the SQLite of this process knows trigrams."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        return False
    with sqlite3.connect(":memory:") as memory:
        return bool(memory.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0])


_there: set[tuple[str, str]] = set()


def _is_there(database: Any, index: SearchIndex) -> bool:
    """Whether the database has the index; looked up until it is found. It does not go away while a process runs."""
    key = (str(database.settings_dict["NAME"]), index.name)
    if key not in _there:
        with database.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [index.name])
            if cursor.fetchone() is not None:
                _there.add(key)
    return key in _there


class EnsureSearchIndex(migrations.operations.base.Operation):
    """Migration operation: make ``index``, or say in the log why the search will be slow."""

    reversible = True

    def __init__(self, index: SearchIndex) -> None:
        self.index = index

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if not schema_editor.collect_sql:
            self.index.ensure(schema_editor.connection)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if not schema_editor.collect_sql:
            self.index.remove(schema_editor.connection)

    def describe(self) -> str:
        return f"Make parts of words in {self.index.table} findable"
