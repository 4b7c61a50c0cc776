"""Turns a start that cannot succeed into one clear sentence and a non-zero exit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import OperationalError


@contextmanager
def one_sentence() -> Iterator[None]:
    """Run the body; a wrong configuration or an unreachable database ends the process with exit status 1.

    Everything else passes through untouched: a traceback is right for a fault of ours, not for one of the environment.
    """
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Mendery cannot start: {_first_line(error)}")
    except OperationalError as error:
        if _database_answers():
            raise
        sys.exit(f"Mendery cannot start: the database {_database_name()} cannot be reached ({_first_line(error)}).")


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
