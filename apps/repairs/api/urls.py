"""Routes of repair orders and bookings."""

from typing import Any

from django.urls import path

from apps.accounts.enums import Role
from apps.core.api.routers import ContractRouter
from apps.repairs.api.booking_views import AvailabilityView, BookingViewSet, OwnBookingsViewSet
from apps.repairs.api.dashboards import CounterDashboardView, DashboardView, PaymentViewSet, UnassignedOrdersViewSet
from apps.repairs.api.views import CustomerOrdersView, OrderViewSet

router = ContractRouter()
router.register("repairs", OrderViewSet, basename="repair")
router.register("bookings", BookingViewSet, basename="booking")


def _at(**actions: Any) -> Any:
    return OrderViewSet.as_view(actions)


urlpatterns = [
    *router.urls,
    path("repairs/<uuid:pk>/status", _at(put="change_status")),
    path("repairs/<uuid:pk>/transitions", _at(get="transitions")),
    path("repairs/<uuid:pk>/history", _at(get="history")),
    path("repairs/<uuid:pk>/assign", _at(post="assign")),
    path("repairs/<uuid:pk>/device-password", _at(get="device_password")),
    path("repairs/<uuid:pk>/warranty-claim", _at(post="warranty_claim")),
    path("repairs/<uuid:pk>/notes", _at(get="notes", post="add_note")),
    path("repairs/<uuid:pk>/payments", _at(get="payments", post="take_payment")),
    path("repairs/<uuid:pk>/items", _at(post="add_line")),
    path("repairs/<uuid:pk>/items/<uuid:line_id>", _at(patch="change_line", delete="remove_line")),
    path("repairs/unassigned", UnassignedOrdersViewSet.as_view({"get": "list"})),
    path("bookings/availability", AvailabilityView.as_view()),
    path("bookings/<uuid:pk>/cancel", BookingViewSet.as_view({"post": "cancel"})),
    path("bookings/<uuid:pk>/check-in", BookingViewSet.as_view({"post": "check_in"})),
    path("customer/auth/bookings", OwnBookingsViewSet.as_view({"get": "list"})),
    path("payments", PaymentViewSet.as_view({"get": "list"})),
    path("customers/<uuid:customer_id>/repairs", CustomerOrdersView.as_view()),
    path("manager/auth/dashboard", CounterDashboardView.as_view(role=Role.MANAGER)),
    path("technician/auth/dashboard", DashboardView.as_view(role=Role.TECHNICIAN)),
    path("seller/auth/dashboard", CounterDashboardView.as_view(role=Role.SELLER)),
]
