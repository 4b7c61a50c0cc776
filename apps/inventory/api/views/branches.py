"""Doors to branches."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.inventory import selectors
from apps.inventory.api import filters, serializers
from apps.inventory.models import Branch

NAMED = {"createdAt": "created_at", "updatedAt": "updated_at", "name": "name"}


class BranchViewSet(RecordedViewSet):
    """The shops."""

    model = Branch
    searchable = True
    ordering = NAMED | {"code": "code"}
    default_ordering = ("name",)
    filterset_class = filters.BranchFilter
    endpoints = crud(
        Right.BRANCHES_READ, Right.BRANCHES_UPDATE, serializers.BranchWriteSerializer, serializers.BranchSerializer
    ) | {
        "create": Endpoint(Right.BRANCHES_CREATE, serializers.BranchWriteSerializer, serializers.BranchSerializer, 201),
        "destroy": Endpoint(Right.BRANCHES_CREATE, status=204),
    }

    def records(self) -> QuerySet[Branch]:
        if self.action in {"update", "partial_update"}:
            return selectors.branches_within(self.actor, Right.BRANCHES_UPDATE)
        return selectors.branches_visible_to(self.actor)

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(city__icontains=text))

    def shape(self) -> Shape:
        is_customer = self.actor.role == Role.CUSTOMER
        return serializers.PublicBranchSerializer if is_customer else serializers.BranchSerializer
