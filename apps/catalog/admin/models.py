"""Device models in the back office: found as people write them, and made one of two."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import Right
from apps.catalog import selectors, services
from apps.catalog.admin.reference import CatalogAdmin
from apps.catalog.models import DeviceModel
from apps.core.admin_base import Table
from apps.core.admin_forms import LinesField, RefusableForm, without_nul
from apps.core.admin_site import actor_of, site

DUPLICATES_SHOWN = 50


class DeviceModelForm(RefusableForm):
    aliases = LinesField(most=100, longest=120)

    class Meta:
        model = DeviceModel
        fields = [
            "brand", "name", "model_number", "release_year", "device_type", "screen_size", "tier_level", "launch_price",
            "aliases", "is_active",
        ]  # fmt: skip


class MergeForm(forms.Form):
    """Which of the chosen models stays, and why the others go."""

    into = forms.ChoiceField(label="Keep", widget=forms.RadioSelect)
    reason = forms.CharField(required=False, max_length=200)

    def __init__(self, models: QuerySet[DeviceModel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(model.pk), f"{model} {model.model_number}".strip()) for model in models]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]


class MergedFilter(admin.SimpleListFilter):
    """Duplicates that stayed behind are shown only to who asks for them."""

    title = "merged"
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "merged into another one"), ("no", "not merged")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(merged_into__isnull=self.value() == "no")
        return queryset


@admin.register(DeviceModel, site=site)
class DeviceModelAdmin(CatalogAdmin):
    form = DeviceModelForm
    list_display = ["name", "brand", "model_number", "device_type", "release_year", "tier_level", "is_active"]
    list_filter = ["device_type", "tier_level", "is_active", MergedFilter]
    list_select_related = ["brand"]
    search_help_text = "Brand, name, model number or alias, however they are written"
    autocomplete_fields = ["brand"]
    actions = [*CatalogAdmin.actions, "merge"]
    pages = {"merge": "merge_page", "duplicates": "duplicates_page"}

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.models_found_by(records, text)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What is found, the best first, in the list and where a model is chosen; unless a column was clicked."""
        chooses = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        queryset = queryset.filter(merged_into=None) if chooses else queryset
        text = without_nul(search_term).strip()
        if text and ORDER_VAR not in request.GET:
            return selectors.best_first(queryset, text), False
        return super().get_search_results(request, queryset, search_term)

    def has_change_permission(self, request: HttpRequest, obj: DeviceModel | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_merged(obj)

    def has_delete_permission(self, request: HttpRequest, obj: DeviceModel | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_merged(obj)

    def links(self, request: HttpRequest, record: DeviceModel) -> list[tuple[str, str]]:
        if record.merged_into_id is not None:
            address = reverse("admin:catalog_devicemodel_change", args=[record.merged_into_id])
            return [("Merged into another model", address)]
        if not self.has_change_permission(request):
            return []
        return [("Add a notice", f"{reverse('admin:catalog_modelnotice_add')}?device_model={record.pk}")]

    def tables(self, request: HttpRequest, record: DeviceModel) -> list[Table]:
        notices = selectors.notices_on(record)
        rows: list[tuple[Any, ...]] = [
            (one.get_level_display(), one.text, one.repair_type or "any", one.valid_from, one.valid_until or "–",
             "yes" if one.is_shown_on(timezone.localdate()) else "no")
            for one in notices
        ]  # fmt: skip
        return [Table("Notices", ("Level", "Text", "Repair", "From", "Until", "Shown today"), rows)] if rows else []

    @admin.action(description="Take into use", permissions=["change"])
    def activate(self, request: HttpRequest, records: QuerySet[Any]) -> None:
        super().activate(request, records.filter(merged_into=None))

    @admin.action(description="Merge …", permissions=["change"])
    def merge(self, request: HttpRequest, models: QuerySet[DeviceModel]) -> HttpResponse | None:
        if models.filter(merged_into=None).count() < 2:
            self.message_user(request, "Choose the models that are one and the same.", messages.WARNING)
            return None
        return self.page_for(request, "merge_page", models.filter(merged_into=None))

    def merge_page(self, request: HttpRequest) -> HttpResponse:
        """What refers to each of the chosen models, and which of them stays."""
        models = self.chosen(request, Right.CATALOG_WRITE).filter(merged_into=None).select_related("brand")
        form = MergeForm(models, request.POST or None)
        if form.is_valid():
            into, said = UUID(form.cleaned_data["into"]), form.cleaned_data["reason"]
            actor = actor_of(request)
            done = self.apply(
                request,
                models.exclude(pk=into),
                lambda one: services.merge_models(one.pk, into, actor=actor, reason=said),
            )
            return self.to_list(request, done, "merged into the one that stays")
        advice = (
            "Everything that refers to the others moves to the one that stays, which is found by their names as well. Where "
            "both have a price on the same day, that of the one that stays counts. This cannot be undone."
        )
        return self.page(
            request, "admin/catalog/merge_page.html", "Merge device models", records=models, form=form, advice=advice,
            button="Merge", tables=[_references(list(models))],
        )  # fmt: skip

    def duplicates_page(self, request: HttpRequest) -> HttpResponse:
        """Models that may be one and the same, for a person to look at."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        number = request.GET.get("p", "1")
        page = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1
        found = selectors.likely_duplicates(DUPLICATES_SHOWN + 1, (max(page, 1) - 1) * DUPLICATES_SHOWN)
        groups = [
            (one, self.page_address("merge_page", [model.pk for model in one.models]))
            for one in found[:DUPLICATES_SHOWN]
        ]
        following = page + 1 if len(found) > DUPLICATES_SHOWN else None
        return self.page(
            request, "admin/catalog/duplicates.html", "Likely duplicates", groups=groups, following=following
        )


def _is_merged(model: DeviceModel | None) -> bool:
    return model is not None and model.merged_into_id is not None


def _references(models: list[DeviceModel]) -> Table:
    counts = selectors.references_to([model.pk for model in models])
    rows: list[tuple[Any, ...]] = [
        (kind.capitalize(), *(found.get(model.pk, 0) for model in models)) for kind, found in sorted(counts.items())
    ]
    return Table("What refers to them", ("", *map(str, models)), rows)
