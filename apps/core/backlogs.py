"""What waits to be done in the database, as the apps above tell it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apps.core.actor import Actor


@dataclass(frozen=True)
class Backlog:
    """How much waits, since when, and what was given up; ``page`` and ``query`` lead to the latter in the back office."""

    title: str
    waiting: int
    oldest: datetime | None
    given_up: int
    page: str
    query: str


_asked: list[Callable[[Actor], Backlog]] = []


def show(ask: Callable[[Actor], Backlog]) -> None:
    """Have what ``ask`` answers shown among the backlogs. Called when the apps are ready."""
    _asked.append(ask)


def backlogs(actor: Actor) -> list[Backlog]:
    """All of them, with a constant number of statements."""
    return [ask(actor) for ask in _asked]
