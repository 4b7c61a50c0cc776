"""Routes of repair orders and bookings."""

from typing import Any

from django.urls import path

from apps.accounts.enums import Role
from apps.core.api.routers import ContractRouter
from apps.repairs.api.attachment_views import attachments_at
from apps.repairs.api.booking_link_views import (
    BookingLinkOfStaffView,
    LinkedBookingView,
    LinkedCancelView,
    LinkedMoveView,
)
from apps.repairs.api.booking_views import AvailabilityView, BookingViewSet, OwnBookingsViewSet
from apps.repairs.api.dashboards import CounterDashboardView, DashboardView, PaymentViewSet, UnassignedOrdersViewSet
from apps.repairs.api.document_views import (
    DropOffDocumentView,
    InvoiceDocumentView,
    LabelView,
    OrderDocumentView,
    QuoteDocumentView,
)
from apps.repairs.api.drop_off_views import DropOffViewSet
from apps.repairs.api.intake_views import (
    ChecklistTemplateViewSet,
    IntakeCheckView,
    drop_off_signatures_at,
    intake_at,
)
from apps.repairs.api.invoice_views import DropOffPaymentsView, InvoiceViewSet
from apps.repairs.api.part_views import PartViewSet
from apps.repairs.api.quote_views import OrderQuotesView, OrderQuoteView, QuoteDecisionView, TrackingLinkView
from apps.repairs.api.tracking_views import AnsweredView, TrackedFileView, TrackedView
from apps.repairs.api.views import CustomerOrdersView, OrderViewSet
from apps.repairs.api.warranty_views import WarrantyViewSet
from apps.repairs.api.work_views import WorkEntryView, WorkViewSet

router = ContractRouter()
router.register("repairs", OrderViewSet, basename="repair")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("drop-offs", DropOffViewSet, basename="drop-off")
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
    path("repairs/<uuid:pk>/warranty-claim", WarrantyViewSet.as_view({"post": "claim"})),
    path("repairs/<uuid:pk>/warranties", WarrantyViewSet.as_view({"get": "warranties"})),
    path("repairs/<uuid:pk>/warranty", WarrantyViewSet.as_view({"get": "covers"})),
    path("repairs/<uuid:pk>/items/<uuid:line_id>/charge", WarrantyViewSet.as_view({"post": "charge"})),
    path("repairs/<uuid:pk>/notes", _at(get="notes", post="add_note")),
    path("repairs/<uuid:pk>/payments", _at(get="payments", post="take_payment")),
    path("repairs/<uuid:pk>/items", _at(post="add_line")),
    path("repairs/<uuid:pk>/items/<uuid:line_id>", _at(patch="change_line", delete="remove_line")),
    path("repairs/<uuid:pk>/attachments", attachments_at(get="list", post="add")),
    path("repairs/<uuid:pk>/attachments/<uuid:aid>", attachments_at(patch="change", delete="remove")),
    path("repairs/<uuid:pk>/attachments/<uuid:aid>/download", attachments_at(get="download")),
    path("repairs/<uuid:pk>/attachments/<uuid:aid>/thumbnail", attachments_at(get="thumbnail")),
    path("repairs/<uuid:order_id>/invoice", InvoiceViewSet.as_view({"get": "of_order", "post": "issue"})),
    path("invoices/<uuid:pk>/credit-note", InvoiceViewSet.as_view({"post": "credit"})),
    path("drop-offs/<uuid:drop_off_id>/invoice", InvoiceViewSet.as_view({"post": "issue_for_drop_off"})),
    path("drop-offs/<uuid:drop_off_id>/payments", DropOffPaymentsView.as_view()),
    path("repairs/<uuid:pk>/checklists", intake_at(get="checklists", post="add_checklist")),
    path("repairs/<uuid:pk>/terms", intake_at(get="terms")),
    path("repairs/<uuid:pk>/signatures", intake_at(get="signatures", post="sign")),
    path("repairs/<uuid:pk>/signatures/<uuid:sid>/image", intake_at(get="image")),
    path("repairs/intake-check", IntakeCheckView.as_view()),
    path("checklist-templates", ChecklistTemplateViewSet.as_view({"get": "list"})),
    path("drop-offs/<uuid:pk>/orders", DropOffViewSet.as_view({"post": "add_device"})),
    path("drop-offs/<uuid:pk>/terms", drop_off_signatures_at(get="terms")),
    path("drop-offs/<uuid:pk>/signatures", drop_off_signatures_at(get="signatures", post="sign")),
    path("drop-offs/<uuid:pk>/signatures/<uuid:sid>/image", drop_off_signatures_at(get="image")),
    path("repairs/<uuid:pk>/items/<uuid:line_id>/return", PartViewSet.as_view({"post": "give_back"})),
    path("repairs/<uuid:pk>/items/<uuid:line_id>/faulty", PartViewSet.as_view({"post": "report_faulty"})),
    path("repairs/<uuid:pk>/items/<uuid:line_id>/reserve", PartViewSet.as_view({"post": "reserve"})),
    path("repairs/<uuid:pk>/work", WorkViewSet.as_view({"get": "work"})),
    path("repairs/<uuid:pk>/work/start", WorkViewSet.as_view({"post": "start"})),
    path("repairs/<uuid:pk>/work/stop", WorkViewSet.as_view({"post": "stop"})),
    path("repairs/<uuid:pk>/reworks", WorkViewSet.as_view({"get": "reworks"})),
    path("repairs/<uuid:pk>/due", WorkViewSet.as_view({"get": "due"})),
    path("work-entries/<uuid:pk>", WorkEntryView.as_view()),
    path("repairs/<uuid:pk>/documents/label", LabelView.as_view()),
    *(
        path(f"repairs/<uuid:pk>/documents/{kind}", OrderDocumentView.as_view(kind=kind))
        for kind in OrderDocumentView.kinds
    ),
    *(
        path(f"drop-offs/<uuid:pk>/documents/{kind}", DropOffDocumentView.as_view(kind=kind))
        for kind in DropOffDocumentView.kinds
    ),
    path("repairs/<uuid:pk>/quotes/<int:version>/document", QuoteDocumentView.as_view()),
    path("invoices/<uuid:pk>/document", InvoiceDocumentView.as_view()),
    path("repairs/<uuid:pk>/quote", OrderQuoteView.as_view()),
    path("repairs/<uuid:pk>/quote/decision", QuoteDecisionView.as_view()),
    path("repairs/<uuid:pk>/quotes", OrderQuotesView.as_view()),
    path("repairs/<uuid:pk>/tracking", TrackingLinkView.as_view()),
    path("track/<str:token>", TrackedView.as_view()),
    path("track/<str:token>/attachments/<uuid:aid>", TrackedFileView.as_view()),
    path("track/<str:token>/attachments/<uuid:aid>/thumbnail", TrackedFileView.as_view(thumbnail=True)),
    path("track/<str:token>/approve", AnsweredView.as_view(approved=True)),
    path("track/<str:token>/decline", AnsweredView.as_view(approved=False)),
    path("repairs/unassigned", UnassignedOrdersViewSet.as_view({"get": "list"})),
    path("bookings/availability", AvailabilityView.as_view()),
    path("bookings/link/<str:token>", LinkedBookingView.as_view()),
    path("bookings/link/<str:token>/cancel", LinkedCancelView.as_view()),
    path("bookings/link/<str:token>/move", LinkedMoveView.as_view()),
    path("bookings/<uuid:pk>/customer-link", BookingLinkOfStaffView.as_view()),
    path("bookings/<uuid:pk>/cancel", BookingViewSet.as_view({"post": "cancel"})),
    path("bookings/<uuid:pk>/check-in", BookingViewSet.as_view({"post": "check_in"})),
    path("customer/auth/bookings", OwnBookingsViewSet.as_view({"get": "list"})),
    path("payments", PaymentViewSet.as_view({"get": "list"})),
    path("customers/<uuid:customer_id>/repairs", CustomerOrdersView.as_view()),
    path("manager/auth/dashboard", CounterDashboardView.as_view(role=Role.MANAGER)),
    path("technician/auth/dashboard", DashboardView.as_view(role=Role.TECHNICIAN)),
    path("seller/auth/dashboard", CounterDashboardView.as_view(role=Role.SELLER)),
]
