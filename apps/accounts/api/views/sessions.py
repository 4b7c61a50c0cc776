"""Doors to one's own sessions and password."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, services
from apps.accounts.api import serializers
from apps.accounts.api.views.login import device_of, session_of, tokens_answer
from apps.accounts.enums import SessionEnd
from apps.accounts.forms import PASSWORD_TRIES
from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.throttling import SecretThrottle
from apps.core.api.views import ContractView


class SessionsView(ContractView):
    """The caller's log-ins that can still be used, of apps and of browsers; the newest first."""

    endpoints = {"get": Endpoint(Right.SIGNED_IN, answer=serializers.SessionSerializer, paged=True)}

    def get(self, request: Request) -> Response:
        found = selectors.own_sessions(self.actor)
        answer = self.page(found, serializers.SessionSerializer, default_ordering=("-created_at",))
        current = str(session_of(request).pk)
        for item in answer.data["items"]:
            item["current"] = item["id"] == current
        return answer


class SessionView(ContractView):
    """End one of the caller's log-ins: its tokens, or its browser, are out with their next request."""

    endpoints = {"delete": Endpoint(Right.SIGNED_IN, status=204)}

    def delete(self, request: Request, pk: UUID) -> Response:
        session = selectors.get_own_session(pk, actor=self.actor)
        services.end_session(session, SessionEnd.LOGOUT, actor=self.actor)
        return Response(status=204)


class PasswordView(ContractView):
    """Change one's own password. Everything that was logged in with the old one ends but the session that asks."""

    endpoints = {"put": Endpoint(Right.SIGNED_IN, serializers.OwnPasswordSerializer, serializers.TokensSerializer)}
    throttle_classes = [SecretThrottle]
    secret_group = PASSWORD_TRIES

    def secret_identifier(self, request: Request) -> object:
        return getattr(request.user, "email", None)

    def put(self, request: Request) -> Response:
        given = self.validated()
        pair = services.change_own_password(
            session_of(request), given["current_password"], given["new_password"], device_of(request), actor=self.actor
        )
        return tokens_answer(pair)
