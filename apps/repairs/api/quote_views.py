"""Doors to the quotes of an order and to its customer's link, for whoever has logged in."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView
from apps.repairs import rules, selectors, services
from apps.repairs.api import serializers
from apps.repairs.models import Quote, RepairOrder

_QUOTE = serializers.QuoteSerializer


def tracking_url(request: Request, token: str | None) -> str | None:
    """The address of the customer's page, as a mail would name it; ``None`` for a link that is closed."""
    return None if token is None else request.build_absolute_uri(rules.tracking_path(token))


class OrderQuoteView(ContractView):
    """The newest quote of an order, and sending the next one."""

    endpoints = {
        "get": Endpoint(Right.ORDERS_READ, answer=_QUOTE),
        "post": Endpoint(Right.ORDERS_PARTS, serializers.QuoteWriteSerializer, serializers.SentQuoteSerializer, 201),
    }

    def get(self, request: Request, pk: UUID) -> Response:
        order = selectors.get_order(pk, actor=self.actor)
        newest = selectors.newest_quotes(order)
        return Response(reader_for(quote_shape(self.actor.role), Quote).read(newest)[0])

    def post(self, request: Request, pk: UUID) -> Response:
        order = selectors.get_order(pk, actor=self.actor, right=Right.ORDERS_PARTS)
        fields = self.validated()
        others = [_alternative(order, dict(other)) for other in fields.pop("alternatives", [])]
        quote = services.send_quote(pk, services.QuoteRequest(alternatives=others, **fields), actor=self.actor)
        answer = reader_for(serializers.LinkedQuoteSerializer, Quote).read_ids([quote.pk])[0]
        return Response({**answer, "trackingUrl": tracking_url(request, answer["trackingToken"])}, status=201)


def _alternative(order: RepairOrder, fields: dict[str, Any]) -> services.Alternative:
    line_id = fields.pop("line_id")
    fields.setdefault("quantity", selectors.units_of_line(order, line_id))
    return services.Alternative(line_id, services.LineRequest(**fields))


class OrderQuotesView(ContractView):
    """Every version that an order was quoted in."""

    endpoints = {"get": Endpoint(Right.ORDERS_READ, answer=_QUOTE, paged=True)}

    def get(self, request: Request, pk: UUID) -> Response:
        order = selectors.get_order(pk, actor=self.actor)
        return self.page(order.quotes.all(), quote_shape(self.actor.role), default_ordering=("-version",))


class QuoteDecisionView(ContractView):
    """What a customer has told the shop, in person or by telephone."""

    endpoints = {"post": Endpoint(Right.ORDERS_PARTS, serializers.DecisionSerializer, _QUOTE)}

    def post(self, request: Request, pk: UUID) -> Response:
        selectors.get_order(pk, actor=self.actor, right=Right.ORDERS_PARTS)
        wanted = decision_request(self.validated())
        quote = services.decide_for_customer(pk, wanted, actor=self.actor)
        return Response(reader_for(_QUOTE, Quote).read_ids([quote.pk])[0])


class TrackingLinkView(ContractView):
    """The customer's link: told, made anew, closed."""

    endpoints = {
        "get": Endpoint(Right.ORDERS_STATUS, answer=serializers.TrackingSerializer),
        "post": Endpoint(Right.ORDERS_EDIT, answer=serializers.TrackingSerializer),
        "delete": Endpoint(Right.ORDERS_EDIT, status=204),
    }

    def get(self, request: Request, pk: UUID) -> Response:
        return self._told(selectors.get_order(pk, actor=self.actor, right=Right.ORDERS_STATUS))

    def post(self, request: Request, pk: UUID) -> Response:
        return self._told(services.renew_tracking_link(pk, actor=self.actor))

    def delete(self, request: Request, pk: UUID) -> Response:
        services.close_tracking_link(pk, actor=self.actor)
        return Response(status=204)

    def _told(self, order: RepairOrder) -> Response:
        token = selectors.tracking_token(order.pk, order.tracking_number, order.tracking_closed)
        told = {"token": token, "url": tracking_url(self.request, token), "closed": order.tracking_closed}
        answer = Response(serializers.TrackingSerializer(told).data)
        answer["Cache-Control"] = "no-store"
        return answer


def quote_shape(role: str) -> Shape:
    return serializers.CustomerQuoteSerializer if role == Role.CUSTOMER else _QUOTE


def decision_request(fields: dict[str, Any]) -> services.DecisionRequest:
    return services.DecisionRequest(version=fields.pop("quote_version"), **fields)
