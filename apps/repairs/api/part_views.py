"""Doors to what becomes of the parts of an order after they were issued."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.repairs import services
from apps.repairs.api import serializers
from apps.repairs.api.serializers import work
from apps.repairs.api.views import OrderViewSet

_LINE = serializers.LineSerializer


class PartViewSet(OrderViewSet):
    """The part of one line."""

    endpoints = {
        "give_back": Endpoint(Right.ORDERS_PARTS, work.ReasonSerializer, _LINE),
        "report_faulty": Endpoint(Right.ORDERS_PARTS, work.FailureSerializer, _LINE),
        "reserve": Endpoint(Right.ORDERS_PARTS, answer=_LINE),
    }

    def give_back(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        self.order(pk, Right.ORDERS_PARTS)
        services.return_part(pk, line_id, self.validated()["reason"], actor=self.actor)
        return self._line(pk, line_id)

    def report_faulty(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        self.order(pk, Right.ORDERS_PARTS)
        services.report_faulty(pk, line_id, services.Failure(**self.validated()), actor=self.actor)
        return self._line(pk, line_id)

    def reserve(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        self.order(pk, Right.ORDERS_PARTS)
        services.reserve_part(pk, line_id, actor=self.actor)
        return self._line(pk, line_id)

    def _line(self, pk: UUID, line_id: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_PARTS)
        return self.one(_LINE, order.lines.filter(pk=line_id), status=200)
