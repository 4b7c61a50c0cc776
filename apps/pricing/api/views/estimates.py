"""Doors to estimates, and to how right they were."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.views import ContractView, ResourceViewSet
from apps.pricing import selectors
from apps.pricing.api import filters
from apps.pricing.api.serializers import estimates as serializers
from apps.pricing.models import EstimateRecord


class EstimateView(ContractView):
    """What a repair will cost: the listed price, else an estimate; with nothing to go on, that it cannot be told."""

    endpoints = {
        "post": Endpoint(Right.PRICES_READ, serializers.EstimateRequestSerializer, serializers.EstimateSerializer)
    }
    repeatable = False

    def post(self, request: Request) -> Response:
        given = self.validated()
        selectors.require_offered(given["device_model"], given["repair_type"], actor=self.actor)
        selectors.require_branch(given.get("branch"), actor=self.actor)
        part = given.get("part_type")
        asked = selectors.Asked(
            given["device_model"],
            given["repair_type"],
            part,
            given.get("part_quality") or (part.quality if part else ""),
            given.get("branch"),
            names_quality=bool(given.get("part_quality")),
        )
        day = selectors.today_for(self.actor, asked.branch)
        found = selectors.estimated_price(asked, actor=self.actor, on=day)
        return Response(serializers.EstimateSerializer(found).data)


class EstimateRecordViewSet(ResourceViewSet):
    """The estimates that were used as prices, and what the prices became."""

    model = EstimateRecord
    filterset_class = filters.EstimateRecordFilter
    ordering = {"createdAt": "created_at", "settledAt": "settled_at"}
    endpoints = {
        "list": Endpoint(Right.ESTIMATES_READ, answer=serializers.EstimateRecordSerializer, paged=True),
        "retrieve": Endpoint(Right.ESTIMATES_READ, answer=serializers.EstimateRecordSerializer),
    }

    def records(self) -> QuerySet[EstimateRecord]:
        return selectors.estimate_records_visible_to(self.actor)


class EstimateReportView(ContractView):
    """How right the estimates of a period were."""

    endpoints = {
        "get": Endpoint(Right.ESTIMATES_READ, answer=serializers.ReportSerializer, query=serializers.ReportQuery)
    }

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, {"dateFrom", "dateTo", "branchId"})
        query = serializers.ReportQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = query.validated_data
        report = selectors.accuracy_report(selectors.estimates_taken(self.actor, **asked))
        return Response(serializers.ReportSerializer(report).data)
