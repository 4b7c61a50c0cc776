"""Count lines again in a new round, count blindly, and find a unit by its number alone."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from apps.core.db import AppendOnly


class Unguard(AppendOnly):
    """Take the triggers off a table that SQLite is about to make anew."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Guard(AppendOnly):
    """Put them on again."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_item_search")]

    operations = [
        migrations.AddField("StockCount", "is_blind", models.BooleanField(default=False)),
        migrations.AddField("CountLine", "round", models.PositiveIntegerField(default=1)),
        migrations.AddField("CountLine", "unit_micros", models.BigIntegerField(default=0)),
        Unguard("CountEntry"),
        migrations.RemoveConstraint("CountEntry", "inventory_serial_once_per_count"),
        migrations.AddField("CountEntry", "round", models.PositiveIntegerField(default=1)),
        migrations.AddConstraint(
            "CountEntry",
            models.UniqueConstraint(
                condition=models.Q(("serial_number", ""), _negated=True),
                fields=("line", "round", "serial_number"),
                name="inventory_serial_once_per_count",
            ),
        ),
        Guard("CountEntry"),
        migrations.AddIndex("Serial", models.Index(fields=["number"], name="inventory_serial_by_number")),
    ]
