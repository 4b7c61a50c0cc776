"""What to order again, in the back office: proposals by supplier, and the numbers behind them."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter, Table, refusal_of
from apps.core.admin_site import actor_of, site
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.inventory import selectors, services
from apps.inventory.models import Branch, ReorderPoint


class ProposalForm(forms.Form):
    supplier = forms.UUIDField(widget=forms.HiddenInput)
    exchange_rate = forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=8)


@admin.register(ReorderPoint, site=site)
class ReorderPointAdmin(BackOfficeAdmin):
    """When each item is to be ordered again. Computed every night from what was used."""

    reads = Right.PURCHASES_READ
    pages = {"proposals": "proposals_page"}
    list_display = ["item", "branch", "reorder_at", "order_quantity", "basis", "computed_at"]
    list_filter = ["basis", ("level__branch", ScopedFilter)]
    list_select_related = ["level__item", "level__branch"]
    search_help_text = "Name, SKU, barcode or compatible model of the item"
    ordering = ["level__item__name", "pk"]
    fields = ["item", "branch", "reorder_at", "order_quantity", "pack_size", "minimum_quantity", "basis", "computed_at"]
    readonly_fields = ["item", "branch"]

    def records(self, actor: Actor) -> QuerySet[ReorderPoint]:
        return selectors.reorder_points_visible_to(actor)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.of_items_found_by(records, text, of="level__item")

    def item(self, point: ReorderPoint) -> str:
        return str(point.level.item)

    def branch(self, point: ReorderPoint) -> str:
        return str(point.level.branch)

    def tables(self, request: HttpRequest, record: ReorderPoint) -> list[Table]:
        """Every number that led to the reorder point."""
        words = ((name.replace("_", " "), value) for name, value in record.explanation.items())
        return [Table("Where it comes from (periods are weeks)", ("Number", "Value"), list(words))]

    def proposals_page(self, request: HttpRequest) -> HttpResponse:
        """What to order for a branch, by supplier; a button drafts the order of one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        actor = actor_of(request)
        branches = list(selectors.branches_within(actor, Right.PURCHASES_READ).filter(is_active=True).order_by("name"))
        branch = _chosen(branches, request.GET.get("branch", ""))
        may_draft = request.user.has_perm(Right.PURCHASES_WRITE)
        if request.method == "POST" and branch is not None and may_draft:
            return self._draft(request, branch, actor)
        return self.page(
            request, "admin/inventory/proposals.html", "What to order", branches=branches, branch=branch,
            may_draft=may_draft, suppliers=_by_supplier(branch, actor) if branch else [],
        )  # fmt: skip

    def _draft(self, request: HttpRequest, branch: Branch, actor: Actor) -> HttpResponse:
        form = ProposalForm(request.POST)
        here = f"{reverse('admin:inventory_reorderpoint_proposals_page')}?branch={branch.pk}"
        if not form.is_valid():
            self.message_user(request, "The exchange rate is not a number.", messages.ERROR)
            return HttpResponseRedirect(here)
        supplier, rate = form.cleaned_data["supplier"], form.cleaned_data["exchange_rate"]
        try:
            draft = retrying(
                lambda: services.draft_proposals(branch.pk, supplier, actor=actor, exchange_rate=rate or None)
            )
        except (DomainError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(here)
        self.message_user(request, f"{draft.number} has been drafted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:inventory_purchaseorder_change", args=[draft.pk]))


def _chosen(branches: list[Branch], text: str) -> Branch | None:
    """The branch that the address names, else the first."""
    try:
        wanted = UUID(text)
    except ValueError:
        return branches[0] if branches else None
    return next((branch for branch in branches if branch.pk == wanted), None)


def _by_supplier(branch: Branch, actor: Actor) -> list[dict[str, Any]]:
    proposed = selectors.reorder_proposals(branch.pk, actor=actor)
    found = []
    for supplier, group in groupby(proposed, key=lambda one: one.offer.supplier if one.offer else None):
        foreign = supplier is not None and supplier.currency != branch.currency
        found.append({"supplier": supplier, "lines": list(group), "needs_rate": foreign})
    return found
