"""What stands in the tables, for comparing before and after: plain rows, which cost a fraction of the models' own."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model


def rows_of(models: Iterable[type[Model]]) -> dict[str, list[str]]:
    """Every column of every row, by table."""
    with connection.cursor() as cursor:
        found = {}
        for table in (model._meta.db_table for model in models):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found
