"""Doors for who is not in yet: register, prove an address, set a new password."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services
from apps.accounts.api import registration_shapes as shapes
from apps.accounts.api.serializers import TokensSerializer
from apps.accounts.api.views.login import device_of, tokens_answer
from apps.accounts.forms import CODE_REQUESTS, REGISTRATIONS, RESET_REQUESTS, RESET_TRIES, VERIFICATION_TRIES
from apps.accounts.models import User
from apps.core.api.endpoints import Endpoint
from apps.core.api.throttling import SecretThrottle
from apps.core.api.views import ContractView


class RegisterView(ContractView):
    """Make an account. The answer is the same whether or not the address is known; its mailbox gets a code or a word."""

    endpoints = {"post": Endpoint(None, shapes.RegisterSerializer, TokensSerializer, 201)}
    authentication_classes = []
    throttle_classes = [SecretThrottle]
    secret_group = REGISTRATIONS
    # Tokens are not stored for a replay: a client whose answer was lost makes another claim, which costs nobody anything.
    repeatable = False

    def secret_identifier(self, request: Request) -> object:
        return request.data.get("email") if isinstance(request.data, dict) else None

    def post(self, request: Request) -> Response:
        given = self.validated()
        password = given.pop("password")
        pair = services.register(services.NewAccount(**given), password, device_of(request), actor=self.actor)
        answer = tokens_answer(pair)
        answer.status_code = 201
        return answer


class VerifyView(ContractView):
    """Prove an e-mail address with the code that was sent there.

    With an access token, the code is that of the bearer's account; without one it is only found where a single account
    has claimed the identifier in the last day.
    """

    endpoints = {"post": Endpoint(None, shapes.VerifySerializer, shapes.VerifiedSerializer)}
    throttle_classes = [SecretThrottle]
    secret_group = VERIFICATION_TRIES
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated()
        user = services.verify(given["identifier"], given["code"], claimant=_claimant(request), actor=self.actor)
        return Response(shapes.VerifiedSerializer({"user": user}).data)


class ResendCodeView(ContractView):
    """Have another code sent for the verification. The answer is always the same."""

    endpoints = {"post": Endpoint(None, shapes.IdentifierSerializer, shapes.CodeSentSerializer)}
    throttle_classes = [SecretThrottle]
    secret_group = CODE_REQUESTS
    repeatable = False

    def post(self, request: Request) -> Response:
        services.resend_code(self.validated()["identifier"], claimant=_claimant(request), actor=self.actor)
        return _code_sent()


class ForgotPasswordView(ContractView):
    """Have a code sent with which a new password can be set. The answer is always the same."""

    endpoints = {"post": Endpoint(None, shapes.IdentifierSerializer, shapes.CodeSentSerializer)}
    authentication_classes = []
    throttle_classes = [SecretThrottle]
    secret_group = RESET_REQUESTS
    repeatable = False

    def post(self, request: Request) -> Response:
        services.request_reset(self.validated()["identifier"], actor=self.actor)
        return _code_sent()


class ResetPasswordView(ContractView):
    """Set a new password with the code that was sent; every session of the account ends."""

    endpoints = {"post": Endpoint(None, shapes.ResetPasswordSerializer)}
    authentication_classes = []
    throttle_classes = [SecretThrottle]
    secret_group = RESET_TRIES
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated()
        services.reset_password(given["identifier"], given["code"], given["new_password"], actor=self.actor)
        return _with_message(None, "The password has been changed. Log in with the new one.")


def _claimant(request: Request) -> User | None:
    user: Any = request.user
    found: User | None = user
    return found


def _code_sent() -> Response:
    seconds = int(services.CODE_LIFETIME.total_seconds())
    return _with_message(
        shapes.CodeSentSerializer({"expires_in": seconds}).data,
        "If there is an account to which this applies, a code is on its way to its e-mail address.",
    )


def _with_message(data: object, message: str) -> Response:
    answer = Response(data)
    answer.message = message  # type: ignore[attr-defined]
    return answer
