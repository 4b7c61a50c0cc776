"""Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A new UUIDv7. Migrations name this function, so that the library behind it can change."""
    return uuid7()


def is_record_id(value: uuid.UUID) -> bool:
    """Whether a client-made id has the form that Mendery gives its own."""
    return value.version == 7
