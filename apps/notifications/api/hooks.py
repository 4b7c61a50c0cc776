"""Doors for providers, who do not log in: they sign what they say."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import UnreadablePostError
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.actor import Actor
from apps.core.api.endpoints import Endpoint
from apps.core.api.parsers import PayloadTooLarge
from apps.core.api.throttling import CallerThrottle, Usage
from apps.core.api.views import ContractView
from apps.core.exceptions import Forbidden
from apps.notifications import rules, services
from apps.notifications.channels import signatures
from apps.notifications.enums import Channel

_MOST_FIELDS = 200


class RawParser(BaseParser):
    """The body as it was sent, which is what is signed; at most ``settings.JSON_BODY_LIMIT`` bytes of it."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.JSON_BODY_LIMIT
        try:
            raw: bytes = stream.read(limit + 1)
        except UnreadablePostError:
            raise ParseError("The request body ended before it was complete.") from None
        if len(raw) > limit:
            raise PayloadTooLarge(f"The request body is larger than {limit} bytes.")
        return raw


class RawForm(RawParser):
    media_type = "application/x-www-form-urlencoded"


class RawJson(RawParser):
    media_type = "application/json"


class ProviderThrottle(CallerThrottle):
    """Providers call as often as there are messages; who tries signatures out is limited as everybody is."""

    def usages(self, request: Request, view: Any) -> list[Usage]:
        return [] if view.is_signed else super().usages(request, view)


class HookView(ABC, ContractView):
    """What all doors for providers share."""

    authentication_classes = []
    throttle_classes = [ProviderThrottle]
    repeatable = False
    endpoints = {"post": Endpoint(None, status=204)}

    @cached_property
    def body(self) -> bytes:
        data = self.request.data
        return data if isinstance(data, bytes) else b""

    @cached_property
    def is_signed(self) -> bool:
        return self.is_proven()

    @abstractmethod
    def is_proven(self) -> bool:
        """Whether the provider has signed the call."""

    @abstractmethod
    def hear(self) -> None:
        """Take in what the call says."""

    def post(self, request: Request) -> Response:
        if not self.is_signed:
            raise Forbidden("The signature is missing or wrong.")
        self.hear()
        return Response(status=204)


class TwilioView(HookView):
    """What Twilio says, in the fields of a form."""

    parser_classes = [RawForm]

    @cached_property
    def fields(self) -> Mapping[str, Sequence[str]]:
        try:
            text = self.body.decode("utf-8")
            return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise ParseError("The request body is no form.") from None

    @property
    def said(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.fields.items()}

    def is_proven(self) -> bool:
        # Not the address by which a proxy has asked us, but the one that Twilio was given.
        address = settings.PUBLIC_URL + self.request._request.get_full_path()
        signature = self.request.headers.get("X-Twilio-Signature", "")
        return signatures.is_of_twilio(address, self.fields, signature)


class TwilioStatusView(TwilioView):
    """How far an SMS has come. Its address names the message, which Twilio has no other word for until it has one."""

    def hear(self) -> None:
        told = rules.said_by_twilio(self.said, self.request.query_params.get("message", ""))
        if told is not None:
            services.hear([told], Channel.SMS, actor=Actor.system("Twilio"))


class TwilioMessagesView(TwilioView):
    """What customers answer. Words that stop messages, and let them come again, are heard; the rest is left to Twilio."""

    def hear(self) -> None:
        number = self.said.get("From", "")
        if rules.is_number(number):
            services.decide_by_sms(number, self.said.get("Body", ""), actor=Actor.system("Twilio"))


class SendGridEventsView(HookView):
    """How far e-mails have come, many at once."""

    parser_classes = [RawJson]

    def is_proven(self) -> bool:
        name = "X-Twilio-Email-Event-Webhook"
        headers = self.request.headers
        timestamp, signature = headers.get(f"{name}-Timestamp", ""), headers.get(f"{name}-Signature", "")
        return signatures.is_of_sendgrid(self.body, timestamp, signature, timezone.now())

    def hear(self) -> None:
        try:
            events = json.loads(self.body)
        except (ValueError, RecursionError):
            raise ParseError("The request body is not valid JSON.") from None
        if not isinstance(events, list):
            raise ParseError("The request body is no list of events.")
        told = [said for said in map(rules.said_by_sendgrid, events) if said is not None]
        services.hear(told, Channel.EMAIL, actor=Actor.system("SendGrid"))
