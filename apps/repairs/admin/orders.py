"""Orders in the back office: the intake is corrected by a form, everything with a rule by an action."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core import money
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table, money_column
from apps.core.admin_site import actor_of, site
from apps.core.api.files import attachment
from apps.core.documents import A4
from apps.repairs import rules, selectors, services
from apps.repairs.admin.forms import AssignForm, OrderForm, StatusForm
from apps.repairs.enums import OrderStatus, PrintedKind
from apps.repairs.events import OrderEvent
from apps.repairs.models import RepairOrder
from apps.repairs.models.orders import RepairOrderQuerySet
from apps.repairs.services import documents


class OverdueFilter(admin.SimpleListFilter):
    """What was promised for a time that has passed."""

    title = "promise"
    parameter_name = "promise"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        assert isinstance(queryset, RepairOrderQuerySet)
        return queryset.overdue(timezone.now()) if self.value() == "overdue" else queryset


class UnclaimedFilter(admin.SimpleListFilter):
    """What has been ready for longer than its branch waits."""

    title = "pick-up"
    parameter_name = "pickup"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unclaimed", "unclaimed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(selectors.unclaimed(timezone.now())) if self.value() == "unclaimed" else queryset


AMOUNT = money_column("amount", "amount")
TOTAL = money_column("total", "total")
AMOUNTS = [
    money_column("subtotal", "subtotal"), money_column("discount_total", "discount"),
    money_column("tax_total", "tax"), TOTAL, money_column("diagnosis_fee", "diagnosis fee"),
    money_column("return_fee", "fee charged"), money_column("credited", "credited"),
    money_column("deposit_paid", "deposit"), money_column("paid", "paid"),
]  # fmt: skip


@admin.register(RepairOrder, site=site)
class OrderAdmin(HistoryAdmin):
    """Repair orders. They are taken in at the counter, and cancelled instead of deleted."""

    reads, changes = Right.ORDERS_READ, Right.ORDERS_EDIT
    aggregate = OrderEvent.aggregate
    form = OrderForm
    list_display = ["order_number", "status", "priority", "customer", "device_model", "branch", "technician", TOTAL,
                    "created_at"]  # fmt: skip
    list_filter = [
        "status",
        "priority",
        "outcome",
        OverdueFilter,
        UnclaimedFilter,
        ("branch", ScopedFilter),
        "created_at",
    ]
    list_select_related = ["customer", "device_model__brand", "branch", "technician"]
    search_help_text = "Order number, IMEI, serial number, model, or the customer's name, phone or e-mail"
    autocomplete_fields = ["customer", "device_model"]
    fieldsets = [
        (None, {"fields": ["order_number", "status", "outcome", "branch", "technician"]}),
        ("Intake", {"fields": (*OrderForm.Meta.fields,)}),
        ("Money", {"fields": [*AMOUNTS, "balance"]}),
        ("Times", {"fields": ["created_at", "completed_at", "delivered_at", "warranty_of"]}),
    ]
    readonly_fields = [
        "order_number", "status", "outcome", "branch", "technician", *AMOUNTS, "balance", "created_at", "completed_at",
        "delivered_at", "warranty_of",
    ]  # fmt: skip
    actions = ["change_status", "assign", "issue_invoices"]
    pages = {"status": "status_page", "assign": "assign_page", "print": "print_page"}

    def records(self, actor: Actor) -> QuerySet[RepairOrder]:
        return selectors.orders_visible_to(actor)

    def found(self, records: QuerySet[RepairOrder], text: str) -> QuerySet[RepairOrder]:
        return selectors.orders_found_anywhere(records, text)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        handed_over = obj is not None and obj.status == OrderStatus.DELIVERED
        return super().has_change_permission(request, obj) and not handed_over

    def save_model(self, request: HttpRequest, obj: RepairOrder, form: OrderForm, change: bool) -> None:
        services.edit_order(obj.pk, form.given(), actor=actor_of(request))

    @admin.display(description="still to be paid")
    def balance(self, order: RepairOrder) -> str:
        owed = rules.balance(order.charged)
        return f"{money.text(owed, order.currency)} {order.currency}"

    def links(self, request: HttpRequest, record: RepairOrder) -> list[tuple[str, str]]:
        printing = self.page_address("print_page", [record.pk])
        return [
            ("Change status", self.page_address("status_page", [record.pk])),
            ("Assign", self.page_address("assign_page", [record.pk])),
            *((f"Print: {words}", f"{printing}&kind={kind}") for kind, words in PrintedKind.choices),
        ]

    def tables(self, request: HttpRequest, record: RepairOrder) -> list[Table]:
        return [_lines(record), _history(record), _notes(record), _payments(record)]

    @admin.action(description="Change status …", permissions=["view"])
    def change_status(self, request: HttpRequest, orders: QuerySet[RepairOrder]) -> HttpResponse | None:
        return self.page_for(request, "status_page", orders)

    def status_page(self, request: HttpRequest) -> HttpResponse:
        """What each order can become, what that would do and what blocks it; then one status for all of them."""
        orders = self.chosen(request, Right.ORDERS_STATUS).select_related("customer")
        actor = actor_of(request)
        moves = selectors.transitions_of_many(orders, actor)
        form = StatusForm(moves, request.POST or None)
        if form.is_valid():
            return self._make(request, list(moves), form.cleaned_data, actor)
        return self.page(
            request, "admin/repairs/status_page.html", "Change status", form=form, moves=moves.items(), button="Change"
        )

    def _make(
        self, request: HttpRequest, orders: list[RepairOrder], given: dict[str, Any], actor: Actor
    ) -> HttpResponse:
        to, expected = OrderStatus(given["to"]), given["expected"]
        change = partial(services.change_status, to=to, actor=actor, note=given["note"], notify=given["notify"])
        seen = [order for order in orders if order.pk in expected]
        # An order that has moved since the page was shown is refused, also when the form is sent twice.
        done = self.apply(request, seen, lambda order: change(order.pk, expected=expected[order.pk]))
        return self.to_list(request, done, f"now {to.label}")

    def print_page(self, request: HttpRequest) -> HttpResponseBase:
        """One paper of one order, on A4."""
        kind = request.GET.get("kind", "")
        [order] = self.chosen(request, Right.ORDERS_READ)[:1]
        if kind not in PrintedKind.values:
            raise BadRequest("There is no such paper.")
        actor, address_of = actor_of(request), request.build_absolute_uri
        printed = documents.print_order(order.pk, PrintedKind(kind), A4.name, actor=actor, address_of=address_of)
        return attachment(printed.content, printed.name, "application/pdf")

    @admin.action(description="Assign …", permissions=["view"])
    def assign(self, request: HttpRequest, orders: QuerySet[RepairOrder]) -> HttpResponse | None:
        return self.page_for(request, "assign_page", orders)

    def assign_page(self, request: HttpRequest) -> HttpResponse:
        orders = self.chosen(request, Right.ORDERS_ASSIGN)
        form = AssignForm(selectors.workers_for(orders), request.POST or None)
        if request.method == "POST" and form.is_valid():
            actor, worker = actor_of(request), form.chosen_id()
            others = [order for order in orders if order.technician_id != worker]
            done = self.apply(request, others, lambda order: services.assign(order.pk, worker, actor=actor))
            return self.to_list(request, done, "assigned" if worker else "taken from their technician")
        return self.page(request, "admin/action_page.html", "Assign orders", records=orders, form=form, button="Assign")

    @admin.action(description="Issue the invoice", permissions=["view"])
    def issue_invoices(self, request: HttpRequest, orders: QuerySet[RepairOrder]) -> HttpResponse:
        actor = actor_of(request)
        done = self.apply(request, orders, lambda order: services.issue_invoice(order.pk, actor=actor))
        return self.to_list(request, done, "invoiced")


def _lines(order: RepairOrder) -> Table:
    lines = order.lines.select_related("repair_type", "part_type", "item")
    rows: list[tuple[Any, ...]] = [
        (line.repair_type, line.part_type or "", line.item or "", line.get_state_display(), line.quantity,
         *(money.text(amount, order.currency) for amount in (line.unit_price, line.discount, line.total_price)),
         rules.interval_words(line.estimate), line.warranty_until or "")
        for line in lines
    ]  # fmt: skip
    columns = (
        "Repair",
        "Part",
        "Item",
        "State",
        "Quantity",
        "Unit price",
        "Discount",
        "Total",
        "Estimate",
        "Warranty until",
    )
    return Table("Lines", columns, rows)


def _history(order: RepairOrder) -> Table:
    rows: list[tuple[Any, ...]] = [
        (row.created_at, row.get_old_status_display() or "–", row.get_new_status_display(), row.notes, row.actor_label)
        for row in order.history.all()
    ]
    return Table("Status history", ("When", "From", "To", "Notes", "Who"), rows)


def _notes(order: RepairOrder) -> Table:
    rows: list[tuple[Any, ...]] = [
        (note.created_at, note.get_visibility_display(), note.text, note.actor_label) for note in order.notes.all()
    ]
    return Table("Notes", ("When", "For", "Text", "Who"), rows)


def _payments(order: RepairOrder) -> Table:
    rows: list[tuple[Any, ...]] = [
        (paid.created_at, paid.get_kind_display(), paid.get_method_display(), AMOUNT(paid), paid.reference,
         paid.actor_label)
        for paid in order.payments.all()
    ]  # fmt: skip
    return Table("Payments", ("When", "Kind", "Method", "Amount", "Reference", "Who"), rows)
