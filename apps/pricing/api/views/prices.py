"""Doors to prices."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Reach, Right, reach
from apps.audit.recorded import EventShape, RecordedViewSet
from apps.audit.selectors import history_of
from apps.core.actor import Actor
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.filters import refuse_unknown
from apps.core.api.views import ContractView
from apps.core.exceptions import NotFound, ValidationFailed
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_visible_to
from apps.pricing import selectors, services
from apps.pricing.api import filters
from apps.pricing.api.serializers import prices as serializers
from apps.pricing.models import Price, PriceQuerySet

_FOR_STAFF = frozenset({"source", "hasCost"})


def _sees_costs(actor: Actor) -> bool:
    return reach(actor, Right.COSTS_READ) is not Reach.NONE


def reason_of(request: Request) -> str:
    """Why something is taken away, as the address of a DELETE says it. Raises ``ValidationError``."""
    refuse_unknown(request.query_params, {"reason"})
    query = serializers.ReasonQuery(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return str(query.validated_data.get("reason", ""))


class PriceViewSet(RecordedViewSet):
    """The price list."""

    model = Price
    searchable = True
    filterset_class = filters.PriceFilter
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "price": "price", "validFrom": "valid_from"}
    endpoints = crud(
        Right.PRICES_READ, Right.PRICES_WRITE, serializers.PriceWriteSerializer, serializers.PriceSerializer
    )
    endpoints["destroy"] = Endpoint(Right.PRICES_WRITE, status=204, query=serializers.ReasonQuery)
    endpoints["history"] = RecordedViewSet.history_endpoint(Right.COSTS_READ)
    endpoints["replace"] = Endpoint(
        Right.PRICES_WRITE, serializers.ReplacementSerializer, serializers.PriceSerializer, 201
    )

    def records(self) -> QuerySet[Price]:
        return selectors.prices_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        assert isinstance(queryset, PriceQuerySet)
        return selectors.prices_found_by(queryset, text)

    def shape(self) -> Shape:
        return serializers.PriceSerializer if _sees_costs(self.actor) else serializers.PublicPriceSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not _sees_costs(self.actor):
            refuse_unknown(dict.fromkeys(_FOR_STAFF & request.query_params.keys(), ""), ())
        return super().list(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        given = self.validated()
        price = services.create_price(given, reason=given.pop("reason", ""), actor=self.actor)
        return self.answer(price.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        given = self.validated(current=self.current(pk))
        services.update_price(pk, given, reason=given.pop("reason", ""), actor=self.actor)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_price(pk, reason=reason_of(request), actor=self.actor)
        return Response(status=204)

    def replace(self, request: Request, pk: UUID) -> Response:
        """End this price and let another one take its place from the next day on."""
        given = self.validated()
        new = services.replace_price(pk, given, reason=given.pop("reason", ""), actor=self.actor)
        return self.answer(new.pk, status=201)

    def history(self, request: Request, pk: UUID) -> Response:
        """Every change to the price: what, who, when and why. Who sets prices reads that of one that is gone as well."""
        events = history_of(self.model._meta.label_lower, pk)
        try:
            self.require_in_scope(pk)
        except NotFound:
            if reach(self.actor, Right.PRICES_WRITE) is Reach.NONE or not events.exists():
                raise
        return self.page(events, EventShape)


class EffectiveView(ContractView):
    """What a repair costs at a branch on a day, and how that came about."""

    endpoints = {
        "get": Endpoint(
            Right.PRICES_READ,
            answer=serializers.EffectiveSerializer,
            or_answer=serializers.PublicEffectiveSerializer,
            query=serializers.EffectiveQuery,
        )
    }

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, serializers.EffectiveQuery().fields)
        query = serializers.EffectiveQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        model, repair_type, part = asked["device_model"], asked["repair_type"], asked.get("part_type")
        selectors.require_offered(model, repair_type, actor=self.actor)
        branch = self._branch(asked.get("branch_id"))
        day = self._day(asked.get("on"), branch)
        key = (model, repair_type.pk, part.pk if part else None, asked.get("part_quality"), branch, day)
        found = selectors.effective_price(*key)
        answer = _told(found) if found else _not_told(branch, selectors.why_none(*key))
        shape = serializers.EffectiveSerializer if _sees_costs(self.actor) else serializers.PublicEffectiveSerializer
        return Response(shape({**answer, "branch_id": branch.pk if branch else None, "on": day}).data)

    def _branch(self, branch_id: UUID | None) -> Branch | None:
        if branch_id is None:
            return None
        branch: Branch | None = branches_visible_to(self.actor).filter(pk=branch_id).first()
        if branch is None:
            raise NotFound("There is no such branch.")
        return branch

    def _day(self, asked: date | None, branch: Branch | None) -> date:
        day = selectors.today_for(self.actor, branch)
        if asked not in {None, day} and not _sees_costs(self.actor):
            raise ValidationFailed.on("on", "invalid", "Customers are told the price of today.")
        return asked or day


def _told(found: selectors.Effective) -> dict[str, Any]:
    line = found.line
    return {
        "price": found.amount,
        "currency": found.currency,
        "price_id": line.pk,
        "part_type_id": line.part_type_id,
        "part_quality": line.part_quality,
        "reason": None,
        "rule_id": found.rule_id,
        "basis": [{**asdict(step), "currency": found.currency} for step in found.steps],
    }


def _not_told(branch: Branch | None, reason: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("price", "price_id", "part_type_id", "part_quality", "rule_id"))
    currency = branch.currency if branch else settings.CURRENCY
    return {**nothing, "currency": currency, "reason": reason, "basis": []}
