"""Purchase orders in the back office: drafts are typed, everything else is done on a page that shows what it will do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table, money_column, refusal_of
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of, site
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.inventory import selectors
from apps.inventory.admin import purchase_tables as tables
from apps.inventory.admin.inlines import ChoosingInline
from apps.inventory.admin.purchase_forms import (
    BasePurchaseLines,
    CancelForm,
    OrderingForm,
    PurchaseForm,
    PurchaseLineForm,
    RatesForm,
    ReceiptForm,
    ReverseForm,
)
from apps.inventory.enums import PurchaseStatus
from apps.inventory.events import PurchaseEvent
from apps.inventory.models import Branch, PurchaseLine, PurchaseOrder
from apps.inventory.rules.purchasing import MOST_LINES
from apps.inventory.services import purchasing

TOTAL = money_column("total", "total")
_ON_THE_WAY = {PurchaseStatus.ORDERED, PurchaseStatus.PARTLY_RECEIVED}


class LineInline(ChoosingInline):
    """The lines of a draft."""

    verbose_name = "line"
    model = PurchaseLine
    form = PurchaseLineForm
    formset = BasePurchaseLines
    fields = [("item", "quantity", "unit_cost"), "repair_order"]
    extra = 3
    max_num = MOST_LINES


@admin.register(PurchaseOrder, site=site)
class PurchaseOrderAdmin(HistoryAdmin):
    """What branches buy."""

    reads = Right.PURCHASES_READ
    creates = changes = removes = Right.PURCHASES_WRITE
    aggregate = PurchaseEvent.aggregate
    form = PurchaseForm
    list_display = ["number", "status", "supplier", "branch", TOTAL, "expected_on", "ordered_at", "created_at"]
    list_filter = ["status", ("branch", ScopedFilter), ("supplier", ScopedFilter), "created_at"]
    list_select_related = ["supplier", "branch"]
    search_help_text = "Number of the order, or the supplier's reference"
    autocomplete_fields = ["supplier"]
    actions = ["order", "cancel"]
    pages = {
        "order": "order_page", "receive": "receive_page", "cancel": "cancel_page", "reverse": "reverse_page",
        "print": "print_page", "needs": "needs_page",
    }  # fmt: skip

    def records(self, actor: Actor) -> QuerySet[PurchaseOrder]:
        return selectors.purchases_visible_to(actor)

    # --- drafts -----------------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status == PurchaseStatus.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == PurchaseStatus.DRAFT)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [LineInline] if obj is None or self.has_change_permission(request, obj) else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        typed = [*PurchaseForm.Meta.fields]
        if obj is None:
            return [*typed, "once"]
        shown = ["number", "status", *typed, "currency", TOTAL, "actor_label", "created_at"]
        return shown if obj.status == PurchaseStatus.DRAFT else [*shown, "ordered_at", "closed_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ["number", "status", "currency", TOTAL, "actor_label", "created_at", "ordered_at", "closed_at"]
        return fixed if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("once", None)
        return form

    def save_model(self, request: HttpRequest, obj: PurchaseOrder, form: Any, change: bool) -> None:
        """Nothing yet: an order is written together with its lines."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        actor = actor_of(request)
        given = {**form.given(), "lines": formsets[0].requests(actor)}
        if change:
            purchasing.edit_purchase(form.instance.pk, given, actor=actor)
            return
        wanted = purchasing.PurchaseRequest(**given, id=form.cleaned_data["once"])
        made = purchasing.draft_purchase(wanted, actor=actor)
        form.instance.pk, form.instance.number = made.pk, made.number

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return ""  # what was changed the event log says

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        purchasing.discard_purchase(obj.pk, actor=actor_of(request))

    # --- what is done to an order -----------------------------------------------------------------------------------

    def links(self, request: HttpRequest, record: PurchaseOrder) -> list[tuple[str, str]]:
        words = [("Print", "print_page")]
        if super().has_change_permission(request, record):
            if record.status == PurchaseStatus.DRAFT:
                words += [("Order", "order_page"), ("Cancel", "cancel_page")]
            if record.status in _ON_THE_WAY:
                words += [("Receive", "receive_page"), ("Cancel the rest", "cancel_page")]
            if selectors.receipts_standing(record).exists():
                words.append(("Take a delivery back", "reverse_page"))
        return [(label, self.page_address(method, [record.pk])) for label, method in words]

    def tables(self, request: HttpRequest, record: PurchaseOrder) -> list[Table]:
        if record.status == PurchaseStatus.DRAFT:
            return [] if self.has_change_permission(request, record) else [tables.lines(record)]
        return [tables.lines(record), tables.receipts(record)]

    @admin.action(description="Order …", permissions=["change"])
    def order(self, request: HttpRequest, orders: QuerySet[PurchaseOrder]) -> HttpResponse | None:
        return self.page_for(request, "order_page", orders)

    @admin.action(description="Cancel what has not come …", permissions=["change"])
    def cancel(self, request: HttpRequest, orders: QuerySet[PurchaseOrder]) -> HttpResponse | None:
        return self.page_for(request, "cancel_page", orders)

    def order_page(self, request: HttpRequest) -> HttpResponse:
        orders, actor = self.chosen(request, Right.PURCHASES_WRITE), actor_of(request)
        form = OrderingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            answer = form.cleaned_data
            done = self.apply(request, orders, lambda one: purchasing.order_purchase(one.pk, actor=actor, **answer))
            return self.to_list(request, done, "ordered")
        advice = "These have gone to their suppliers: what is on them is incoming from now on."
        return self._about(request, orders, "Order", "They are ordered", advice, form)

    def cancel_page(self, request: HttpRequest) -> HttpResponse:
        orders, actor = self.chosen(request, Right.PURCHASES_WRITE), actor_of(request)
        form = CancelForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            done = self.apply(request, orders, lambda one: purchasing.cancel_purchase(one.pk, reason, actor=actor))
            return self.to_list(request, done, "cancelled")
        advice = "What has not come will not come, and is not incoming any more. What has come stays."
        return self._about(request, orders, "Cancel what has not come", "Cancel the rest", advice, form)

    def receive_page(self, request: HttpRequest) -> HttpResponse:
        """What has come, line by line."""
        order = self._one(request, Right.PURCHASES_WRITE)
        form = ReceiptForm(order.lines.select_related("item"), request)
        if request.method == "POST" and form.is_valid():
            actor = actor_of(request)
            refusal = _refused(lambda: purchasing.receive_purchase(order.pk, form.receipt(), actor=actor))
            if refusal is None:
                return self._back(request, order, "received what was named.")
            form.refuse(refusal)
        return self.page(
            request, "admin/inventory/purchase_receive.html", f"Receive {order}", form=form, document=order,
            still="to come", button="Receive",
        )  # fmt: skip

    def reverse_page(self, request: HttpRequest) -> HttpResponse:
        order = self._one(request, Right.PURCHASES_WRITE)
        form = ReverseForm(selectors.receipts_standing(order), request.POST or None)
        if request.method == "POST" and form.is_valid():
            receipt_id, notes = UUID(form.cleaned_data["receipt"]), form.cleaned_data["notes"]
            actor = actor_of(request)
            refusal = _refused(lambda: purchasing.reverse_receipt(order.pk, receipt_id, notes, actor=actor))
            if refusal is None:
                return self._back(request, order, "took the delivery back.")
            refuse(form, refusal)
        advice = "The same units leave the stock at the cost at which they came, and are still to come again."
        return self._about(request, [order], "Take a delivery back", "Take it back", advice, form)

    def print_page(self, request: HttpRequest) -> HttpResponse:
        """The order as it goes to the supplier."""
        order = self._one(request, Right.PURCHASES_READ)
        return self.page(
            request, "admin/inventory/purchase_print.html", f"Purchase order {order}", order=order,
            table=tables.printed(order), total=TOTAL(order),
        )  # fmt: skip

    def needs_page(self, request: HttpRequest) -> HttpResponse:
        """What waits at a branch; drafts of it for each supplier."""
        actor = actor_of(request)
        if not self.has_view_permission(request):
            raise Http404("There is no such page.")
        branches = list(selectors.branches_within(actor, Right.PURCHASES_READ).filter(is_active=True))
        wanted = request.GET.get("branch") or (str(branches[0].pk) if branches else "")
        branch = next((one for one in branches if str(one.pk) == wanted), None)
        if branch is None:
            raise Http404("There is no such branch.")
        found = selectors.purchase_needs(branch.pk, actor=actor)
        wanting = [need.offer.currency for need in found if need.offer and need.to_order]
        form = RatesForm(wanting, branch.currency, request.POST or None)
        if request.method == "POST" and self.has_add_permission(request) and form.is_valid():
            answer = self._draft_needs(request, branch, form)
            if answer is not None:
                return answer
        return self.page(
            request, "admin/inventory/purchase_needs.html", "What repair orders wait for", form=form,
            tables=[tables.needs(found)], branches=branches, branch=branch, can_draft=bool(wanting)
            and self.has_add_permission(request),
        )  # fmt: skip

    def _draft_needs(self, request: HttpRequest, branch: Branch, form: RatesForm) -> HttpResponse | None:
        made: list[PurchaseOrder] = []

        def draft() -> None:
            made[:] = purchasing.draft_from_needs(branch.pk, actor=actor_of(request), exchange_rates=form.rates())

        refusal = _refused(draft)
        if refusal is not None:
            refuse(form, refusal)
            return None
        return self.to_list(request, len(made), "drafted")

    def _one(self, request: HttpRequest, right: str) -> PurchaseOrder:
        order: PurchaseOrder | None = self.chosen(request, right).select_related("supplier", "branch").first()
        if order is None:
            raise Http404("There is no such purchase order.")
        return order

    def _back(self, request: HttpRequest, order: PurchaseOrder, words: str) -> HttpResponse:
        self.message_user(request, f"{order}: {words}", messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[order.pk]))

    def _about(
        self, request: HttpRequest, orders: Any, title: str, button: str, advice: str, form: Any
    ) -> HttpResponse:
        """A page that shows what is on the chosen orders before anything is done to them."""
        shown = [Table(f"{one.number}: {one.supplier}", *_body(tables.lines(one))) for one in orders]
        return self.page(
            request, "admin/inventory/purchase_page.html", title, form=form, tables=shown, button=button, advice=advice
        )


def _body(table: Table) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    return table.columns, table.rows


def _refused(work: Callable[[], object]) -> DomainError | None:
    """What was refused, if anything."""
    try:
        retrying(work)
    except (DomainError, DatabaseError) as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return refusal
    return None
