"""Checklists in the back office: a template with its questions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import ActiveAdmin
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.repairs.models import ChecklistQuestion, ChecklistTemplate
from apps.repairs.services.questions import remove_question, save_question


class TemplateForm(RefusableForm):
    class Meta:
        model = ChecklistTemplate
        fields = ["name", "stage", "device_type", "is_active"]


class QuestionInline(admin.TabularInline):
    """Whoever may change the template may change its questions; what was answered keeps the words it had."""

    model = ChecklistQuestion
    fields = ["position", "text", "kind", "is_required"]
    extra = 3

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(ChecklistTemplate, site=site)
class ChecklistTemplateAdmin(ActiveAdmin):
    """What is looked at, at which stage, for which kind of device; without one for all that have none of their own."""

    reads = Right.ORDERS_NOTE
    creates = changes = removes = Right.CATALOG_WRITE
    form = TemplateForm
    inlines = [QuestionInline]
    list_display = ["name", "stage", "device_type", "is_active"]
    list_filter = ["stage", "device_type", "is_active"]
    search_fields = ["name"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            for row in formset.deleted_forms:
                remove_question(row.instance.pk, actor=actor_of(request))
            for row in formset.forms:
                if row.has_changed() and row not in formset.deleted_forms:
                    row.instance.template_id = form.instance.pk
                    save_question(row.instance, row.changed_data, actor=actor_of(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return ""  # what was changed the event log says
