"""Who does something: handed to every service, written on every event."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

# Where Django's session, which a page comes with, keeps the id of the log-in that it belongs to.
PAGE_SESSION_LINK = "_mendery_session_id"


class UserLike(Protocol):
    """What an actor takes from a user, so that this app needs to know no user model."""

    id: Any
    role: Any

    def get_full_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts. ``kind`` is ``user``, ``system`` or ``anonymous``; only a user has an id and a role."""

    kind: str
    label: str
    id: UUID | None = None
    role: str = ""
    request_id: str = ""
    address: str | None = None
    session_id: UUID | None = None

    @classmethod
    def user(
        cls, user: UserLike, *, request_id: str = "", address: str | None = None, session_id: UUID | None = None
    ) -> "Actor":
        """A person with an account; ``session_id`` is the log-in that they act in."""
        return cls("user", user.get_full_name(), user.id, user.role, request_id, address, session_id)

    @classmethod
    def system(cls, label: str) -> "Actor":
        """Mendery itself: a job, an import, a subscriber. Not bound by roles."""
        return cls("system", label)

    @classmethod
    def anonymous(cls, *, request_id: str = "", address: str | None = None) -> "Actor":
        """Someone who has not logged in."""
        return cls("anonymous", "anonymous", request_id=request_id, address=address)

    @property
    def is_system(self) -> bool:
        return self.kind == "system"
