"""Who wants to hear of which events. Filled by the ``subscribers`` modules when the apps are ready."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.audit.models import Event
from apps.core.events import DomainEvent

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Subscriber:
    """A handler and its name. The handler runs in a transaction with the mark that it is done; it must not do I/O."""

    name: str
    handle: Handler


_by_type: dict[str, list[Subscriber]] = {}
_by_name: dict[str, Subscriber] = {}


def subscribe(name: str, *events: type[DomainEvent]) -> Callable[[Handler], Handler]:
    """Register a handler for the kinds of event, under a name that never changes (it stands in the database)."""

    def register(handler: Handler) -> Handler:
        if name in _by_name:
            raise ValueError(f"There is already a subscriber named {name!r}.")
        subscriber = Subscriber(name, handler)
        _by_name[name] = subscriber
        for event in events:
            _by_type.setdefault(event.event_type, []).append(subscriber)
        return handler

    return register


def subscribers_of(event_type: str) -> list[Subscriber]:
    """The subscribers of a kind of event."""
    return _by_type.get(event_type, [])


def named(name: str) -> Subscriber | None:
    """The subscriber with this name, unless the code of today no longer has it."""
    return _by_name.get(name)
