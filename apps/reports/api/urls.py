"""Routes of reports."""

from django.urls import path

from apps.core.api.routers import ContractRouter
from apps.reports.api.views import ReportFileView, ReportViewSet, ScheduleViewSet

router = ContractRouter()
router.register("report-schedules", ScheduleViewSet, basename="report-schedule")
router.register("reports", ReportViewSet, basename="report")

urlpatterns = [path("reports/<uuid:pk>/csv", ReportFileView.as_view()), *router.urls]
