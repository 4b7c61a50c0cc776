"""Whether the caller's role holds the right that the endpoint declares. Which records it reaches, the selectors say."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.exceptions import Unauthorized
from apps.accounts.rules import Right, require
from apps.core.api.actors import actor_of


class HoldsGrant(BasePermission):
    """Closed by default: a method without a declaration is nobody's, one with ``right=None`` everybody's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        endpoint = view.endpoint
        if endpoint is None:
            return True  # there is no such method: the view answers 405 itself
        if endpoint.right is None:
            return True
        if request.user is None:
            raise Unauthorized("Log in first.")
        require(actor_of(request), Right(endpoint.right))
        return True
