"""What a difference is, and how the database is asked for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

AT_MOST = 10_000  # of one check: who has more than that has one fault, not ten thousand


@dataclass(frozen=True)
class Discrepancy:
    """A number that is not what is behind it.

    ``what`` names the number, ``document`` what it belongs to besides the item and the branch: the number of a document,
    the id of a movement or a reservation, or a serial number. Values are in millionths of the branch's currency. What
    belongs to no item has none, and what is at no branch has no branch.
    """

    item_id: UUID | None
    branch_id: UUID | None
    what: str
    stored: int
    proven: int
    document: str = ""


@dataclass(frozen=True)
class Check:
    """A question to the database: the rows of ``sql`` are item, branch, document, and for each name stored and proven.

    ``of_id`` says that the document is known by an id, not by a number.
    """

    names: tuple[str, ...]
    sql: str
    of_id: bool = False


def differences(check: Check) -> Iterator[Discrepancy]:
    """The differences that a check finds, those of one row together."""
    with connection.cursor() as cursor:
        cursor.execute(f"{check.sql} LIMIT {AT_MOST}")
        for item, branch, known_by, *numbers in cursor.fetchall():
            document = str((_id(known_by) if check.of_id else known_by) or "")
            for what, stored, proven in zip(check.names, numbers[::2], numbers[1::2], strict=True):
                if stored != proven:
                    yield Discrepancy(_id(item), _id(branch), what, int(stored), int(proven), document)


def _id(value: Any) -> UUID | None:
    """SQLite gives the text of an id."""
    return value if value is None or isinstance(value, UUID) else UUID(value)
