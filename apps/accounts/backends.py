"""Django's own sessions, for the admin and the dashboard: the same password check as the interface."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.exceptions import InvalidCredentials
from apps.accounts.models import User
from apps.accounts.services.login import confirmed_user
from apps.accounts.services.sessions import may_exist
from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address


class IdentifierBackend(BaseBackend):
    """Logs in by e-mail, username or phone. Who is in is for ``middleware`` to say, with each request."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """None for what is not meant for it.

        Raises ``TooManyTries``, and ``AccountInactive`` and ``AccountUnverified`` to whoever knows the password, as the
        interface does: the form tells why. A wrong name and a wrong password look the same.
        """
        identifier, password = credentials.get("username"), credentials.get("password")
        if not isinstance(identifier, str) or not isinstance(password, str):
            return None
        actor = Actor.anonymous()
        if request is not None:
            actor = Actor.anonymous(request_id=request_id_of(request), address=client_address(request))
        try:
            return confirmed_user(identifier, password, actor=actor)
        except InvalidCredentials:
            raise PermissionDenied from None

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        return user if user is not None and may_exist(user) and not user.awaits_approval else None
