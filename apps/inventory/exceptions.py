"""Refusals of the stock."""

from apps.core.exceptions import Conflict, DomainError


class InsufficientStock(DomainError):
    """There is less than was asked for, counting what is reserved for others."""

    code = "INSUFFICIENT_STOCK"


class SerialElsewhere(Conflict):
    """A unit is not where it would have to be for this."""


class SerialsMissing(Conflict):
    """Units that are known by their numbers are to go out, and nobody has said which."""


class AlreadyReversed(Conflict):
    """A movement is undone at most once."""


class NotReversible(Conflict):
    """The movement belongs to something that has its own way of being undone."""


class CountNotPostable(Conflict):
    """Lines of a count cannot be booked as they are; ``details`` names each of them."""
