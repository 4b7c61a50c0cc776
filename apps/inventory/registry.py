"""What apps above tell the stock: this app knows no repair orders."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from apps.core.actor import Actor
from apps.inventory.rules.queues import Turn, turn


@dataclass(frozen=True)
class Waiting:
    """Units of an item that a source waits for at a branch, and the document that a person knows it by."""

    source_id: UUID
    item_id: UUID
    quantity: int
    document_id: UUID
    document_label: str
    # When the document was made, and for when it was promised: the oldest promise is served first.
    since: datetime
    promised: datetime | None = None

    @property
    def turn(self) -> Turn:
        return turn(self.promised, self.since, self.document_id)


class OrderBook(Protocol):
    """Documents that need parts, such as repair orders."""

    def numbers(self, ids: Collection[UUID], actor: Actor, /) -> Mapping[UUID, str]:
        """The numbers of those of the documents that are within the actor's scope."""

    def numbered(self, number: str, actor: Actor, /) -> UUID | None:
        """The document with this number, if it is within the actor's scope."""

    def waiting(self, branch_id: UUID, item_ids: Collection[UUID] | None, /) -> Iterable[Waiting]:
        """What waits at a branch for stock, for these items or for all, the oldest promise first."""


_books: list[OrderBook] = []


def know_orders_by(book: OrderBook) -> None:
    """From now on, what the book knows is asked for."""
    _books.append(book)


def order_numbers(ids: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """The numbers of those of the repair orders that are within the actor's scope."""
    return {pk: number for book in _books for pk, number in book.numbers(ids, actor).items()} if ids else {}


def order_numbered(number: str, actor: Actor) -> UUID | None:
    """The repair order with this number, if it is within the actor's scope."""
    return next((found for book in _books if (found := book.numbered(number, actor)) is not None), None)


def is_order_of(repair_order_id: UUID, actor: Actor) -> bool:
    """Whether a movement by ``actor`` may name this repair order."""
    return repair_order_id in order_numbers([repair_order_id], actor)


def waiting_at(branch_id: UUID, item_ids: Collection[UUID] | None = None) -> list[Waiting]:
    """What waits at a branch for stock, for these items or for all, the oldest promise first.

    Under the locks of the levels nobody begins to wait, and nobody stops waiting.
    """
    found = [one for book in _books for one in book.waiting(branch_id, item_ids)]
    return found if len(_books) == 1 else sorted(found, key=lambda one: one.turn)
