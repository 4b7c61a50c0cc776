"""Refusals. A service raises one of these; each door turns it once into what its reader understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``field`` is the path in the client's own words, such as ``items.0.quantity``."""

    field: str
    code: str
    message: str


class DomainError(Exception):
    """A rule said no, and nothing was changed. ``code`` is one of the codes of the HTTP contract."""

    code: ClassVar[str] = "CONFLICT"
    retry_after: int | None = None  # seconds after which asking again makes sense

    def __init__(self, message: str, details: Iterable[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = list(details)


class ValidationFailed(DomainError):
    """The input is wrong in itself; ``details`` names the fields."""

    code = "VALIDATION_ERROR"

    @classmethod
    def on(cls, field: str, code: str, message: str) -> "ValidationFailed":
        """A refusal that is about one field."""
        return cls(message, [FieldError(field, code, message)])


class ReferenceMissing(DomainError):
    """The input names a record that does not exist, or that lies outside the caller's scope."""

    code = "FOREIGN_KEY_ERROR"

    @classmethod
    def on(cls, field: str, thing: str) -> "ReferenceMissing":
        """A refusal that is about one reference."""
        message = f"There is no such {thing}."
        return cls(message, [FieldError(field, "does_not_exist", message)])


class NotFound(DomainError):
    """There is no such record in the caller's scope."""

    code = "NOT_FOUND"


class Forbidden(DomainError):
    """The caller's role does not hold the right."""

    code = "FORBIDDEN"


class Conflict(DomainError):
    """The record is not in a state that allows this."""

    code = "CONFLICT"


class Duplicate(DomainError):
    """A record with this identity exists already."""

    code = "DUPLICATE_ERROR"


class InUse(DomainError):
    """The record is referred to and so cannot be deleted."""

    code = "IN_USE"


class PreconditionFailed(DomainError):
    """The record has changed since the caller read it."""

    code = "PRECONDITION_FAILED"


class Unavailable(DomainError):
    """Something that Mendery needs does not answer; trying again later will help."""

    code = "SERVICE_UNAVAILABLE"
