"""Numbers that are given once: counters kept in rows of their own."""

from typing import Any

from django.db import connection
from django.db.models import Model


def counted_up(counter: type[Model], key: Any) -> int:
    """The next number of a series: 1, 2, 3 … ``counter`` has the series as its key and its latest number in ``last``.

    Never given twice; must run in the transaction of what gets the number. One statement, which also makes the row of the
    series; it holds that row until the commit, so it is called late.
    """
    table, column = counter._meta.db_table, counter._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("{column}", last) VALUES (%s, 1) '
            f'ON CONFLICT ("{column}") DO UPDATE SET last = "{table}".last + 1 RETURNING last',
            [key],
        )
        return int(cursor.fetchone()[0])
