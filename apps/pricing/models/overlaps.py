"""No two prices of one key are valid on the same day: on SQLite triggers hold it, as a constraint does on PostgreSQL."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# The name of the constraint on PostgreSQL (migration 0004); the triggers refuse in the words of a unique index.
NAME = "pricing_prices_do_not_overlap"
_TABLE = "pricing_price"
_EVENTS = {
    f"{NAME}_added": "BEFORE INSERT",
    f"{NAME}_changed": "BEFORE UPDATE OF device_model_id, repair_type_id, part_type_id, part_quality, branch_id, "
    "valid_from, valid_until",
}
_TRIGGER = """
CREATE TRIGGER "{name}" {event} ON "{table}" WHEN EXISTS (
    SELECT 1 FROM "{table}" AS other
    WHERE other.device_model_id = new.device_model_id AND other.repair_type_id = new.repair_type_id
    AND other.part_type_id IS new.part_type_id AND other.part_quality = new.part_quality
    AND other.branch_id IS new.branch_id AND other.id <> new.id
    AND (other.valid_until IS NULL OR new.valid_from <= other.valid_until)
    AND (new.valid_until IS NULL OR other.valid_from <= new.valid_until)
)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: index ''{refused}'''); END
"""


def ensure(database: BaseDatabaseWrapper) -> None:
    """Make the triggers of SQLite anew where one is missing; prices that are there already are not asked."""
    if database.vendor != "sqlite":
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [_TABLE])
        present = {name for (name,) in cursor.fetchall()}
        for name, event in _EVENTS.items():
            if name not in present:
                cursor.execute(_TRIGGER.format(name=name, event=event, table=_TABLE, refused=NAME))


def remove(database: BaseDatabaseWrapper) -> None:
    """Take the triggers of SQLite away."""
    if database.vendor != "sqlite":
        return
    with database.cursor() as cursor:
        for name in _EVENTS:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def keep(sender: AppConfig, using: str, **_: Any) -> None:
    """See to the triggers after every migration: to alter a table of SQLite, Django makes it anew and leaves them behind."""
    database = connections[using]
    if sender.name == "apps.pricing" and _is_there(database):
        ensure(database)


def _is_there(database: BaseDatabaseWrapper) -> bool:
    """Whether the table has come as far as branches: a database may have been migrated to an earlier state."""
    with database.cursor() as cursor:
        if _TABLE not in database.introspection.table_names(cursor):
            return False
        columns = database.introspection.get_table_description(cursor, _TABLE)
    return any(column.name == "branch_id" for column in columns)
