"""The socket ``/ws/repairs``: tells a signed-in client which of its orders have changed."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from apps.accounts import services as accounts
from apps.accounts.middleware import live_session_behind
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.repairs.feed import feed, update_messages

SUBPROTOCOL = "access_token"
NOT_SIGNED_IN = 4401


class RepairsConsumer(AsyncJsonWebsocketConsumer):
    """Signs in with the access token as the second subprotocol, or with the session cookie of our own pages."""

    actor: Actor | None = None
    token: str | None = None

    async def connect(self) -> None:
        offered = self.scope.get("subprotocols", [])
        if len(offered) == 2 and offered[0] == SUBPROTOCOL:
            self.token = offered[1]
        if not await self._sign_in():
            await self.close(code=NOT_SIGNED_IN)
            return
        await self.accept(SUBPROTOCOL if self.token else None)
        feed.join(self)

    async def disconnect(self, code: int) -> None:
        feed.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Clients have nothing to say here; whatever they send is left unread."""

    async def tell(self, order_ids: Sequence[UUID]) -> None:
        """Send the changes that this client may see now; a session that has ended hears nothing, and is closed."""
        if not await self._sign_in():
            await self.close(code=NOT_SIGNED_IN)
            return
        for message in await database_sync_to_async(update_messages)(order_ids, self.actor):
            await self.send_json(message)

    async def _sign_in(self) -> bool:
        try:
            user = await self._bearer(self.token) if self.token else await self._owner_of_cookie()
        except DomainError:
            user = None
        self.actor = Actor.user(user) if user is not None else None
        return user is not None

    async def _bearer(self, token: str) -> User:
        user: User = await database_sync_to_async(_owner_of_token)(token)
        return user

    async def _owner_of_cookie(self) -> User | None:
        # A browser sends the cookie for any page that asks: only our own pages may open this socket with it.
        if not _is_own_origin(dict(self.scope["headers"]).get(b"origin", b"").decode("latin-1")):
            return None
        found: User | None = await database_sync_to_async(_owner_of_session)(self.scope["session"].session_key)
        return found


def _owner_of_token(token: str) -> User:
    user, session = accounts.authenticate(token)
    accounts.require_confirmed(user)
    accounts.require_factor_of_role(user, session)
    return user


def _owner_of_session(key: str | None) -> User | None:
    """Who is logged in with this session of our pages now: it may have ended since the socket was opened."""
    session = live_session_behind(import_module(settings.SESSION_ENGINE).SessionStore(key))
    if session is None:
        return None
    accounts.require_factor_of_role(session.user, session)
    return session.user


def _is_own_origin(origin: str) -> bool:
    host, _ = split_domain_port(urlsplit(origin).netloc)
    return bool(host) and validate_host(host, settings.ALLOWED_HOSTS)
