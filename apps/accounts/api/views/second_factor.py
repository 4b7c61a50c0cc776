"""Doors to the second factor: set one up, give it at the log-in, give it again, take it away."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services
from apps.accounts.api import second_factor_shapes as shapes
from apps.accounts.api.serializers import TokensSerializer
from apps.accounts.api.views.login import device_of, tokens_answer
from apps.accounts.exceptions import TokenExpired, Unauthorized
from apps.accounts.models import User
from apps.accounts.rules import Right
from apps.accounts.tokens import TokenKind, read
from apps.core.api.endpoints import Endpoint
from apps.core.api.throttling import SecretThrottle
from apps.core.api.views import ContractView


class SecondFactorView(ContractView):
    """What all of them share: nothing that they answer is ever stored, and codes are counted by account."""

    repeatable = False
    secret_group = "second factor"

    def secret_identifier(self, request: Request) -> object:
        return f"account {request.user.pk}" if request.user else None

    @property
    def owner(self) -> User:
        user: Any = self.request.user
        found: User = user
        return found


class SecondStepView(SecondFactorView):
    """The second step of a log-in: the token of the first and a code, for a session."""

    endpoints = {"post": Endpoint(None, shapes.SecondStepSerializer, TokensSerializer)}
    authentication_classes = []
    throttle_classes = [SecretThrottle]

    def secret_identifier(self, request: Request) -> object:
        token = request.data.get("mfaToken") if isinstance(request.data, dict) else None
        try:
            return f"account {read(TokenKind.SECOND_FACTOR, token).user_id}" if isinstance(token, str) else None
        except (TokenExpired, Unauthorized):
            return None

    def post(self, request: Request) -> Response:
        given = self.validated()
        pair = services.finish_log_in(given["mfa_token"], given["code"], device_of(request), actor=self.actor)
        return tokens_answer(pair)


class StepUpView(SecondFactorView):
    """Give the second factor again, for what asks for it once more."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, shapes.CodeSerializer, status=204)}
    throttle_classes = [SecretThrottle]

    def post(self, request: Request) -> Response:
        services.step_up(self.owner, self.validated()["code"], actor=self.actor)
        return Response(status=204)


class TotpSetupView(SecondFactorView):
    """A new secret for an authenticator app; it counts once a code of it has been seen."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, answer=shapes.TotpSetupSerializer)}

    def post(self, request: Request) -> Response:
        setup = services.begin_totp(self.owner, actor=self.actor)
        return Response(shapes.TotpSetupSerializer(setup).data, headers={"Cache-Control": "no-store"})


class TotpConfirmView(SecondFactorView):
    """The first code of an authenticator app: from now on it is asked for."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, shapes.CodeSerializer, shapes.RecoveryCodesSerializer)}
    throttle_classes = [SecretThrottle]

    def post(self, request: Request) -> Response:
        return codes_answer(services.confirm_totp(self.owner, self.validated()["code"], actor=self.actor))


class TotpView(SecondFactorView):
    """The authenticator app of the caller."""

    endpoints = {"delete": Endpoint(Right.SIGNED_IN, shapes.RemoveTotpSerializer, status=204)}
    throttle_classes = [SecretThrottle]

    def delete(self, request: Request) -> Response:
        given = self.validated()
        services.remove_totp(self.owner, given["password"], given["code"], actor=self.actor)
        return Response(status=204)


class RecoveryCodesView(SecondFactorView):
    """Ten new recovery codes in place of the old ones, shown this once."""

    endpoints = {"post": Endpoint(Right.SIGNED_IN, answer=shapes.RecoveryCodesSerializer)}

    def post(self, request: Request) -> Response:
        return codes_answer(services.renew_recovery_codes(self.owner, actor=self.actor))


def codes_answer(codes: list[str]) -> Response:
    return Response({"recoveryCodes": codes}, headers={"Cache-Control": "no-store"})
