"""Stock levels in the back office: what is where, why, and what it is worth."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from apps.accounts.rules import Right
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter, Table
from apps.core.admin_site import actor_of, site
from apps.inventory import selectors
from apps.inventory.models import Serial, StockLevel
from apps.inventory.models.stock import StockLevelQuerySet
from apps.inventory.rules import costs

SHOWN_AT_MOST = 200
_PAGES = {"transfer": "transfer", "purchase_order": "purchaseorder", "stock_count": "stockcount"}


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
    pages = {"value": "value_page"}
    list_display = ["item", "branch", "quantity", "reserved", "available", "incoming", "reorder_level", "average_cost"]
    list_filter = [LowFilter, ("branch", ScopedFilter)]
    list_select_related = ["item", "branch"]
    search_help_text = "Name, SKU, barcode or compatible model of the item"
    fields = [
        "item", "branch", "quantity", "reserved", "available", "incoming", "reorder_level", "average_cost", "value",
        "updated_at",
    ]  # fmt: skip
    readonly_fields = ["available", "reorder_level", "average_cost", "value"]

    def records(self, actor: Actor) -> QuerySet[StockLevel]:
        return selectors.levels_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.of_items_found_by(records, text)

    @admin.display(description="reorder level")
    def reorder_level(self, level: StockLevel) -> int:
        return level.item.reorder_level

    @admin.display(description="average cost")
    def average_cost(self, level: StockLevel) -> str:
        average = costs.average(level.value_micros, level.quantity, level.last_cost_micros)
        return "–" if average is None else f"{average:.4f} {level.branch.currency}"

    @admin.display(description="stock value")
    def value(self, level: StockLevel) -> str:
        return f"{money.text(costs.amount(level.value_micros), level.branch.currency)} {level.branch.currency}"

    def links(self, request: HttpRequest, record: StockLevel) -> list[tuple[str, str]]:
        movements = reverse("admin:inventory_stockmovement_changelist")
        return [
            ("All movements of the item", f"{movements}?item__id__exact={record.item_id}"),
            ("Worth of the stock", reverse("admin:inventory_stocklevel_value_page")),
            ("What to order", reverse("admin:inventory_reorderpoint_proposals_page")),
        ]

    def tables(self, request: HttpRequest, record: StockLevel) -> list[Table]:
        """Why the number is what it is: the newest movement first, whose balance is the number."""
        why = selectors.explain(record.pk, actor=actor_of(request), before=_before(request), most=SHOWN_AT_MOST)
        expected: list[tuple[Any, ...]] = [
            (_document(one.document_type, one.document_id, one.number), one.quantity) for one in why.expected
        ]
        promised: list[tuple[Any, ...]] = [
            (one.document_label or one.source_type, one.quantity,
             ", ".join(serial.number for serial in one.serials.all()) or "–", one.created_at)
            for one in why.reservations
        ]  # fmt: skip
        return [
            Table("On its way", ("Document", "Quantity"), expected),
            Table("Reserved for", ("Document", "Quantity", "Serial numbers", "Since"), promised),
            Table(
                "Movements", ("When", "Kind", "Change", "Balance", "Worth", "Reference", "Notes", "Serial numbers", "Who"),
                _entries(why),
            ),
        ]  # fmt: skip

    def value_page(self, request: HttpRequest) -> HttpResponse:
        """What the stock of each branch is worth, at moving average cost."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tables = [
            Table(
                f"{branch.branch}: {branch.units} units, {money.text(branch.value, branch.currency)} {branch.currency}",
                ("Category", "Units", "Worth"),
                [(part.category or "Without a category", part.units, money.text(part.value, part.currency))
                 for part in branch.categories],
            )
            for branch in selectors.stock_value(actor=actor_of(request))
        ]  # fmt: skip
        return self.page(request, "admin/tables_page.html", "Worth of the stock", tables=tables)


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None


def _entries(why: selectors.Explanation) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (entry.movement.created_at, entry.movement.get_movement_type_display(), f"{entry.change:+d}", entry.balance,
         "–" if entry.value_change is None else f"{costs.amount(entry.value_change):+.2f}",
         _reference(entry), entry.movement.notes, ", ".join(entry.serials) or "–", entry.movement.actor_label)
        for entry in reversed(why.entries)
    ]  # fmt: skip
    if why.left_out:
        older = format_html('<a href="?before={}">{} older movements</a>', why.entries[0].movement.pk, why.left_out)
        rows.append((older, "", "", why.opening, "", "", "", "", ""))
    return rows


def _reference(entry: selectors.Entry) -> str:
    movement = entry.movement
    if movement.document_id is None:
        return movement.reference_number
    return _document(movement.document_type, movement.document_id, movement.reference_number)


def _document(kind: str, pk: UUID, number: str) -> str:
    """The document's number, leading to it."""
    try:
        return format_html('<a href="{}">{}</a>', reverse(f"admin:inventory_{_PAGES[kind]}_change", args=[pk]), number)
    except NoReverseMatch:
        return number


@admin.register(Serial, site=site)
class SerialAdmin(BackOfficeAdmin):
    """Single units. They change by movements alone."""

    reads = Right.STOCK_READ
    list_display = ["number", "item", "state", "branch"]
    list_filter = ["state", ("branch", ScopedFilter)]
    list_select_related = ["item", "branch"]
    search_help_text = "Serial number"
    also_by = ("item",)
    fields = ["number", "item", "state", "branch", "updated_at"]

    def records(self, actor: Actor) -> QuerySet[Serial]:
        return selectors.serials_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.serials_found_by(records, text)

    def tables(self, request: HttpRequest, record: Serial) -> list[Table]:
        """Where the unit has been."""
        moved = selectors.movements_of_serial(record.pk, actor=actor_of(request))
        rows: list[tuple[Any, ...]] = [
            (movement.created_at, movement.get_movement_type_display(), movement.from_branch, movement.to_branch,
             movement.reference_number, movement.notes, movement.actor_label)
            for movement in moved.select_related("from_branch", "to_branch")
        ]  # fmt: skip
        return [Table("Where it has been", ("When", "Kind", "From", "To", "Reference", "Notes", "Who"), rows)]
