"""Whether the caller's role holds the right that the endpoint declares. Which records it reaches, the selectors say."""

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts import services
from apps.accounts.exceptions import Unauthorized
from apps.accounts.models import Session
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
        right = Right(endpoint.right)
        if right is not Right.SIGNED_IN:  # which is what it takes to set up a second factor
            session = cast(Session, request.auth)
            services.require_confirmed(session.user)
            services.require_factor_of_role(session.user, session)
        require(actor_of(request), right)
        return True
