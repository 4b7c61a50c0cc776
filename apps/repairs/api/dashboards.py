"""What each role of the staff wants to know first, and the lists behind those figures."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right, require_role
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.renderers import iso
from apps.core.api.views import ContractView, ResourceViewSet
from apps.repairs import selectors
from apps.repairs.api import filters
from apps.repairs.api.serializers import figures
from apps.repairs.enums import OrderStatus
from apps.repairs.models import Payment, RepairOrder
from apps.repairs.selectors import Day

ORDERS, UNASSIGNED, PAYMENTS = "/api/v1/repairs", "/api/v1/repairs/unassigned", "/api/v1/payments"


def _figure(count: int, path: str = ORDERS, **filters: str) -> dict[str, Any]:
    return {"count": count, "list": f"{path}?{urlencode(filters)}" if filters else path}


def _within(day: Day, name: str) -> dict[str, str]:
    return {f"{name}From": iso(day.starts), f"{name}To": iso(day.ends)}


class DashboardView(ContractView):
    """Figures of the orders within the caller's scope."""

    role: ClassVar[Role] = Role.TECHNICIAN
    shape: ClassVar[type[figures.DashboardSerializer]] = figures.DashboardSerializer
    endpoints = {"get": Endpoint(Right.ORDERS_READ, answer=figures.DashboardSerializer)}

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_role(self.actor, self.role)

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, ())
        now = timezone.now()
        day = selectors.day_of(self.actor, now)
        return Response(self.shape(self.figures(day, now)).data)

    def figures(self, day: Day, now: Any) -> dict[str, Any]:
        work = selectors.workload_of(self.actor, day, now)
        return {
            "date": day.starts.date(),
            "timezone": day.zone,
            "orders_by_status": [
                {"status": status, **_figure(count, status=status)} for status, count in work.by_status.items()
            ],
            "overdue": _figure(work.overdue, overdue="true"),
            "due_today": _figure(work.due, open="true", **_within(day, "due")),
            "ready_for_pickup": _figure(work.by_status[OrderStatus.READY_PICKUP], status=OrderStatus.READY_PICKUP),
            "unassigned": _figure(work.unassigned, UNASSIGNED),
        }


class CounterDashboardView(DashboardView):
    """Figures of the orders within the caller's scope, and of what has come in today."""

    role = Role.SELLER
    shape = figures.CounterDashboardSerializer
    endpoints = {"get": Endpoint(Right.PAYMENTS_READ, answer=figures.CounterDashboardSerializer)}

    def figures(self, day: Day, now: Any) -> dict[str, Any]:
        takings = selectors.takings_during(self.actor, day)
        payments = _figure(sum(found.payments for found in takings), PAYMENTS, **_within(day, "date"))
        intakes = selectors.intakes_during(self.actor, day)
        return {
            **super().figures(day, now),
            "intakes_today": _figure(intakes, **_within(day, "date")),
            "payments_today": {**payments, "amounts": takings},
        }


class UnassignedOrdersViewSet(ResourceViewSet):
    """Orders in the shop that nobody works on, where the caller works: a technician may take one."""

    model = RepairOrder
    ordering = {"createdAt": "created_at", "estimatedCompletion": "estimated_completion", "priority": "priority"}
    default_ordering = ("created_at",)
    endpoints = {"list": Endpoint(Right.ORDERS_ASSIGN, answer=figures.UnassignedOrderSerializer, paged=True)}

    def records(self) -> QuerySet[RepairOrder]:
        return selectors.orders_takeable_by(self.actor)

    def shape(self) -> type[figures.UnassignedOrderSerializer]:
        return figures.UnassignedOrderSerializer


class PaymentViewSet(ResourceViewSet):
    """The payments on all orders within the caller's scope."""

    model = Payment
    filterset_class = filters.PaymentFilter
    ordering = {"createdAt": "created_at"}
    endpoints = {"list": Endpoint(Right.PAYMENTS_READ, answer=figures.ListedPaymentSerializer, paged=True)}

    def records(self) -> QuerySet[Payment]:
        return selectors.payments_visible_to(self.actor)

    def shape(self) -> type[figures.ListedPaymentSerializer]:
        return figures.ListedPaymentSerializer
