"""Doors to sessions: log in, keep on, log out."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, services
from apps.accounts.api import second_factor_shapes, serializers
from apps.accounts.enums import SessionEnd
from apps.accounts.exceptions import TokenExpired, Unauthorized
from apps.accounts.forms import PASSWORD_TRIES
from apps.accounts.models import Session
from apps.accounts.rules import Right
from apps.accounts.tokens import TokenKind, read
from apps.core.api import preconditions
from apps.core.api.endpoints import Endpoint
from apps.core.api.throttling import CallerThrottle, SecretThrottle
from apps.core.api.views import ContractView
from apps.core.client_address import client_address


def device_of(request: Request) -> services.Device:
    return services.Device(client_address(request._request), request.headers.get("User-Agent", ""))


def session_of(request: Request) -> Session:
    """The session of the token that the request came with."""
    session: Any = request.auth
    found: Session = session
    return found


def tokens_answer(pair: services.TokenPair) -> Response:
    return Response(serializers.TokensSerializer(pair).data, headers={"Cache-Control": "no-store"})


class LoginView(ContractView):
    """Log in with e-mail, username or phone number, and password; whoever has a second factor is asked for it next."""

    endpoints = {
        "post": Endpoint(
            None,
            serializers.LoginSerializer,
            serializers.TokensSerializer,
            or_answer=second_factor_shapes.SecondFactorNeededSerializer,
        )
    }
    authentication_classes = []
    throttle_classes = [SecretThrottle]
    secret_group = PASSWORD_TRIES
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated()
        outcome = services.log_in(given["identifier"], given["password"], device_of(request), actor=self.actor)
        if isinstance(outcome, services.TokenPair):
            return tokens_answer(outcome)
        needed = second_factor_shapes.SecondFactorNeededSerializer(outcome)
        return Response(needed.data, headers={"Cache-Control": "no-store"})


class RefreshView(ContractView):
    """Exchange a refresh token, which works once, for a new pair."""

    endpoints = {"post": Endpoint(None, serializers.RefreshSerializer, serializers.TokensSerializer)}
    authentication_classes = []
    throttle_classes = [CallerThrottle]
    repeatable = False

    def post(self, request: Request) -> Response:
        pair = services.refresh(self.validated()["refresh_token"], device_of(request), actor=self.actor)
        return tokens_answer(pair)


class LogoutView(ContractView):
    """End the session of this access token, and that of the refresh token if another is given."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, serializers.LogoutSerializer, status=204)}
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated().get("refresh_token")
        other = self._session_of_refresh(given) if given else None
        for session in filter(None, [session_of(request), other]):
            services.end_session(session, SessionEnd.LOGOUT, actor=self.actor)
        return Response(status=204)

    def _session_of_refresh(self, token: str) -> Session | None:
        try:
            claims = read(TokenKind.REFRESH, token)
        except TokenExpired:
            return None  # what it stood for is over already
        found = selectors.session_of(claims.session_id, claims.user_id)
        if found is None or found.user_id != self.actor.id:
            raise Unauthorized("The refresh token is not yours.")
        return found


class LogoutAllView(ContractView):
    """End every session of the caller."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, status=204)}
    repeatable = False

    def post(self, request: Request) -> Response:
        services.end_all_sessions(session_of(request).user_id, SessionEnd.LOGOUT_ALL, actor=self.actor)
        return Response(status=204)


class MeView(ContractView):
    """The caller's own account."""

    endpoints = {"get": Endpoint(Right.SIGNED_IN, answer=serializers.UserSerializer)}
    tagged = True

    def get(self, request: Request) -> Response:
        return preconditions.with_tag(request, Response(serializers.UserSerializer(request.user).data))
