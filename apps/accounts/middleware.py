"""Who is logged in on the pages: whoever Django's session and the session of ours behind it say, with each request."""

from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts import services
from apps.accounts.models import Session, User
from apps.core.actor import PAGE_SESSION_LINK
from apps.core.middleware import PagesMiddleware

# Where Django's session keeps the id of ours.
LINK = PAGE_SESSION_LINK
FOUND = "mendery.page_session"
# Where a page that was given a second factor tells the log-in when that was.
SECOND_FACTOR_AT = "mendery.second_factor_at"


class PageSessionMiddleware(PagesMiddleware, AuthenticationMiddleware):
    """Django's, but what has been ended in the list of sessions is over, and user and session are one statement."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_user_of, request))  # type: ignore[assignment]
        request.auser = sync_to_async(partial(_user_of, request))


def live_session_behind(stored: SessionBase) -> Session | None:
    """The session of ours that one of Django's leads to, with its user, if it lives."""
    link, user_id = stored.get(LINK), stored.get(SESSION_KEY)
    if link is None or user_id is None:
        return None
    return services.live_page_session(UUID(link), UUID(user_id), stored.get(HASH_SESSION_KEY, ""))


def page_session(request: HttpRequest) -> Session | None:
    """The session of ours with which a page is asked for, looked up once."""
    if FOUND not in request.META:
        found = live_session_behind(request.session)
        if found is None and SESSION_KEY in request.session:
            request.session.flush()
        request.META[FOUND] = found
    session: Session | None = request.META[FOUND]
    return session


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    session = page_session(request)
    return session.user if session else AnonymousUser()
