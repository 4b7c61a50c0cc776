"""Stock in the back office: levels and reservations to be read, movements to be read and recorded."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.core.ids import new_id
from apps.inventory import rules, selectors, services
from apps.inventory.enums import MovementType
from apps.inventory.models import Reservation, StockMovement
from apps.inventory.rules import costs


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

    serials = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For items that track serial numbers: one for each unit, each on a line of its own.",
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


class ReversalForm(forms.Form):
    notes = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


@admin.register(StockMovement, site=site)
class MovementAdmin(BackOfficeAdmin):
    """Movements are recorded and never changed."""

    pages = {"reverse": "reverse_page"}

    reads, creates = Right.STOCK_READ, Right.STOCK_RECORD
    list_display = ["created_at", "movement_type", "item", "quantity", "from_branch", "to_branch", "reference_number",
                    "actor_label"]  # fmt: skip
    list_filter = ["movement_type", "created_at"]
    list_select_related = ["item", "from_branch", "to_branch"]
    search_help_text = "Name, SKU, barcode or compatible model of the item"
    autocomplete_fields = ["item"]
    also_by = ("item",)

    def records(self, actor: Actor) -> QuerySet[StockMovement]:
        return selectors.movements_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.of_items_found_by(records, text)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*MovementForm.Meta.fields[:3], "counted_quantity", "serials", *MovementForm.Meta.fields[3:], "once"]
        return [
            "item", "movement_type", "quantity", "serial_numbers", "from_branch", "from_balance", "to_branch",
            "to_balance", "unit_price", "unit_cost", "currency", "reference_number", "notes", "reverses", "actor_label",
            "created_at",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["serial_numbers", "unit_cost"] if obj else []

    @admin.display(description="serial numbers")
    def serial_numbers(self, movement: StockMovement) -> str:
        return ", ".join(moved.serial.number for moved in movement.moved_serials.select_related("serial")) or "–"

    @admin.display(description="worth per unit")
    def unit_cost(self, movement: StockMovement) -> str:
        worth = movement.from_value_micros if movement.to_value_micros is None else movement.to_value_micros
        if worth is None or not movement.quantity:
            return "–"
        return f"{costs.amount(costs.share(abs(worth), abs(movement.quantity), 1)):.4f}"

    def links(self, request: HttpRequest, record: StockMovement) -> list[tuple[str, str]]:
        if not request.user.has_perm(Right.STOCK_MANAGE):
            return []
        return [("Reverse", self.page_address("reverse_page", [record.pk]))]

    def reverse_page(self, request: HttpRequest) -> HttpResponse:
        """Undo movements by their opposites, each once; says why."""
        movements = self.chosen(request, Right.STOCK_MANAGE)
        form = ReversalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            notes, actor = form.cleaned_data["notes"], actor_of(request)
            done = self.apply(request, movements, lambda one: services.reverse_movement(one.pk, notes, actor=actor))
            return self.to_list(request, done, "reversed")
        return self.page(
            request, "admin/action_page.html", "Reverse movements", form=form, records=movements, button="Reverse",
            advice="Each is undone by its opposite, with the same units at the same cost; both stay on the books.",
        )  # fmt: skip

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
            serials=given["serials"].split(),
        )
        obj.pk = services.record_movement(wanted, actor=actor_of(request)).pk
