"""Who makes a request."""

from typing import Any

from rest_framework.request import Request

from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address


def actor_of(request: Request) -> Actor:
    """The actor of a request: the bearer of its token, or somebody anonymous."""
    request_id, address = request_id_of(request._request), client_address(request._request)
    user: Any = request.user
    session: Any = request.auth
    if user is None:
        return Actor.anonymous(request_id=request_id, address=address)
    return Actor.user(user, request_id=request_id, address=address, session_id=session.pk if session else None)
