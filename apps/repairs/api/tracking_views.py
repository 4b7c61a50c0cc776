"""The customer's link, for whoever has it; there is no log-in."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.endpoints import Endpoint
from apps.core.api.files import FileView, attachment
from apps.core.api.filters import refuse_unknown
from apps.core.api.throttling import LinkedFileThrottle
from apps.core.api.views import ContractView
from apps.core.uploads import PDF, PICTURE
from apps.repairs import selectors, services
from apps.repairs.api import serializers

_TRACKED, _ANSWER = serializers.TrackedSerializer, serializers.AnswerSerializer
# The address is the secret: neither a cache keeps what it leads to, nor a crawler, nor does another site hear of it.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class LinkView(ContractView):
    """What all doors behind a link share. Every link that leads nowhere is answered alike."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        for name, value in PRIVATE.items():
            finished[name] = value
        return finished


class OrderLinkView(LinkView):
    """What the doors behind an order's link share."""

    def told(self, token: str) -> Response:
        return Response(_TRACKED(selectors.tracked(token, timezone.now()), context={"token": token}).data)


class TrackedView(OrderLinkView):
    """The order behind a link."""

    endpoints = {"get": Endpoint(None, answer=_TRACKED)}

    def get(self, request: Request, token: str) -> Response:
        refuse_unknown(request.query_params, ())
        return self.told(token)


class TrackedFileView(FileView, LinkView):
    """A file that is meant for whoever has the link, or its small form."""

    endpoints = {"get": Endpoint(None, media=(PICTURE, PDF))}
    throttle_classes = [LinkedFileThrottle]
    thumbnail: bool = False

    def proven_link(self) -> str | None:
        token: str = self.kwargs["token"]
        return token if selectors.is_of_this_shop(token) else None

    def get(self, request: Request, token: str, aid: UUID) -> HttpResponseBase:
        refuse_unknown(request.query_params, ())
        name, media, file = selectors.open_tracked_file(token, aid, thumbnail=self.thumbnail)
        return attachment(file, name, media)


class AnsweredView(OrderLinkView):
    """A yes or a no to the quote; answers the order as it is then."""

    endpoints = {"post": Endpoint(None, _ANSWER, _TRACKED)}
    approved: bool = True

    def post(self, request: Request, token: str) -> Response:
        selectors.get_tracked(token)  # first of all: what else is wrong is nobody's business without a link
        fields = self.validated()
        version = fields.pop("quote_version")
        wanted = services.DecisionRequest(approved=self.approved, version=version, **fields)
        services.decide_by_link(token, wanted, actor=self.actor)
        return self.told(token)
