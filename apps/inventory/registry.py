"""What apps above tell the stock: this app knows no repair orders."""

from collections.abc import Callable
from uuid import UUID

from apps.core.actor import Actor

OrderCheck = Callable[[UUID, Actor], bool]
_order_checks: list[OrderCheck] = []


def check_orders_with(check: OrderCheck) -> None:
    """``check(repair_order_id, actor)`` says whether such an order is within the actor's scope."""
    _order_checks.append(check)


def is_order_of(repair_order_id: UUID, actor: Actor) -> bool:
    """Whether a movement by ``actor`` may name this repair order."""
    return any(check(repair_order_id, actor) for check in _order_checks)
