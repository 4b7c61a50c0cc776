"""What happens to people and their sessions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class UserEvent(DomainEvent):
    """Something that happened to a user account."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "accounts.user"


@dataclass(frozen=True, kw_only=True)
class LoggedIn(UserEvent):
    """Somebody came in; to the pages with a session of Django's, which has no id of ours."""

    event_type: ClassVar[str] = "accounts.logged_in"
    session_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class LoginFailed(UserEvent):
    event_type: ClassVar[str] = "accounts.login_failed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(UserEvent):
    event_type: ClassVar[str] = "accounts.session_ended"
    session_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class UserSaved(UserEvent):
    """An account was made or changed; ``changed`` names the fields, without their content."""

    event_type: ClassVar[str] = "accounts.user_saved"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CustomerEvent(DomainEvent):
    """Something that happened to a customer. Names fields, never their content: the log outlives the person's data."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "accounts.customer"


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(CustomerEvent):
    event_type: ClassVar[str] = "accounts.customer_created"


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(CustomerEvent):
    event_type: ClassVar[str] = "accounts.customer_changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(CustomerEvent):
    event_type: ClassVar[str] = "accounts.customer_merged"
    into_id: UUID
    moved: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class CustomerErased(CustomerEvent):
    event_type: ClassVar[str] = "accounts.customer_erased"
