"""Proposals in the back office: many are accepted or dismissed at once, or one at another amount."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_base import money_column
from apps.core.admin_forms import refuse
from apps.core.admin_site import actor_of, site
from apps.core.db import retrying
from apps.core.exceptions import DomainError
from apps.pricing.enums import PriceSource, ProposalStatus
from apps.pricing.models import PriceProposal
from apps.pricing.selectors.proposals import proposals_visible_to
from apps.pricing.services.proposals import (
    MOST_ACCEPTED,
    Decision,
    accept_proposal,
    accept_proposals,
    dismiss_proposals,
)


class AcceptForm(forms.Form):
    """At which amount, from when and why; empty fields say as it was proposed, and today."""

    price = forms.DecimalField(max_digits=14, decimal_places=3, required=False)
    valid_from = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=200, required=False)


@admin.register(PriceProposal, site=site)
class ProposalAdmin(HistoryAdmin):
    """What the margin rule would make of a new cost. Nothing changes until somebody accepts it."""

    reads = Right.PRICES_WRITE
    list_display = ["device_model", "repair_type", "item_label",
                    money_column("new_cost", "new cost"), money_column("current_price", "price"),
                    money_column("proposed_price", "proposed"), "by_person", "status", "created_at"]  # fmt: skip
    list_filter = ["status", "created_at"]
    list_select_related = ["price__device_model__brand", "price__repair_type"]
    search_fields = ["price__device_model__name", "price__device_model__brand__name", "item_label"]
    search_help_text = "Model or item"
    ordering = ["-created_at"]
    actions = ["accept", "dismiss"]
    pages = {"accept": "accept_page"}
    fields = ["device_model", "repair_type", "item_label", "rule", "old_cost", "new_cost", "current_price", "proposed_price",
              "currency", "by_person", "status", "decided_at", "decided_by", "created_at"]  # fmt: skip
    readonly_fields = ["device_model", "repair_type", "by_person"]

    def records(self, actor: Actor) -> QuerySet[PriceProposal]:
        return proposals_visible_to(actor)

    @admin.display(description="model", ordering="price__device_model__name")
    def device_model(self, proposal: PriceProposal) -> str:
        return str(proposal.price.device_model)

    @admin.display(description="repair")
    def repair_type(self, proposal: PriceProposal) -> str:
        return str(proposal.price.repair_type)

    @admin.display(description="set by a person", boolean=True)
    def by_person(self, proposal: PriceProposal) -> bool:
        return proposal.price.source == PriceSource.PERSON

    def links(self, request: HttpRequest, record: PriceProposal) -> list[tuple[str, str]]:
        is_open = record.status == ProposalStatus.OPEN
        return [("Accept", self.page_address("accept_page", [record.pk]))] if is_open else []

    @admin.action(description="Accept, from today on", permissions=["decide"])
    def accept(self, request: HttpRequest, records: QuerySet[PriceProposal]) -> None:
        ids = list(records.order_by().values_list("pk", flat=True)[: MOST_ACCEPTED + 1])
        if len(ids) > MOST_ACCEPTED:
            self.message_user(request, f"Choose at most {MOST_ACCEPTED} at once.", messages.ERROR)
            return
        outcome = retrying(partial(accept_proposals, ids, actor=actor_of(request)))
        if outcome.refused:
            words = f"{len(outcome.refused)} were not accepted: {outcome.refused[0].message}"
            self.message_user(request, words, messages.WARNING)
        self.to_list(request, len(outcome.price_ids), "proposals accepted")

    @admin.action(description="Dismiss", permissions=["decide"])
    def dismiss(self, request: HttpRequest, records: QuerySet[PriceProposal]) -> None:
        ids = list(records.order_by().values_list("pk", flat=True))
        self.to_list(request, retrying(partial(dismiss_proposals, ids, actor=actor_of(request))), "proposals dismissed")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def accept_page(self, request: HttpRequest) -> HttpResponse:
        """One proposal, perhaps at another amount or from another day."""
        records = list(self.chosen(request, Right.PRICES_WRITE)[:1])
        if not records:
            return self.to_list(request, 0, "accepted")
        proposal, form = records[0], AcceptForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            decision = Decision(**form.cleaned_data)
            try:
                retrying(partial(accept_proposal, proposal.pk, decision, actor=actor_of(request)))
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                self.message_user(request, "The proposal is accepted.", messages.SUCCESS)
                return HttpResponseRedirect(reverse(f"admin:{self._route('change')}", args=[proposal.pk]))
        return self._page(request, proposal, form)

    def _page(self, request: HttpRequest, proposal: PriceProposal, form: Any) -> HttpResponse:
        price = proposal.price
        label = f"{price.device_model} · {price.repair_type}: {price.price} → {proposal} ({proposal.item_label})"
        return self.page(
            request, "admin/action_page.html", "Accept a proposal", records=[label], form=form, button="Accept",
            advice="Without an amount the price becomes what is proposed; without a day it does so today.",
        )  # fmt: skip
