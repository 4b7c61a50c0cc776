"""What happens to people and their sessions."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from apps.core.events import DomainEvent

NOBODY = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class UserEvent(DomainEvent):
    """Something that happened to a user account."""

    event_type: ClassVar[str]
    aggregate: ClassVar[str] = "accounts.user"


@dataclass(frozen=True, kw_only=True)
class LoggedIn(UserEvent):
    """Somebody came in, by the interface or to the pages."""

    event_type: ClassVar[str] = "accounts.logged_in"
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class LoginFailed(UserEvent):
    """Somebody did not come in; where nobody has the identifier, ``aggregate_id`` is ``NOBODY``."""

    event_type: ClassVar[str] = "accounts.login_failed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(UserEvent):
    event_type: ClassVar[str] = "accounts.session_ended"
    session_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class TokenReused(UserEvent):
    """A spent refresh token was used again: two have held it, and its session has been ended."""

    event_type: ClassVar[str] = "accounts.token_reused"
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class UserSaved(UserEvent):
    """An account was made or changed; ``changed`` names the fields, without their content."""

    event_type: ClassVar[str] = "accounts.user_saved"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LockedOut(UserEvent):
    """Too many tries in vain: nothing is heard from there for so many ``seconds``. ``aggregate_id`` may be ``NOBODY``."""

    event_type: ClassVar[str] = "accounts.locked_out"
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Registered(UserEvent):
    event_type: ClassVar[str] = "accounts.registered"
    role: str


@dataclass(frozen=True, kw_only=True)
class CodeRequested(UserEvent):
    """Somebody asked for a one-time code. It is made when it is sent, so that it lies nowhere before."""

    event_type: ClassVar[str] = "accounts.code_requested"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class UnknownCodeRequested(UserEvent):
    """Somebody asked for a code for nobody we know: recorded so that it costs the same; ``aggregate_id`` is nobody's."""

    event_type: ClassVar[str] = "accounts.unknown_code_requested"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class CodeWithheld(UserEvent):
    """Somebody asked for one more mail than an address gets: nothing is sent."""

    event_type: ClassVar[str] = "accounts.code_withheld"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class RegisteredAgain(UserEvent):
    """Somebody registered with an address that this account has verified; its owner is told."""

    event_type: ClassVar[str] = "accounts.registered_again"


@dataclass(frozen=True, kw_only=True)
class CodeFailed(UserEvent):
    event_type: ClassVar[str] = "accounts.code_failed"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Verified(UserEvent):
    """The e-mail address has been proven; ``customer_id`` is the record that belongs to the account from now on."""

    event_type: ClassVar[str] = "accounts.verified"
    customer_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PasswordReset(UserEvent):
    event_type: ClassVar[str] = "accounts.password_reset"


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(UserEvent):
    """``change`` is ``totp_added``, ``totp_removed``, ``passkey_added``, ``passkey_removed``, ``recovery_codes_made``
    or ``reset``."""

    event_type: ClassVar[str] = "accounts.second_factor_changed"
    change: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SecondFactorUsed(UserEvent):
    """A second factor was given; ``kind`` is ``totp``, ``recovery_code`` or ``passkey``, ``purpose`` what for."""

    event_type: ClassVar[str] = "accounts.second_factor_used"
    kind: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorFailed(UserEvent):
    event_type: ClassVar[str] = "accounts.second_factor_failed"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class PasskeyCopySuspected(UserEvent):
    """A good signature came with a count that had not grown: somebody else has signed with a copy of the key."""

    event_type: ClassVar[str] = "accounts.passkey_copy_suspected"
    passkey_id: UUID
    sign_count: int
    known_sign_count: int


@dataclass(frozen=True, kw_only=True)
class StatusChanged(UserEvent):
    """An account was let in, kept out, approved or given another role, and why; ``changes`` maps fields to old and new."""

    event_type: ClassVar[str] = "accounts.status_changed"
    changes: dict[str, tuple[Any, Any]]
    reason: str


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
