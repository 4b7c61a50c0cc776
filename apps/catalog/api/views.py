"""Doors to the catalogue."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.catalog import selectors
from apps.catalog.api import filters, serializers
from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.pagination import Ranked


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
    """Device models; ``q`` finds them by brand, name, model number and alias, spaces or not."""

    model = DeviceModel
    filterset_class = filters.DeviceModelFilter
    ordering = CatalogViewSet.ordering | {"releaseYear": "release_year"}
    endpoints = _endpoints(serializers.DeviceModelWriteSerializer, serializers.DeviceModelSerializer)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any] | Ranked:
        """The best first, unless another order is asked for."""
        if "ordering" in self.request.query_params:
            return selectors.models_found_by(queryset, text)
        return selectors.ranked_models(queryset, text)


class RepairTypeViewSet(CatalogViewSet):
    """Kinds of work."""

    model = RepairType
    endpoints = _endpoints(serializers.RepairTypeWriteSerializer, serializers.RepairTypeSerializer)


class PartTypeViewSet(CatalogViewSet):
    """Kinds of part, each in one quality."""

    model = PartType
    filterset_class = filters.PartTypeFilter
    endpoints = _endpoints(serializers.PartTypeWriteSerializer, serializers.PartTypeSerializer)
