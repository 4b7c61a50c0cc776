"""Doors to messages: what was sent, what will be, and in which words."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right
from apps.accounts.selectors import get_customer
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.views import ContractView, ResourceViewSet
from apps.notifications import selectors, services
from apps.notifications.api import filters, serializers
from apps.notifications.models import MessageTemplate, Notification
from apps.repairs.enums import OrderStatus
from apps.repairs.selectors import get_order

_MESSAGE, _OWN = serializers.NotificationSerializer, serializers.OwnNotificationSerializer


class NotificationViewSet(ResourceViewSet):
    """Messages are made by what happens; they can be read, and let go again."""

    model = Notification
    filterset_class = filters.NotificationFilter
    searchable = True
    scoped_by_role = True
    ordering = {"createdAt": "created_at", "sentAt": "sent_at"}
    endpoints = {
        "list": Endpoint(Right.MESSAGES_READ, answer=_MESSAGE, paged=True),
        "retrieve": Endpoint(Right.MESSAGES_READ, answer=_MESSAGE),
        "retry": Endpoint(Right.MESSAGES_RETRY, answer=_MESSAGE),
    }

    def records(self) -> QuerySet[Notification]:
        return selectors.notifications_visible_to(self.actor)

    def search(self, queryset: QuerySet[Notification], text: str) -> QuerySet[Notification]:
        return selectors.found_by(queryset, text)

    def shape(self) -> Shape:
        return _OWN if self.actor.role == Role.CUSTOMER else _MESSAGE

    def retry(self, request: Request, pk: UUID) -> Response:
        """Answers the message, which waits again."""
        self.require_in_scope(pk)
        services.retry(pk, actor=self.actor)
        return self.answer(pk)


class CustomerNotificationsView(ContractView):
    """The messages to one customer, within the caller's scope."""

    endpoints = {"get": Endpoint(Right.MESSAGES_READ, answer=_MESSAGE, paged=True)}

    def get(self, request: Request, customer_id: UUID) -> Response:
        customer = get_customer(customer_id, actor=self.actor)
        found = selectors.notifications_visible_to(self.actor).filter(customer=customer)
        shape = _OWN if self.actor.role == Role.CUSTOMER else _MESSAGE
        return self.page(found, shape, default_ordering=("-created_at",))


class TemplateViewSet(RecordedViewSet):
    """The shop's own words. Managers word their own branches' messages, admins those of all."""

    model = MessageTemplate
    filterset_class = filters.TemplateFilter
    ordering = {"createdAt": "created_at", "event": "event"}
    endpoints = crud(
        Right.MESSAGES_SETTLE,
        Right.MESSAGES_SETTLE,
        serializers.MessageTemplateWriteSerializer,
        serializers.MessageTemplateSerializer,
    )
    endpoints["history"] = RecordedViewSet.history_endpoint(Right.MESSAGES_SETTLE)
    endpoints["preview"] = Endpoint(
        Right.MESSAGES_SETTLE, serializers.TemplatePreviewWriteSerializer, serializers.TemplatePreviewSerializer
    )

    def records(self) -> QuerySet[MessageTemplate]:
        writes = self.request.method not in {"GET", "HEAD"} and self.action != "preview"
        return selectors.templates_worded_by(self.actor) if writes else selectors.templates_visible_to(self.actor)

    def preview(self, request: Request, pk: UUID) -> Response:
        """The template on a real order, or on a sample; nothing is sent."""
        self.require_in_scope(pk)
        order_id = self.validated().get("repair_order_id")
        order = None
        if order_id is not None:
            order = selectors.order_to_tell(get_order(order_id, actor=self.actor).pk)
        shown = services.preview_template(self.get_queryset().get(pk=pk), order)
        return Response(serializers.TemplatePreviewSerializer(shown).data)


class DefaultTemplatesView(ContractView):
    """The words that come with Mendery."""

    endpoints = {"get": Endpoint(Right.MESSAGES_SETTLE, answer=serializers.DefaultTemplatesSerializer)}

    def get(self, request: Request) -> Response:
        return Response(serializers.DefaultTemplatesSerializer({"templates": selectors.default_templates()}).data)


class StatusPreviewView(ContractView):
    """What a move of an order would send, before it is confirmed."""

    endpoints = {
        "post": Endpoint(
            Right.ORDERS_STATUS, serializers.StatusPreviewWriteSerializer, serializers.StatusPreviewSerializer
        )
    }

    def post(self, request: Request) -> Response:
        asked = self.validated()
        order = get_order(asked["repair_order_id"], actor=self.actor, right=Right.ORDERS_STATUS)
        planned = services.plan_status(selectors.order_to_tell(order.pk), OrderStatus(asked["status"]), timezone.now())
        return Response(serializers.StatusPreviewSerializer({"messages": planned}).data)


class OrderMuteView(ContractView):
    """Whether its customer is written to about an order."""

    endpoints = {
        "get": Endpoint(Right.ORDERS_READ, answer=serializers.MuteSerializer),
        "put": Endpoint(Right.ORDERS_STATUS, answer=serializers.MuteSerializer),
        "delete": Endpoint(Right.ORDERS_STATUS, status=204),
    }

    def get(self, request: Request, order_id: UUID) -> Response:
        order = get_order(order_id, actor=self.actor)
        return Response(serializers.MuteSerializer({"muted": selectors.is_muted(order)}).data)

    def put(self, request: Request, order_id: UUID) -> Response:
        services.mute(order_id, actor=self.actor)
        return Response(serializers.MuteSerializer({"muted": True}).data)

    def delete(self, request: Request, order_id: UUID) -> Response:
        services.unmute(order_id, actor=self.actor)
        return Response(status=204)
