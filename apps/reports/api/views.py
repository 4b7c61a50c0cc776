"""Doors to the reports."""

from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.rules import Right
from apps.audit.recorded import RecordedViewSet
from apps.core.api.endpoints import Endpoint, Shape, crud
from apps.core.api.files import FileView, attachment
from apps.core.api.views import ResourceViewSet
from apps.reports import selectors, services
from apps.reports.api import serializers
from apps.reports.api.filters import ReportFilter
from apps.reports.models import Report, ReportSchedule

CSV = "text/csv; charset=utf-8"


class ReportViewSet(ResourceViewSet):
    """Reports are asked for, made by a job, and read; they never change."""

    model = Report
    filterset_class = ReportFilter
    ordering = {"createdAt": "created_at", "firstDay": "first_day"}
    endpoints = {
        "list": Endpoint(Right.REPORTS_READ, answer=serializers.ReportSummarySerializer, paged=True),
        "retrieve": Endpoint(Right.REPORTS_READ, answer=serializers.BranchReportSerializer),
        "create": Endpoint(
            Right.REPORTS_READ, serializers.ReportWriteSerializer, serializers.BranchReportSerializer, 201
        ),
    }

    def records(self) -> QuerySet[Report]:
        return selectors.reports_visible_to(self.actor)

    def shape(self) -> Shape:
        listed = self.action == "list"
        return serializers.ReportSummarySerializer if listed else serializers.BranchReportSerializer

    def create(self, request: Request) -> Response:
        report = services.ask_report(services.ReportRequest(**self.validated()), actor=self.actor)
        return self.answer(report.pk, status=201)


class ReportFileView(FileView):
    """The figures of a report as a sheet."""

    endpoints = {"get": Endpoint(Right.REPORTS_READ, media=(CSV,))}

    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        report = selectors.get_report(pk, actor=self.actor)
        name = f"report-{report.branch.code}-{report.first_day}-{report.last_day}.csv"
        return attachment(services.report_csv(report), name, CSV)


class ScheduleViewSet(RecordedViewSet):
    """When reports are made by themselves, and to whom they are mailed."""

    model = ReportSchedule
    endpoints = crud(
        Right.REPORTS_READ, Right.REPORTS_SCHEDULE, serializers.ScheduleWriteSerializer, serializers.ScheduleSerializer
    )

    def records(self) -> QuerySet[ReportSchedule]:
        return selectors.schedules_visible_to(self.actor)
