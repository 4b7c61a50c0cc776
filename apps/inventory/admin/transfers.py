"""Transfers in the back office: drafts are typed, everything else is done by an action that shows what it will do."""

from typing import Any

from django.contrib import admin, messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter, Table, refusal_of
from apps.core.admin_site import actor_of, site
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.core.ids import new_id
from apps.inventory import selectors, services
from apps.inventory.admin import transfer_tables as tables
from apps.inventory.admin.transfer_forms import (
    BaseTransferLines,
    CancelForm,
    ReceiptForm,
    TransferForm,
    TransferLineForm,
)
from apps.inventory.enums import TransferStatus
from apps.inventory.events import TransferEvent
from apps.inventory.models import Branch, Transfer, TransferLine
from apps.inventory.rules.transfers import LONGEST_TRANSFER


class LineInline(admin.StackedInline):
    """The lines of a draft. Whoever may change the draft may change them."""

    verbose_name = "line"
    model = TransferLine
    form = TransferLineForm
    formset = BaseTransferLines
    fields = ["item", "quantity", "serial_numbers"]
    autocomplete_fields = ["item"]
    extra = 3
    max_num = LONGEST_TRANSFER

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_add_related"):
            # A line chooses an item; the items themselves are kept elsewhere, and a phone has no room for their buttons.
            widget = field.widget
            widget.can_add_related = widget.can_change_related = False
            widget.can_delete_related = widget.can_view_related = False
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Transfer, site=site)
class TransferAdmin(HistoryAdmin):
    """Stock on its way from branch to branch."""

    reads = Right.STOCK_READ
    creates = changes = removes = Right.STOCK_MANAGE
    aggregate = TransferEvent.aggregate
    form = TransferForm
    list_display = ["number", "status", "from_branch", "to_branch", "created_at", "sent_at", "closed_at", "actor_label"]
    list_filter = ["status", ("from_branch", ScopedFilter), ("to_branch", ScopedFilter), "created_at"]
    list_select_related = ["from_branch", "to_branch"]
    search_fields = ["number"]
    search_help_text = "Number of the transfer"
    actions = ["send", "receive", "cancel"]
    pages = {
        "send": "send_page", "receive": "receive_page", "differences": "differences_page", "cancel": "cancel_page",
    }  # fmt: skip

    def records(self, actor: Actor) -> QuerySet[Transfer]:
        return selectors.transfers_visible_to(actor)

    # --- drafts -----------------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_own_draft(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _is_own_draft(request, obj))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [LineInline] if obj is None or self.has_change_permission(request, obj) else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["from_branch", "to_branch", "notes", "once"]
        shown = ["number", "status", "from_branch", "to_branch", "notes", "actor_label", "created_at"]
        return shown if obj.status == TransferStatus.DRAFT else [*shown, "sent_at", "closed_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["number", "status", "actor_label", "created_at", "sent_at", "closed_at"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("once", None)
        return form

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        if db_field.name == "to_branch":
            return selectors.branches_visible_to(actor_of(request)).filter(is_active=True)
        return super().get_field_queryset(db, db_field, request)

    def save_model(self, request: HttpRequest, obj: Transfer, form: Any, change: bool) -> None:
        """Nothing yet: a transfer is written together with its lines."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        given, lines = form.cleaned_data, formsets[0].requests()
        source, target = given["from_branch"].pk, given["to_branch"].pk
        if change:
            changes = {"from_branch_id": source, "to_branch_id": target, "notes": given["notes"], "lines": lines}
            services.edit_transfer(form.instance.pk, changes, actor=actor_of(request))
            return
        wanted = services.TransferRequest(source, target, lines, given["notes"], id=given["once"])
        made = services.draft_transfer(wanted, actor=actor_of(request))
        form.instance.pk, form.instance.number = made.pk, made.number

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return ""  # what was changed the event log says

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete_transfer(obj.pk, actor=actor_of(request))

    # --- what is done to a transfer ---------------------------------------------------------------------------------

    def links(self, request: HttpRequest, record: Transfer) -> list[tuple[str, str]]:
        own = _managed(request)
        words = []
        if record.from_branch_id in own and record.status == TransferStatus.DRAFT:
            words.append(("Send", "send_page"))
        if record.to_branch_id in own and record.status in tables.UNDER_WAY:
            words += [("Receive in full", "receive_page"), ("Receive with differences", "differences_page")]
        if record.from_branch_id in own and record.status in {TransferStatus.DRAFT, TransferStatus.SENT}:
            words.append(("Cancel" if record.status == TransferStatus.DRAFT else "Call back", "cancel_page"))
        return [(label, self.page_address(method, [record.pk])) for label, method in words]

    def tables(self, request: HttpRequest, record: Transfer) -> list[Table]:
        if record.status == TransferStatus.DRAFT:
            return [] if self.has_change_permission(request, record) else [tables.lines(record)]
        return [tables.lines(record), tables.movements(record), tables.receipts(record)]

    @admin.action(description="Send …", permissions=["change"])
    def send(self, request: HttpRequest, transfers: QuerySet[Transfer]) -> HttpResponse | None:
        return self.page_for(request, "send_page", transfers)

    @admin.action(description="Receive in full …", permissions=["change"])
    def receive(self, request: HttpRequest, transfers: QuerySet[Transfer]) -> HttpResponse | None:
        return self.page_for(request, "receive_page", transfers)

    @admin.action(description="Cancel or call back …", permissions=["change"])
    def cancel(self, request: HttpRequest, transfers: QuerySet[Transfer]) -> HttpResponse | None:
        return self.page_for(request, "cancel_page", transfers)

    def send_page(self, request: HttpRequest) -> HttpResponse:
        """What will leave which branch; then it is in transit."""
        transfers, actor = self.chosen(request, Right.STOCK_MANAGE), actor_of(request)
        if request.method == "POST":
            done = self.apply(request, transfers, lambda one: services.send_transfer(one.pk, actor=actor))
            return self.to_list(request, done, "sent")
        advice = "All of it leaves its branch now and is in transit until the other one receives it."
        return self._about(request, transfers, "Send transfers", "Send", advice)

    def receive_page(self, request: HttpRequest) -> HttpResponse:
        """What will arrive; for what differs there is a page of its own."""
        transfers, actor = self.chosen(request, Right.STOCK_MANAGE), actor_of(request)

        def take(one: Transfer) -> object:
            # Twice it is refused, because nothing is under way any more.
            return services.receive_transfer(one.pk, services.ReceiptRequest(new_id()), actor=actor)

        if request.method == "POST":
            return self.to_list(request, self.apply(request, transfers, take), "received")
        advice = (
            "Everything that is under way has arrived. If anything is missing or too much, receive with differences."
        )
        return self._about(request, transfers, "Receive transfers in full", "Receive in full", advice)

    def cancel_page(self, request: HttpRequest) -> HttpResponse:
        transfers, actor = self.chosen(request, Right.STOCK_MANAGE), actor_of(request)
        form = CancelForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            done = self.apply(request, transfers, lambda one: services.cancel_transfer(one.pk, reason, actor=actor))
            return self.to_list(request, done, "cancelled")
        advice = (
            "A draft is given up. What has been sent goes back to where it came from, at the cost with which it left."
        )
        return self._about(request, transfers, "Cancel transfers", "Cancel the transfers", advice, form)

    def differences_page(self, request: HttpRequest) -> HttpResponse:
        """What has arrived, line by line: received, missing and surplus units."""
        transfer = self.chosen(request, Right.STOCK_MANAGE).select_related("from_branch", "to_branch").first()
        if transfer is None:
            return self.to_list(request, 0, "received")
        lines = transfer.lines.select_related("item").order_by("position", "id")
        form = ReceiptForm(lines, request)
        if request.method == "POST" and form.is_valid():
            refusal = self._take_in(request, transfer, form)
            if refusal is None:
                self.message_user(request, f"{transfer.number}: received what was named.", messages.SUCCESS)
                return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[transfer.pk]))
            form.refuse(refusal)
        return self.page(
            request, "admin/inventory/differences_page.html", f"Receive {transfer.number}", form=form,
            document=transfer, still="under way", button="Receive",
        )  # fmt: skip

    def _take_in(self, request: HttpRequest, transfer: Transfer, form: ReceiptForm) -> DomainError | None:
        actor = actor_of(request)
        try:
            retrying(lambda: services.receive_transfer(transfer.pk, form.receipt(), actor=actor))
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return refusal
        return None

    def _about(
        self,
        request: HttpRequest,
        transfers: QuerySet[Transfer],
        title: str,
        button: str,
        advice: str,
        form: Any = None,
    ) -> HttpResponse:
        """A page that shows what is on the chosen transfers before anything is done to them."""
        records = transfers.select_related("from_branch", "to_branch").prefetch_related("lines__item")
        return self.page(
            request, "admin/inventory/transfer_page.html", title, form=form, records=list(records), button=button,
            advice=advice,
        )  # fmt: skip


def _managed(request: HttpRequest) -> set[Any]:
    return set(selectors.branches_within(actor_of(request), Right.STOCK_MANAGE).values_list("pk", flat=True))


def _is_own_draft(request: HttpRequest, transfer: Transfer) -> bool:
    own: QuerySet[Branch] = selectors.branches_within(actor_of(request), Right.STOCK_MANAGE)
    return transfer.status == TransferStatus.DRAFT and own.filter(pk=transfer.from_branch_id).exists()
