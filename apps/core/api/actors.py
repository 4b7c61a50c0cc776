"""Who makes a request."""

from typing import Any

from rest_framework.request import Request

from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address

_KEPT = "mendery.actor"


def actor_of(request: Request) -> Actor:
    """The actor of a request: the bearer of its token, or somebody anonymous. Made once for each bearer."""
    meta = request._request.META  # asked of DRF's request, each name takes a way around
    user, kept = request.user, meta.get(_KEPT)
    if kept is None or kept[0] is not user:
        kept = meta[_KEPT] = (user, _made(request))
    actor: Actor = kept[1]
    return actor


def _made(request: Request) -> Actor:
    request_id, address = request_id_of(request._request), client_address(request._request)
    user: Any = request.user
    session: Any = request.auth
    if user is None:
        return Actor.anonymous(request_id=request_id, address=address)
    return Actor.user(user, request_id=request_id, address=address, session_id=session.pk if session else None)
