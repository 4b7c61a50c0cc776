"""The link of a booking, for whoever has it; there is no log-in."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.core.api.endpoints import Endpoint
from apps.core.api.filters import refuse_unknown
from apps.core.api.views import ContractView
from apps.repairs import rules, selectors, services
from apps.repairs.api import serializers
from apps.repairs.api.tracking_views import LinkView
from apps.repairs.models import Booking

_LINKED, _QUERY = serializers.LinkedBookingSerializer, serializers.LinkedBookingQuery


class BookingLinkView(LinkView):
    """What the doors behind a booking's link share."""

    def told(self, booking: Booking, day: date | None = None) -> Response:
        return Response(_LINKED(selectors.linked_booking(booking, timezone.now(), day)).data)


class LinkedBookingView(BookingLinkView):
    """The booking behind a link, and the slots of a day."""

    endpoints = {"get": Endpoint(None, answer=_LINKED, query=_QUERY)}

    def get(self, request: Request, token: str) -> Response:
        booking = selectors.get_linked(token)  # first of all: what else is wrong is nobody's business without a link
        refuse_unknown(request.query_params, {"date"})
        query = _QUERY(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return self.told(booking, query.validated_data.get("date"))


class LinkedCancelView(BookingLinkView):
    """Gives the place free; answers the booking as it is then."""

    endpoints = {"post": Endpoint(None, serializers.CancelSerializer, _LINKED)}

    def post(self, request: Request, token: str) -> Response:
        selectors.get_linked(token)
        services.cancel_by_link(token, actor=self.actor, **self.validated())
        return self.told(selectors.get_linked(token))


class LinkedMoveView(BookingLinkView):
    """Moves the booking; answers it as it is then."""

    endpoints = {"post": Endpoint(None, serializers.MoveSerializer, _LINKED)}

    def post(self, request: Request, token: str) -> Response:
        selectors.get_linked(token)
        services.move_by_link(token, actor=self.actor, **self.validated())
        return self.told(selectors.get_linked(token))


class BookingLinkOfStaffView(ContractView):
    """The link of who comes: told, made anew, closed."""

    endpoints = {
        "get": Endpoint(Right.BOOKINGS_CHANGE, answer=serializers.TrackingSerializer),
        "post": Endpoint(Right.BOOKINGS_CHANGE, answer=serializers.TrackingSerializer),
        "delete": Endpoint(Right.BOOKINGS_CHANGE, status=204),
    }

    def get(self, request: Request, pk: UUID) -> Response:
        return self._told(selectors.get_booking(pk, actor=self.actor, right=Right.BOOKINGS_CHANGE))

    def post(self, request: Request, pk: UUID) -> Response:
        return self._told(services.renew_booking_link(pk, actor=self.actor))

    def delete(self, request: Request, pk: UUID) -> Response:
        services.close_booking_link(pk, actor=self.actor)
        return Response(status=204)

    def _told(self, booking: Booking) -> Response:
        token = selectors.booking_token(booking.pk, booking.link_number, booking.link_closed)
        url = None if token is None else self.request.build_absolute_uri(rules.booking_path(token))
        told = {"token": token, "url": url, "closed": booking.link_closed}
        answer = Response(serializers.TrackingSerializer(told).data)
        answer["Cache-Control"] = "no-store"
        return answer
