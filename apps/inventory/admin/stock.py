"""Stock in the back office: levels and reservations to be read, movements to be read and recorded."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter, Table
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.core.ids import new_id
from apps.inventory import rules, selectors, services
from apps.inventory.enums import MovementType
from apps.inventory.models import Reservation, StockLevel, StockMovement
from apps.inventory.models.stock import StockLevelQuerySet

SHOWN_AT_MOST = 100


class LowFilter(admin.SimpleListFilter):
    """What is to be ordered."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("low", "at or below the reorder level")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        assert isinstance(queryset, StockLevelQuerySet)
        return queryset.low() if self.value() == "low" else queryset


@admin.register(StockLevel, site=site)
class LevelAdmin(BackOfficeAdmin):
    """What is where. The numbers change by movements and reservations alone."""

    reads = Right.STOCK_READ
    list_display = ["item", "branch", "quantity", "reserved", "available", "reorder_level"]
    list_filter = [LowFilter, ("branch", ScopedFilter)]
    list_select_related = ["item", "branch"]
    search_help_text = "Name, SKU or barcode of the item"
    fields = ["item", "branch", "quantity", "reserved", "available", "reorder_level", "updated_at"]
    readonly_fields = ["available", "reorder_level"]

    def records(self, actor: Actor) -> QuerySet[StockLevel]:
        return selectors.levels_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.of_items_found_by(records, text)

    @admin.display(description="reorder level")
    def reorder_level(self, level: StockLevel) -> int:
        return level.item.reorder_level

    def links(self, request: HttpRequest, record: StockLevel) -> list[tuple[str, str]]:
        movements = reverse("admin:inventory_stockmovement_changelist")
        return [("All movements of the item", f"{movements}?item__id__exact={record.item_id}")]

    def tables(self, request: HttpRequest, record: StockLevel) -> list[Table]:
        """Why the number is what it is."""
        why = selectors.explain(record.pk, actor=actor_of(request))
        promised: list[tuple[Any, ...]] = [(one.document_label or one.source_type, one.quantity, one.created_at)
                                           for one in why.reservations]  # fmt: skip
        latest: list[tuple[Any, ...]] = [
            (entry.movement.created_at, entry.movement.get_movement_type_display(), entry.change, entry.balance,
             entry.movement.reference_number, entry.movement.notes, entry.movement.actor_label)
            for entry in why.entries[:-SHOWN_AT_MOST - 1:-1]
        ]  # fmt: skip
        return [
            Table("Reserved for", ("Document", "Quantity", "Since"), promised),
            Table("Latest movements", ("When", "Kind", "Change", "Balance", "Reference", "Notes", "Who"), latest),
        ]


@admin.register(Reservation, site=site)
class ReservationAdmin(BackOfficeAdmin):
    """What is promised to whom."""

    reads = Right.STOCK_READ
    list_display = ["document_label", "item", "branch", "quantity", "status", "created_at", "closed_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["level__item", "level__branch"]
    search_fields = ["document_label"]
    search_help_text = "Number of the repair order"
    fields = ["document_label", "item", "branch", "quantity", "status", "created_at", "closed_at"]
    readonly_fields = ["item", "branch"]
    ordering = ["-created_at"]

    def records(self, actor: Actor) -> QuerySet[Reservation]:
        return selectors.reservations_visible_to(actor)

    def item(self, reservation: Reservation) -> str:
        return str(reservation.level.item)

    def branch(self, reservation: Reservation) -> str:
        return str(reservation.level.branch)


class MovementForm(RefusableForm):
    """A movement as it is asked for; what each kind needs, the service says."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    quantity = forms.IntegerField(
        required=False, min_value=-rules.LARGEST_QUANTITY, max_value=rules.LARGEST_QUANTITY,
        help_text="Units; with a sign for an adjustment.",
    )  # fmt: skip
    counted_quantity = forms.IntegerField(
        required=False, min_value=0, max_value=rules.LARGEST_QUANTITY,
        help_text="For an adjustment: what was found on the shelf, instead of the difference.",
    )  # fmt: skip

    refused_as = {"inventory_item_id": "item"}

    class Meta:
        model = StockMovement
        fields = [
            "item", "movement_type", "quantity", "from_branch", "to_branch", "unit_price", "reference_number", "notes",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_branch", "to_branch", "unit_price"):
            self.fields[name].required = False

    def check(self, given: dict[str, Any]) -> None:
        kind, places = MovementType(given["movement_type"]), (given["from_branch"], given["to_branch"])
        from_id, to_id = (place.pk if place else None for place in places)
        rules.check_shape(kind, given["quantity"], given["counted_quantity"], from_id, to_id, given["notes"])


@admin.register(StockMovement, site=site)
class MovementAdmin(BackOfficeAdmin):
    """Movements are recorded and never changed."""

    reads, creates = Right.STOCK_READ, Right.STOCK_RECORD
    list_display = ["created_at", "movement_type", "item", "quantity", "from_branch", "to_branch", "reference_number",
                    "actor_label"]  # fmt: skip
    list_filter = ["movement_type", "created_at"]
    list_select_related = ["item", "from_branch", "to_branch"]
    search_help_text = "Name, SKU or barcode of the item"
    autocomplete_fields = ["item"]
    also_by = ("item",)

    def records(self, actor: Actor) -> QuerySet[StockMovement]:
        return selectors.movements_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.of_items_found_by(records, text)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*MovementForm.Meta.fields[:3], "counted_quantity", *MovementForm.Meta.fields[3:], "once"]
        return [
            "item", "movement_type", "quantity", "from_branch", "from_balance", "to_branch", "to_balance", "unit_price",
            "currency", "reference_number", "notes", "actor_label", "created_at",
        ]  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": MovementForm}), **kwargs)

    def save_model(self, request: HttpRequest, obj: StockMovement, form: Any, change: bool) -> None:
        given = form.cleaned_data
        wanted = services.MovementRequest(
            id=given["once"],  # the form that is sent twice records one movement
            item_id=given["item"].pk,
            movement_type=MovementType(given["movement_type"]),
            quantity=given["quantity"],
            counted_quantity=given["counted_quantity"],
            from_branch_id=given["from_branch"] and given["from_branch"].pk,
            to_branch_id=given["to_branch"] and given["to_branch"].pk,
            unit_price=given["unit_price"],
            reference_number=given["reference_number"],
            notes=given["notes"],
        )
        obj.pk = services.record_movement(wanted, actor=actor_of(request)).pk
