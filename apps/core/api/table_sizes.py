"""How large tables are, roughly."""

from collections.abc import Callable

from django.db import connection


class TableSizes:
    """Rough row counts, remembered for a minute: the planner's estimate, or the highest rowid of SQLite."""

    def __init__(self, clock: Callable[[], float], lifetime: float) -> None:
        self._clock, self._lifetime = clock, lifetime
        self._known: dict[str, tuple[float, int]] = {}

    def rows(self, table: str) -> int:
        key = f"{connection.settings_dict['NAME']}.{table}"
        known = self._known.get(key)
        if known is None or known[0] < self._clock():
            known = (self._clock() + self._lifetime, self._look(table))
            self._known[key] = known
        return known[1]

    @staticmethod
    def _look(table: str) -> int:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
            else:
                cursor.execute(f'SELECT coalesce(max(rowid), 0) FROM "{table}"')
            row = cursor.fetchone()
        return int(row[0]) if row else 0
