"""Sessions of browsers on our pages: Django's session leads to one of ours, which is listed and ended like any other."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.accounts import events, selectors
from apps.accounts.enums import SessionEnd, SessionKind
from apps.accounts.exceptions import AccountInactive, AccountUnverified
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import (
    Device,
    end_session,
    new_session,
    note_seen,
    require_confirmed,
    require_usable,
)
from apps.audit import services as audit
from apps.core.actor import Actor


@transaction.atomic
def open_page_session(
    user: User, device: Device, lifetime: timedelta, *, actor: Actor, second_factor_at: datetime | None = None
) -> Session | None:
    """A new session of a browser; none if the account has changed since the password was compared, or if the second
    factor that it has was not given.
    """
    as_read = User.objects.filter(pk=user.pk, password=user.password, auth_version=user.auth_version)
    if not as_read.select_for_update().exists():
        return None
    if second_factor_at is None and selectors.has_second_factor(user.pk):
        return None
    session = new_session(user, SessionKind.PAGES, device, lifetime, second_factor_at)
    audit.record(events.LoggedIn(aggregate_id=user.pk, session_id=session.pk), actor=actor)
    return session


def live_page_session(session_id: UUID, user_id: UUID, auth_hash: str) -> Session | None:
    """The session with its user, in one statement, if it lives; ``auth_hash`` tells what the account was at its login.

    That it was seen is noted once a minute.
    """
    session = selectors.session_of(session_id, user_id)
    now = timezone.now()
    if session is None or session.kind != SessionKind.PAGES or session.revoked_at is not None:
        return None
    if session.expires_at <= now or not constant_time_compare(auth_hash, session.user.get_session_auth_hash()):
        return None
    try:
        require_usable(session.user)
        require_confirmed(session.user)
    except (AccountInactive, AccountUnverified):
        return None
    note_seen(session, now)
    return session


def end_page_session(session_id: UUID, user_id: UUID, *, actor: Actor) -> None:
    """Somebody has logged out in this browser."""
    session = selectors.session_of(session_id, user_id)
    if session is not None:
        end_session(session, SessionEnd.LOGOUT, actor=actor)


def purge_page_sessions() -> None:
    """Delete Django's sessions whose time is over, also of those who never logged in."""
    SessionStore.clear_expired()
