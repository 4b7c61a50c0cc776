"""Sessions: made by a login, kept alive by refresh tokens that work once, ended in one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts import events, selectors, tokens
from apps.accounts.enums import SessionEnd, SessionKind
from apps.accounts.exceptions import AccountInactive, AccountUnverified, TokenRevoked, Unauthorized
from apps.accounts.models import Session, User
from apps.accounts.tokens import Claims, TokenKind
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.core.ids import new_id

# A client whose answer was lost presents the spent token again; a thief's copy comes later.
REPEAT_WITHIN = timedelta(seconds=10)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Device:
    """Where a login comes from."""

    address: str | None
    name: str


@dataclass(frozen=True)
class TokenPair:
    """What a client gets: an access token for ``expires_in`` seconds and the refresh token that follows it."""

    access: str
    refresh: str
    expires_in: int
    user: User


def open_session(user: User, device: Device, *, actor: Actor, second_factor_at: datetime | None = None) -> TokenPair:
    """A new session with its first pair of tokens. Runs in the caller's transaction."""
    session = new_session(user, SessionKind.API, device, settings.SESSION_LIFETIME, second_factor_at)
    audit.record(events.LoggedIn(aggregate_id=user.pk, session_id=session.pk), actor=actor)
    return _pair(session, user, session.rotated_at)


def new_session(
    user: User, kind: SessionKind, device: Device, lifetime: timedelta, second_factor_at: datetime | None = None
) -> Session:
    """The row of a login that has just succeeded."""
    now = timezone.now()
    return Session.objects.create(
        user=user,
        kind=kind,
        expires_at=now + lifetime,
        last_seen_at=now,
        address=device.address,
        device=device.name[:300],
        refresh_id=new_id(),
        rotated_at=now,
        second_factor_at=second_factor_at,
    )


def authenticate(token: str) -> tuple[User, Session]:
    """The user and session of an access token, checked against the database: what has ended is over at once.

    Raises ``Unauthorized``, ``TokenExpired``, ``TokenRevoked`` or ``AccountInactive``. Staff whom nobody has let in yet
    are told apart by ``require_confirmed``.
    """
    claims = tokens.read(TokenKind.ACCESS, token)
    session = selectors.session_of(claims.session_id, claims.user_id)
    if session is None:
        raise Unauthorized("The token is not valid.")
    now = timezone.now()
    _require_live(session, claims, now)
    _note_use(session, claims, now)
    return session.user, session


def renew(session: Session, device: Device) -> TokenPair:
    """A new pair for a session that goes on under the account's new version; its old tokens are worth nothing.

    Runs in the caller's transaction. Raises ``TokenRevoked`` if the session has ended.
    """
    held = Session.objects.select_for_update(of=("self",)).select_related("user").filter(revoked_at=None)
    found = held.filter(pk=session.pk).first()
    if found is None:
        raise TokenRevoked("The session has ended; log in again.")
    _rotate(found, device, timezone.now())
    return _pair(found, found.user, found.rotated_at)


def _note_use(session: Session, claims: Claims, now: datetime) -> None:
    # The access token from before a refresh may still be in use; only a later one shows that the answer arrived.
    arrived = claims.issued_at >= session.rotated_at.replace(microsecond=0)
    if now - session.last_seen_at > SEEN_EVERY or (arrived and not session.successor_used):
        as_read = Session.objects.filter(pk=session.pk, refresh_id=session.refresh_id)
        as_read.update(last_seen_at=now, successor_used=session.successor_used or arrived)


def note_seen(session: Session, now: datetime) -> None:
    """Keep when the session was last seen, to the minute."""
    if now - session.last_seen_at > SEEN_EVERY:
        Session.objects.filter(pk=session.pk).update(last_seen_at=now)


def refresh(token: str, device: Device, *, actor: Actor) -> TokenPair:
    """Spend a refresh token for a new pair.

    The spent token again from the same device within ten seconds, while nothing of its successor has been used, gives
    the same successor: the answer was lost. Any other use of a spent token means that two hold it, and ends the session.
    Raises as ``authenticate`` does.
    """
    claims = tokens.read(TokenKind.REFRESH, token)
    outcome = _refresh(claims, device, actor)
    # A refusal is raised after the commit, so that it cannot undo the revocation that goes with it.
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _refresh(claims: Claims, device: Device, actor: Actor) -> TokenPair | DomainError:
    held = Session.objects.select_for_update(of=("self",)).select_related("user")
    session = held.filter(pk=claims.session_id, user_id=claims.user_id).first()
    if session is None:
        return Unauthorized("The token is not valid.")
    now = timezone.now()
    try:
        _require_live(session, claims, now)
    except DomainError as refusal:
        return refusal
    if claims.token_id == session.refresh_id:
        _rotate(session, device, now)
    elif not _answer_was_lost(session, claims, device, now):
        owner = Actor.user(session.user, request_id=actor.request_id, address=actor.address)
        audit.record(events.TokenReused(aggregate_id=session.user_id, session_id=session.pk), actor=owner)
        end_session(session, SessionEnd.REUSE, actor=owner)
        return TokenRevoked("This refresh token was used before. The session has been ended; log in again.")
    return _pair(session, session.user, session.rotated_at)


def _rotate(session: Session, device: Device, now: datetime) -> None:
    session.previous_refresh_id, session.refresh_id = session.refresh_id, new_id()
    session.rotated_at = session.last_seen_at = now
    session.successor_used = False
    session.address, session.device = device.address, device.name[:300]
    session.save(update_fields=[
        "previous_refresh_id", "refresh_id", "rotated_at", "last_seen_at", "successor_used", "address", "device"
    ])  # fmt: skip


def _answer_was_lost(session: Session, claims: Claims, device: Device, now: datetime) -> bool:
    return (
        claims.token_id == session.previous_refresh_id
        and now - session.rotated_at <= REPEAT_WITHIN
        and not session.successor_used
        and (session.address, session.device) == (device.address, device.name[:300])
    )


def _require_live(session: Session, claims: Claims, now: datetime) -> None:
    if session.revoked_at is not None or session.expires_at <= now or claims.version != session.user.auth_version:
        raise TokenRevoked("The session has ended; log in again.")
    require_usable(session.user)


def require_usable(user: User) -> None:
    """Raises ``AccountInactive``."""
    if not user.is_active or not may_exist(user):
        raise AccountInactive("This account has been deactivated.")


def require_confirmed(user: User) -> None:
    """Raises ``AccountUnverified`` for staff whom nobody has let in yet: they see their own account and nothing else."""
    if not user.awaits_approval:
        return
    if not user.is_verified:
        raise AccountUnverified("Confirm the e-mail address of this account first.")
    raise AccountUnverified("An admin of the shop has not let this account in yet.")


def may_exist(user: User) -> bool:
    """Whether this installation takes the user at all: production knows no demo users."""
    return settings.ALLOW_DEMO_SHOP or not user.is_demo


def _pair(session: Session, user: User, issued: datetime) -> TokenPair:
    """The tokens of the session's present state; the same state gives the same refresh token."""
    lifetime = settings.ACCESS_TOKEN_LIFETIME
    now = timezone.now()
    access = Claims(user.pk, session.pk, new_id(), user.auth_version, now, now + lifetime)
    expiry = min(issued + settings.REFRESH_TOKEN_LIFETIME, session.expires_at)
    renewal = Claims(user.pk, session.pk, session.refresh_id, user.auth_version, issued, expiry)
    return TokenPair(
        tokens.issue(TokenKind.ACCESS, access),
        tokens.issue(TokenKind.REFRESH, renewal),
        int(lifetime.total_seconds()),
        user,
    )


@transaction.atomic
def end_session(session: Session, reason: SessionEnd, *, actor: Actor) -> None:
    """The session's tokens stop working at once. Ending it again changes nothing."""
    now = timezone.now()
    ended = Session.objects.filter(pk=session.pk, revoked_at__isnull=True).update(revoked_at=now, end_reason=reason)
    if ended:
        event = events.SessionEnded(aggregate_id=session.user_id, session_id=session.pk, reason=reason.value)
        audit.record(event, actor=actor)


@transaction.atomic
def end_all_sessions(user_id: UUID, reason: SessionEnd, *, actor: Actor, keep: UUID | None = None) -> int:
    """End every session of a user but ``keep``, and every token of theirs; the number of sessions ended."""
    User.objects.filter(pk=user_id).update(auth_version=F("auth_version") + 1)
    others = Session.objects.filter(user_id=user_id, revoked_at__isnull=True).exclude(Q(pk=keep))
    live = list(others.select_for_update().order_by("pk"))
    for session in live:
        end_session(session, reason, actor=actor)
    return len(live)


@transaction.atomic
def end_other_sessions(user_id: UUID, keep: UUID | None, reason: SessionEnd, *, actor: Actor) -> None:
    """End every session of a user but the one that is kept."""
    live = Session.objects.select_for_update().filter(user_id=user_id, revoked_at__isnull=True).exclude(Q(pk=keep))
    for session in live.order_by("pk"):
        end_session(session, reason, actor=actor)


def purge_sessions() -> int:
    """Delete sessions that ended, or could have been used, more than 90 days ago; the number of rows deleted."""
    deleted, _ = Session.objects.filter(expires_at__lt=timezone.now() - timedelta(days=90)).delete()
    return deleted
