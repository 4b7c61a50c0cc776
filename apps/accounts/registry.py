"""What apps above add here: this app itself knows neither branches nor repair orders."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

Describer = Callable[[UUID], Any]
CustomerGuard = Callable[[UUID], None]
_describers: dict[str, Describer] = {}
_customer_guards: list[CustomerGuard] = []


def describe_user_with(name: str, describer: Describer) -> None:
    """Add ``name`` to what ``/me`` and the login answer say of a user: ``describer(user_id)``."""
    _describers[name] = describer


def description_of(user_id: UUID) -> dict[str, Any]:
    """What the apps above say of a user."""
    return {name: describer(user_id) for name, describer in _describers.items()}


def guard_customer_with(guard: CustomerGuard) -> None:
    """Ask ``guard(customer_id)`` before a customer is erased; it raises ``InUse`` to refuse."""
    _customer_guards.append(guard)


def require_erasable(customer_id: UUID) -> None:
    """Raises ``InUse`` while an app above still needs to know who the customer is."""
    for guard in _customer_guards:
        guard(customer_id)
