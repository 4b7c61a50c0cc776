"""What apps above tell the catalogue about merging models: this app does not know what refers to one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from apps.core.actor import Actor


@dataclass(frozen=True)
class Merging:
    """Two models that become one: everything of the source goes to the target."""

    source_id: UUID
    target_id: UUID
    reason: str
    actor: Actor


@dataclass(frozen=True)
class Part:
    """What an app does by itself when models are merged; all other references are simply moved.

    ``relations`` names the tables whose references it moves. ``hold`` locks rows that others lock before a model;
    ``move`` runs under the locks of both models, and says how many rows it moved, by words of its own.
    """

    relations: Collection[str]
    hold: Callable[[Merging], None]
    move: Callable[[Merging], dict[str, int]]


_parts: list[Part] = []


def move_by(part: Part) -> None:
    """From now on, the references of these tables are moved by ``part``."""
    _parts.append(part)


def parts() -> list[Part]:
    return list(_parts)
