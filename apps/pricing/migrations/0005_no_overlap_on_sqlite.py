"""SQLite too holds by itself that no two prices of one key are valid on the same day."""

from typing import Any

from django.db import migrations

from apps.pricing.models import overlaps


def ensure(apps: Any, schema_editor: Any) -> None:
    overlaps.ensure(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    overlaps.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_no_overlap_within_a_branch")]

    operations = [migrations.RunPython(ensure, remove)]
