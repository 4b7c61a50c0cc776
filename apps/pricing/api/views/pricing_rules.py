"""Doors to the rules that make prices."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.pricing import services
from apps.pricing.api import filters
from apps.pricing.api.serializers import pricing_rules as serializers
from apps.pricing.api.serializers.prices import ReasonQuery
from apps.pricing.api.views.prices import reason_of
from apps.pricing.models import BranchPriceRule, MarginRule


def _endpoints(write: Shape, read: Shape) -> dict[str, Endpoint]:
    found = crud(Right.COSTS_READ, Right.PRICES_WRITE, write, read)
    found["destroy"] = Endpoint(Right.PRICES_WRITE, status=204, query=ReasonQuery)
    found["history"] = RecordedViewSet.history_endpoint(Right.COSTS_READ)
    return found


class RuleViewSet(RecordedViewSet):
    """Rules that make prices: read by staff, written by who sets prices."""

    model: ClassVar[type[Any]]
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "validFrom": "valid_from"}

    def create(self, request: Request) -> Response:
        given = self.validated()
        rule = services.create_rule(self.model, given, reason=given.pop("reason", ""), actor=self.actor)
        return self.answer(rule.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        given = self.validated(current=self.current(pk))
        services.update_rule(self.model, pk, given, reason=given.pop("reason", ""), actor=self.actor)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_rule(self.model, pk, reason=reason_of(request), actor=self.actor)
        return Response(status=204)


class BranchRuleViewSet(RuleViewSet):
    """What a branch adds to the price list."""

    model = BranchPriceRule
    filterset_class = filters.BranchRuleFilter
    endpoints = _endpoints(serializers.BranchRuleWriteSerializer, serializers.BranchRuleSerializer)


class MarginRuleViewSet(RuleViewSet):
    """How prices are made of costs."""

    model = MarginRule
    filterset_class = filters.MarginRuleFilter
    endpoints = _endpoints(serializers.MarginRuleWriteSerializer, serializers.MarginRuleSerializer)
