"""What the counter has to know of a model, in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.catalog import rules, selectors
from apps.catalog.models import ModelNotice
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import site


class NoticeForm(RefusableForm):
    class Meta:
        model = ModelNotice
        fields = ["device_model", "brand", "repair_type", "level", "text", "valid_from", "valid_until", "is_active"]

    def check(self, given: dict[str, Any]) -> None:
        rules.check_notice(given["device_model"], given["brand"], given["valid_from"], given["valid_until"])


@admin.register(ModelNotice, site=site)
class ModelNoticeAdmin(ActiveAdmin):
    reads = Right.NOTICES_READ
    creates = changes = removes = Right.CATALOG_WRITE
    form = NoticeForm
    list_display = ["__str__", "level", "about", "repair_type", "valid_from", "valid_until", "is_active"]
    list_filter = ["level", "is_active"]
    list_select_related = ["device_model__brand", "brand", "repair_type"]
    search_help_text = "Text, brand or model"
    autocomplete_fields = ["device_model", "brand", "repair_type"]

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.notices_found_by(records, text)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            name: value for name, value in super().get_changeform_initial_data(request).items() if "\0" not in value
        }

    def about(self, notice: ModelNotice) -> str:
        return str(notice.device_model or notice.brand)
