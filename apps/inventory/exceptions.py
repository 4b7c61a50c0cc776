"""Refusals of the stock."""

from apps.core.exceptions import DomainError


class InsufficientStock(DomainError):
    """There is less than was asked for, counting what is reserved for others."""

    code = "INSUFFICIENT_STOCK"
