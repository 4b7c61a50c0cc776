"""Doors to the time spent on orders, and to what had to be done again."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.views import ContractView
from apps.repairs import selectors, services
from apps.repairs.api.serializers import work
from apps.repairs.api.views import OrderViewSet
from apps.repairs.models import RepairOrder


class WorkViewSet(OrderViewSet):
    """Each answer is all of the work on the order."""

    endpoints = {
        "work": Endpoint(Right.WORK_RECORD, answer=work.WorkSerializer),
        "start": Endpoint(Right.WORK_RECORD, work.StartSerializer, work.WorkSerializer),
        "stop": Endpoint(Right.WORK_RECORD, answer=work.WorkSerializer),
        "due": Endpoint(Right.ORDERS_STATUS, answer=work.DueSerializer),
        "reworks": Endpoint(Right.ORDERS_STATUS, answer=work.ReworkSerializer, paged=True),
    }

    def work(self, request: Request, pk: UUID) -> Response:
        refuse_unknown(request.query_params, ())
        return self._work(self.order(pk, Right.WORK_RECORD))

    def start(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.WORK_RECORD)
        services.start_work(pk, self.validated().get("line_id"), actor=self.actor)
        return self._work(order)

    def stop(self, request: Request, pk: UUID) -> Response:
        entry = services.stop_work(pk, actor=self.actor)
        return self._work(entry.order)

    def reworks(self, request: Request, pk: UUID) -> Response:
        order = self.order(pk, Right.ORDERS_STATUS)
        return self.page(order.reworks.all(), work.ReworkSerializer)

    def due(self, request: Request, pk: UUID) -> Response:
        """Asked apart from the order: it changes with the time, and an ETag is to change with writes only."""
        refuse_unknown(request.query_params, ())
        found = selectors.due_of(self.order(pk, Right.ORDERS_STATUS))
        times = {name: getattr(found, name) for name in ("promised_at", "limit_hours", "limit_at", "due_at")}
        return Response(work.DueSerializer({**times, "is_overdue": found.is_overdue(timezone.now())}).data)

    def _work(self, order: RepairOrder) -> Response:
        return Response(work.WorkSerializer(selectors.work_on(order, timezone.now())).data)


class WorkEntryView(ContractView):
    """Times that were wrong."""

    endpoints = {"patch": Endpoint(Right.WORK_RECORD, work.CorrectionSerializer, work.WorkSerializer)}

    def patch(self, request: Request, pk: UUID) -> Response:
        entry = services.correct_work(pk, actor=self.actor, **self.validated())
        return Response(work.WorkSerializer(selectors.work_on(entry.order, timezone.now())).data)
