"""Refusals of the workshop."""

from apps.core.exceptions import DomainError


class InvalidTransition(DomainError):
    """There is no such move from the order's present status."""

    code = "INVALID_TRANSITION"
