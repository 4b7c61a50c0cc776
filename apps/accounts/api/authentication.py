"""Who makes a request: the bearer of an access token."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import services
from apps.accounts.exceptions import Unauthorized


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; ``request.auth`` is the session."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request._request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip() or len(token) > 4096:
            raise Unauthorized("Send the access token as “Authorization: Bearer <token>”.")
        return services.authenticate(token.strip())

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
