"""What every channel takes and answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from apps.notifications.enums import Outcome


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel gets it. ``id`` goes along where the provider takes one; ``html`` is for e-mail only.

    ``unsubscribe`` is where its reader ends messages of its kind.
    """

    id: UUID
    to: str
    text: str
    subject: str = ""
    html: str = ""
    reply_to: str = ""
    sender_name: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one try; ``error`` names the kind of failure, never an address or a word of the message.

    ``provider_id`` is the provider's own name of the message, ``retry_after`` the seconds that it asks for.
    """

    outcome: Outcome
    error: str = ""
    provider_id: str = ""
    retry_after: float = 0.0


class MessageChannel(Protocol):
    """One way to send."""

    @property
    def provider(self) -> str:
        """Whose circuit breaker and pace hold."""
        ...

    @property
    def per_second(self) -> float: ...

    @property
    def is_on(self) -> bool:
        """Whether the provider's keys are there."""
        ...

    def send(self, message: Outgoing) -> Result:
        """Hand it over. Never raises for what a provider answers or fails to answer."""
        ...

    def look_up(self, message: Outgoing, since: datetime) -> Result:
        """Whether the provider has taken this message since then: ``SENT``, or ``TRANSIENT`` if surely not, so that it
        may be sent again, or ``OUTAGE`` where the provider cannot say.
        """
        ...
