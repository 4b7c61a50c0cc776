"""Bases for doors to reference data: the serializer or the form saves, and every write becomes an event."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import services
from apps.audit.models import Event
from apps.core.api.endpoints import Endpoint
from apps.core.api.serializers import ContractSerializer, FromRow, camel
from apps.core.api.views import ResourceViewSet


def _actor(kind: str, pk: Any, label: str) -> dict[str, Any]:
    return {"kind": kind, "id": None if pk is None else str(pk), "name": label}


class ActorShape(ContractSerializer):
    """Who did something."""

    kind = serializers.CharField()
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


def actor_field(of: str = "") -> FromRow:
    """The declared form of the three actor columns of a row, or of the record ``of`` beside it."""
    columns = tuple(of + name for name in ("actor_kind", "actor_id", "actor_label"))
    return FromRow(columns, _actor, ActorShape())


def _in_camel_case(payload: Any) -> Any:
    """Names of columns as the interface writes them, at every depth; values stay."""
    if isinstance(payload, dict):
        return {camel(name): _in_camel_case(value) for name, value in payload.items()}
    return payload


class EventShape(ContractSerializer):
    """One entry of a record's history."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    payload = FromRow(("payload",), _in_camel_case, serializers.JSONField())
    actor = actor_field()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(source="created_at", help_text="An event never changes.")


class RecordedViewSet(ResourceViewSet):
    """Create, replace, change and delete records whose only rules are those of their declaration."""

    def create(self, request: Request) -> Response:
        with services.creating(actor=self.actor) as created:
            created.append(self._save(None))
        return self.answer(created[0].pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        with services.changing(self.get_queryset(), pk, actor=self.actor) as instance:
            self._save(instance)
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete(self.get_queryset(), pk, actor=self.actor)
        return Response(status=204)

    @staticmethod
    def history_endpoint(right: str) -> Endpoint:
        """The declaration of ``history``, for the resources that offer it."""
        return Endpoint(right, answer=EventShape, paged=True)

    def history(self, request: Request, pk: UUID) -> Response:
        """Every change to the record: what, who, when."""
        self.require_in_scope(pk)
        return self.page(Event.objects.about(self.model._meta.label_lower, pk), EventShape)

    def _save(self, instance: Any) -> Any:
        endpoint = self.endpoint
        assert endpoint is not None
        assert endpoint.request is not None
        current = self.current(instance.pk) if instance is not None else None
        serializer = endpoint.request(
            instance,
            data=self.request.data,
            partial=self.request.method == "PATCH",
            context={"view": self, "actor": self.actor, "current": current},
        )
        serializer.is_valid(raise_exception=True)
        return serializer.save()
