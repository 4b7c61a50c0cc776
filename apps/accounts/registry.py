"""What apps above add here: this app itself knows neither branches nor repair orders."""

from collections.abc import Callable
from uuid import UUID

from apps.core.actor import Actor

CustomerGuard = Callable[[UUID], None]
Farewell = Callable[[UUID, Actor], None]
_customer_guards: list[CustomerGuard] = []
_farewells: list[Farewell] = []


def part_from_user_with(farewell: Farewell) -> None:
    """Call ``farewell(user_id, actor)`` when an account is erased, in the transaction of that."""
    _farewells.append(farewell)


def part_from(user_id: UUID, actor: Actor) -> None:
    """Take an account out of everything above in which it still has a part."""
    for farewell in _farewells:
        farewell(user_id, actor)


def guard_customer_with(guard: CustomerGuard) -> None:
    """Ask ``guard(customer_id)`` before a customer is erased; it raises ``InUse`` to refuse."""
    _customer_guards.append(guard)


def require_erasable(customer_id: UUID) -> None:
    """Raises ``InUse`` while an app above still needs to know who the customer is."""
    for guard in _customer_guards:
        guard(customer_id)
