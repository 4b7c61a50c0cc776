"""Doors to customers."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, services
from apps.accounts.api import serializers
from apps.accounts.models import Customer
from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.views import ResourceViewSet


class CustomerViewSet(ResourceViewSet):
    """The owners of the devices."""

    model = Customer
    searchable = True
    ordering = {
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "lastName": "last_name",
        "firstName": "first_name",
    }
    endpoints = {
        "list": Endpoint(Right.CUSTOMERS_READ, answer=serializers.CustomerSerializer, paged=True),
        "retrieve": Endpoint(Right.CUSTOMERS_READ, answer=serializers.CustomerSerializer),
        "create": Endpoint(
            Right.CUSTOMERS_CREATE, serializers.CustomerWriteSerializer, serializers.CustomerSerializer, 201
        ),
        "update": Endpoint(Right.CUSTOMERS_UPDATE, serializers.CustomerWriteSerializer, serializers.CustomerSerializer),
        "partial_update": Endpoint(
            Right.CUSTOMERS_UPDATE, serializers.CustomerWriteSerializer, serializers.CustomerSerializer
        ),
        "destroy": Endpoint(Right.CUSTOMERS_REMOVE, status=204),
        "merge": Endpoint(Right.CUSTOMERS_REMOVE, serializers.MergeSerializer, serializers.CustomerSerializer),
    }

    def records(self) -> QuerySet[Customer]:
        return selectors.customers_visible_to(self.actor)

    def shape(self) -> Shape:
        is_customer = self.actor.role == "customer"
        return serializers.OwnCustomerSerializer if is_customer else serializers.CustomerSerializer

    def create(self, request: Request) -> Response:
        customer = services.create_customer(self.validated(), actor=self.actor)
        return self.answer(customer.pk, status=201)

    def update(self, request: Request, pk: UUID) -> Response:
        fields = self.validated(current=self.current(pk))
        services.update_customer(pk, fields, actor=self.actor)
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        services.erase_customer(pk, actor=self.actor)
        return Response(status=204)

    def merge(self, request: Request, pk: UUID) -> Response:
        target = services.merge_customers(pk, self.validated()["into_id"], actor=self.actor)
        return self.answer(target.pk)
