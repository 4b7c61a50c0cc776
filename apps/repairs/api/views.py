"""Doors to repair orders."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.accounts.selectors import get_customer
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.pagination import Sought
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.repairs import selectors, services
from apps.repairs.api import filters, serializers
from apps.repairs.api.reading import device_of
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder

_ORDER = serializers.OrderSerializer


class OrderRecords(ResourceViewSet):
    """What all doors to orders, and to what hangs on them, share."""

    model = RepairOrder
    scoped_by_role = True

    def records(self) -> QuerySet[RepairOrder]:
        return selectors.orders_visible_to(self.actor)

    def order(self, pk: UUID, right: Right) -> RepairOrder:
        """The order, if the caller has the right on it."""
        return selectors.get_order(pk, actor=self.actor, right=right)


class OrderViewSet(OrderRecords):
    """Repair orders. There is no DELETE: an order is cancelled, not erased."""

    searchable = True
    filterset_class = filters.OrderFilter
    ordering = {
        "createdAt": "created_at", "updatedAt": "updated_at", "orderNumber": "order_number", "status": "status",
        "priority": "priority", "estimatedCompletion": "estimated_completion", "totalPrice": "total",
    }  # fmt: skip
    endpoints = {
        "list": Endpoint(Right.ORDERS_READ, answer=_ORDER, paged=True),
        "retrieve": Endpoint(Right.ORDERS_READ, answer=_ORDER),
        "create": Endpoint(Right.ORDERS_CREATE, serializers.IntakeSerializer, _ORDER, 201),
        "partial_update": Endpoint(Right.ORDERS_EDIT, serializers.EditSerializer, _ORDER),
        "change_status": Endpoint(Right.ORDERS_STATUS, serializers.StatusSerializer, _ORDER),
        "transitions": Endpoint(Right.ORDERS_STATUS, answer=serializers.TransitionsSerializer),
        "history": Endpoint(Right.ORDERS_READ, answer=serializers.HistorySerializer, paged=True),
        "assign": Endpoint(Right.ORDERS_ASSIGN, serializers.AssignSerializer, _ORDER),
        "device_password": Endpoint(Right.DEVICE_PASSWORD_READ, answer=serializers.PasswordSerializer),
        "notes": Endpoint(Right.ORDERS_READ, answer=serializers.NoteSerializer, paged=True),
        "add_note": Endpoint(Right.ORDERS_NOTE, serializers.NoteWriteSerializer, serializers.NoteSerializer, 201),
        "payments": Endpoint(Right.PAYMENTS_READ, answer=serializers.PaymentSerializer, paged=True),
        "take_payment": Endpoint(
            Right.PAYMENTS_TAKE, serializers.PaymentWriteSerializer, serializers.PaymentSerializer, 201
        ),
        "add_line": Endpoint(Right.ORDERS_PARTS, serializers.LineWriteSerializer, serializers.LineSerializer, 201),
        "change_line": Endpoint(Right.ORDERS_PARTS, serializers.LineWriteSerializer, serializers.LineSerializer),
        "remove_line": Endpoint(Right.ORDERS_PARTS, status=204),
    }

    def records(self) -> QuerySet[RepairOrder]:
        return selectors.orders_searched_by(self.actor) if "q" in self.request.query_params else super().records()

    def search(self, queryset: QuerySet[RepairOrder], text: str) -> QuerySet[RepairOrder] | Sought:
        return selectors.orders_found(queryset, text)

    def shape(self) -> Shape:
        is_customer = self.actor.role == Role.CUSTOMER
        return serializers.CustomerOrderSerializer if is_customer else _ORDER

    def create(self, request: Request) -> Response:
        order = services.create_order(services.Intake(**device_of(self.validated())), actor=self.actor)
        return self.answer(order.pk, status=201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        self.order(pk, Right.ORDERS_EDIT)
        services.edit_order(pk, self.validated(current=self.current(pk)), actor=self.actor)
        return self.answer(pk)

    def change_status(self, request: Request, pk: UUID) -> Response:
        self.order(pk, Right.ORDERS_STATUS)
        wanted = self.validated()
        services.change_status(
            pk,
            OrderStatus(wanted["status"]),
            actor=self.actor,
            note=wanted.get("notes", ""),
            notify=wanted["notify"],
            said=services.Particulars(wanted.get("outcome", ""), wanted.get("line_ids", ())),
        )
        return self.answer(pk)

    def transitions(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_STATUS)
        found = {"status": order.status, "items": selectors.transitions_of(order, self.actor)}
        return Response(serializers.TransitionsSerializer(found).data)

    def history(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_READ)
        is_customer = self.actor.role == Role.CUSTOMER
        shape = serializers.PublicHistorySerializer if is_customer else serializers.HistorySerializer
        return self.page(order.history.all(), shape)

    def assign(self, request: Request, pk: UUID) -> Response:
        selectors.get_assignable(pk, actor=self.actor)
        order = services.assign(pk, self.validated()["technician_id"], actor=self.actor)
        return self.answer(order.pk)

    def device_password(self, request: Request, pk: UUID) -> Response:
        self.order(pk, Right.DEVICE_PASSWORD_READ)
        password, kind = services.read_device_password(pk, actor=self.actor)
        answer = Response({"devicePassword": password, "devicePasswordKind": kind})
        answer["Cache-Control"] = "no-store"
        return answer

    def notes(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_READ)
        return self.page(selectors.notes_visible_to(order, self.actor), serializers.NoteSerializer)

    def add_note(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_NOTE)
        fields = self.validated()
        note = services.add_note(pk, fields["text"], fields["visibility"], actor=self.actor, note_id=fields.get("id"))
        return self.one(serializers.NoteSerializer, order.notes.filter(pk=note.pk))

    def payments(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.PAYMENTS_READ)
        return self.page(order.payments.all(), serializers.PaymentSerializer)

    def take_payment(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.PAYMENTS_TAKE)
        payment = services.take_payment(pk, services.PaymentRequest(**self.validated()), actor=self.actor)
        return self.one(serializers.PaymentSerializer, order.payments.filter(pk=payment.pk))

    def add_line(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_PARTS)
        line = services.add_line(pk, services.LineRequest(**self.validated()), actor=self.actor)
        return self.one(serializers.LineSerializer, order.lines.filter(pk=line.pk))

    def change_line(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_PARTS)
        line = order.lines.filter(pk=selectors.get_line(order, line_id).pk)
        present = self.one(serializers.LineSerializer, line).data
        services.change_line(pk, line_id, self.validated(current=present), actor=self.actor)
        return self.one(serializers.LineSerializer, line, status=200)

    def remove_line(self, request: Request, pk: UUID, line_id: UUID) -> Response:
        self.order(pk, Right.ORDERS_PARTS)
        services.remove_line(pk, line_id, actor=self.actor)
        return Response(status=204)

    def one(self, shape: Shape, rows: QuerySet[Any], status: int = 201) -> Response:
        """One record that hangs on an order, as the answer to its writing."""
        return Response(reader_for(shape, rows.model).read(rows)[0], status=status)


class CustomerOrdersView(ContractView):
    """The orders of one customer, within the caller's scope."""

    endpoints = {"get": Endpoint(Right.ORDERS_READ, answer=_ORDER, paged=True)}

    def get(self, request: Request, customer_id: UUID) -> Response:
        customer = get_customer(customer_id, actor=self.actor)
        is_customer = self.actor.role == Role.CUSTOMER
        shape = serializers.CustomerOrderSerializer if is_customer else _ORDER
        orders = selectors.orders_visible_to(self.actor).filter(customer=customer)
        return self.page(orders, shape, default_ordering=("-created_at",))
