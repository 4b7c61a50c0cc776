"""Order numbers."""

from django.db import connection

from apps.repairs.models import OrderCounter


def next_order_number(year: int) -> str:
    """The next number of a year, ``R-2026-000123``. Never given twice; must run in the transaction of its order.

    One statement, which also makes the year's row; it holds that row until the commit, so it is called late.
    """
    table = OrderCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (year, last) VALUES (%s, 1) '
            f'ON CONFLICT (year) DO UPDATE SET last = "{table}".last + 1 RETURNING last',
            [year],
        )
        row = cursor.fetchone()
    return f"R-{year}-{row[0]:06d}"
