"""Turns a start that cannot succeed into one clear sentence and a non-zero exit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import DatabaseError, OperationalError, ProgrammingError
from environs import EnvError


@contextmanager
def one_sentence() -> Iterator[None]:
    """Run the body; a wrong configuration, or a database that is unreachable or not prepared, ends it with status 1.

    Everything else passes through untouched: a traceback is right for a fault of ours, not for one of the environment.
    """
    try:
        yield
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"Mendery cannot start: {_first_line(error)}.")
    except (OperationalError, ProgrammingError) as error:
        if _lacks_a_table(error):
            sys.exit(
                f"Mendery cannot start: the database {_database_name()} is not prepared ({_first_line(error)}); "
                "run “manage.py bootstrap” (or “make run”) first."
            )
        if isinstance(error, ProgrammingError) or _database_answers():
            raise
        sys.exit(f"Mendery cannot start: the database {_database_name()} cannot be reached ({_first_line(error)}).")


def require_database() -> None:
    """Raises ``OperationalError`` unless the database answers; leaves no connection behind that a fork would inherit."""
    try:
        connection.ensure_connection()
    finally:
        connection.close()


def _lacks_a_table(error: DatabaseError) -> bool:
    undefined_table = "42P01"
    return getattr(error.__cause__, "sqlstate", None) == undefined_table or str(error).startswith("no such table")


def _database_answers() -> bool:
    try:
        connection.close()
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def _database_name() -> str:
    config = connection.settings_dict
    where = f" at {config['HOST']}:{config['PORT'] or 5432}" if config.get("HOST") else ""
    return f"“{config['NAME']}”{where}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
