"""Doors to bookings."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Role
from apps.accounts.rules import Right, require_role
from apps.core.api.endpoints import Endpoint, Shape
from apps.core.api.filters import refuse_unknown
from apps.core.api.preconditions import with_tag
from apps.core.api.rows import reader_for
from apps.core.api.views import ContractView, ResourceViewSet
from apps.repairs import rules, selectors, services
from apps.repairs.api import filters, serializers
from apps.repairs.models import Booking, RepairOrder

_BOOKING, _ORDER = serializers.BookingSerializer, serializers.OrderSerializer


class BookingRecords(ResourceViewSet):
    """What all doors to bookings share."""

    model = Booking
    scoped_by_role = True
    ordering = {"startsAt": "starts_at", "createdAt": "created_at"}
    default_ordering = ("starts_at",)

    def records(self) -> QuerySet[Booking]:
        return selectors.bookings_visible_to(self.actor)

    def shape(self) -> Shape:
        return serializers.UnnamedBookingSerializer if self.actor.role == Role.TECHNICIAN else _BOOKING


class BookingViewSet(BookingRecords):
    """Bookings. There is no DELETE: a booking is cancelled."""

    filterset_class = filters.BookingFilter
    endpoints = {
        "list": Endpoint(Right.BOOKINGS_READ, answer=_BOOKING, paged=True),
        "retrieve": Endpoint(Right.BOOKINGS_READ, answer=_BOOKING),
        "create": Endpoint(Right.BOOKINGS_CREATE, serializers.BookingWriteSerializer, _BOOKING, 201),
        "partial_update": Endpoint(Right.BOOKINGS_CHANGE, serializers.BookingEditSerializer, _BOOKING),
        "cancel": Endpoint(Right.BOOKINGS_CANCEL, serializers.CancelSerializer, _BOOKING),
        "check_in": Endpoint(Right.BOOKINGS_CHANGE, serializers.CheckInSerializer, _ORDER, 201),
    }

    def create(self, request: Request) -> Response:
        fields = self.validated()
        contact = {name: fields.pop(name, nothing) for name, nothing in vars(rules.NO_CONTACT).items()}
        wanted = services.BookingRequest(contact=rules.Contact(**contact), **fields)
        return self.answer(services.make_booking(wanted, actor=self.actor).pk, status=201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        services.change_booking(pk, self.validated(current=self.current(pk)), actor=self.actor)
        return self.answer(pk)

    def cancel(self, request: Request, pk: UUID) -> Response:
        self.require_in_scope(pk)
        services.cancel_booking(pk, actor=self.actor, **self.validated())
        return self.answer(pk)

    def check_in(self, request: Request, pk: UUID) -> Response:
        """Answers the repair order that the booking becomes."""
        self.require_in_scope(pk)
        fields = self.validated()
        items = [services.LineRequest(**item) for item in fields.pop("items")]
        order = services.check_in(pk, {**fields, "items": items}, actor=self.actor)
        return with_tag(request, Response(reader_for(_ORDER, RepairOrder).read_ids([order.pk])[0], status=201))


class OwnBookingsViewSet(BookingRecords):
    """The bookings of the customer who asks."""

    endpoints = {"list": Endpoint(Right.BOOKINGS_READ, answer=_BOOKING, paged=True)}

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_role(self.actor, Role.CUSTOMER)


class AvailabilityView(ContractView):
    """The times of a day at which a branch still takes bookings."""

    endpoints = {
        "get": Endpoint(
            Right.BOOKINGS_READ, answer=serializers.AvailabilitySerializer, query=serializers.AvailabilityQuery
        )
    }

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, {"branchId", "date"})
        query = serializers.AvailabilityQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = selectors.availability(asked["branch_id"], asked["date"], actor=self.actor, now=timezone.now())
        return Response(serializers.AvailabilitySerializer(found).data)
