"""Doors to the catalogue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.catalog import selectors, services
from apps.catalog.api import filters, serializers
from apps.catalog.models import Brand, DeviceModel, ModelNotice, PartType, RepairType
from apps.catalog.rules import NotAnImei
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.filters import refuse_unknown
from apps.core.api.pagination import Ranked
from apps.core.api.views import ContractView
from apps.core.exceptions import ValidationFailed


def _endpoints(write: Shape, read: Shape) -> Mapping[str, Endpoint]:
    return crud(Right.CATALOG_READ, Right.CATALOG_WRITE, write, read)


class CatalogViewSet(RecordedViewSet):
    """What all four kinds of record have in common."""

    searchable = True
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "name": "name"}
    default_ordering = ("name",)
    filterset_class = filters.ActiveFilter

    def records(self) -> QuerySet[Any]:
        return selectors.offered_to(self.actor, self.model)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked:
        return queryset.filter(Q(name__icontains=text))


class BrandViewSet(CatalogViewSet):
    """Makers of devices."""

    model = Brand
    endpoints = _endpoints(serializers.BrandWriteSerializer, serializers.BrandSerializer)


class DeviceModelViewSet(CatalogViewSet):
    """Device models; ``q`` finds them by brand, name, model number and alias, however they are written."""

    model = DeviceModel
    filterset_class = filters.DeviceModelFilter
    ordering = CatalogViewSet.ordering | {"releaseYear": "release_year"}
    endpoints = {
        **_endpoints(serializers.DeviceModelWriteSerializer, serializers.DeviceModelSerializer),
        "merge": Endpoint(Right.CATALOG_WRITE, serializers.MergeModelSerializer, serializers.DeviceModelSerializer),
    }

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked:
        """The best first, unless another order is asked for."""
        if "ordering" in self.request.query_params:
            return selectors.models_found_by(queryset, text)
        return selectors.ranked_models(queryset, text)

    def update(self, request: Request, pk: UUID) -> Response:
        with services.keeping_merged(pk):
            return super().update(request, pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        with services.keeping_merged(pk):
            return super().destroy(request, pk)

    def merge(self, request: Request, pk: UUID) -> Response:
        """Merge a duplicate into another model; the answer is that one."""
        asked = self.validated()
        target = services.merge_models(pk, asked["into_id"], actor=self.actor, reason=asked.get("reason", ""))
        return self.answer(target.pk)


class ImeiView(ContractView):
    """Which model a phone is, as far as its IMEI tells: models to choose from, the best first."""

    endpoints = {"get": Endpoint(Right.CATALOG_READ, answer=serializers.ImeiSerializer)}

    def get(self, request: Request, imei: str) -> Response:
        refuse_unknown(request.query_params, ())
        try:
            found = selectors.proposals_for_imei(imei, self.actor)
        except NotAnImei as refusal:
            raise ValidationFailed.on("imei", refusal.code, str(refusal)) from None
        answer = Response(serializers.ImeiSerializer(_told(found)).data)
        if found.allocation is None:
            answer.message = f"Type {found.imei.tac} is not in the list of types."  # type: ignore[attr-defined]
        return answer


def _told(found: selectors.ImeiProposals) -> dict[str, Any]:
    known = found.allocation
    return {
        "imei": found.imei.digits,
        "tac": found.imei.tac,
        "is_known": known is not None,
        "is_certain": found.is_certain,
        "brand": known.brand if known else None,
        "name": known.name if known else None,
        "also_known_as": found.also_known_as,
        "device_models": found.models,
    }


class NoticeViewSet(RecordedViewSet):
    """What the counter has to know of a model, or of all of a brand, before it takes one in."""

    model = ModelNotice
    ordering = {"createdAt": "created_at", "updatedAt": "updated_at", "validFrom": "valid_from"}
    default_ordering = ("-level", "-created_at")
    filterset_class = filters.NoticeFilter
    endpoints = crud(
        Right.NOTICES_READ, Right.CATALOG_WRITE, serializers.NoticeWriteSerializer, serializers.NoticeSerializer
    )


class RepairTypeViewSet(CatalogViewSet):
    """Kinds of work."""

    model = RepairType
    endpoints = _endpoints(serializers.RepairTypeWriteSerializer, serializers.RepairTypeSerializer)


class PartTypeViewSet(CatalogViewSet):
    """Kinds of part, each in one quality."""

    model = PartType
    filterset_class = filters.PartTypeFilter
    endpoints = _endpoints(serializers.PartTypeWriteSerializer, serializers.PartTypeSerializer)
