"""Schedules of reports in the back office; the reports themselves are read on the pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit.recorded_admin import RecordedAdmin
from apps.core.actor import Actor
from apps.core.admin_site import site
from apps.reports import selectors, services
from apps.reports.models import Report, ReportSchedule


@admin.register(Report, site=site)
class ReportAdmin(RecordedAdmin):
    """Reports as they were made."""

    reads = Right.REPORTS_READ
    list_display = ["branch", "period", "first_day", "last_day", "status", "made_at", "actor_label"]
    list_filter = ["period", "status"]
    list_select_related = ["branch"]
    fields = ["branch", "period", "first_day", "last_day", "status", "made_at", "actor_label"]
    search_fields = ["branch__name"]

    def records(self, actor: Actor) -> QuerySet[Report]:
        return selectors.reports_visible_to(actor)


@admin.register(ReportSchedule, site=site)
class ReportScheduleAdmin(RecordedAdmin):
    """When reports are made by themselves, and who is mailed them."""

    reads = Right.REPORTS_READ
    creates = changes = removes = Right.REPORTS_SCHEDULE
    list_display = ["branch", "period", "hour", "is_active"]
    list_select_related = ["branch"]
    fields = ["branch", "period", "hour", "recipients", "is_active"]
    search_fields = ["branch__name"]
    autocomplete_fields = ["recipients"]

    def records(self, actor: Actor) -> QuerySet[ReportSchedule]:
        return selectors.schedules_visible_to(actor)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        schedule = super().save_form(request, form, change)
        return schedule if change else services.new_schedule(schedule, timezone.now())
