"""Customers in the back office."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts import selectors, services
from apps.accounts.admin.forms import CustomerForm, MergeForm
from apps.accounts.models import Customer
from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.actor import Actor
from apps.core.admin_site import actor_of, site


@admin.register(Customer, site=site)
class CustomerAdmin(HistoryAdmin):
    """The owners of the devices. They are merged or erased, not deleted: their orders stay."""

    reads, creates, changes = Right.CUSTOMERS_READ, Right.CUSTOMERS_CREATE, Right.CUSTOMERS_UPDATE
    form = CustomerForm
    list_display = ["__str__", "phone", "email", "locale", "created_at"]
    list_filter = ["created_at"]
    search_help_text = "Name, phone or e-mail"
    fields = [*CustomerForm.Meta.fields, "sms", "by_email", "push"]
    actions = ["merge", "erase"]
    pages = {"merge": "merge_page", "erase": "erase_page"}

    def records(self, actor: Actor) -> QuerySet[Customer]:
        return selectors.customers_visible_to(actor)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm(Right.CUSTOMERS_REMOVE))

    def links(self, request: HttpRequest, record: Customer) -> list[tuple[str, str]]:
        allowed = self.has_remove_permission(request)
        return [("Erase", self.page_address("erase_page", [record.pk]))] if allowed else []

    def save_model(self, request: HttpRequest, obj: Customer, form: CustomerForm, change: bool) -> None:
        if change:
            services.update_customer(obj.pk, form.given(), actor=actor_of(request))
        else:
            services.create_customer({"id": obj.pk, **form.given()}, actor=actor_of(request))

    @admin.action(description="Merge …", permissions=["remove"])
    def merge(self, request: HttpRequest, customers: QuerySet[Customer]) -> HttpResponse | None:
        if customers.count() < 2:
            self.message_user(request, "Choose the customers who are the same person.", messages.WARNING)
            return None
        return self.page_for(request, "merge_page", customers)

    def merge_page(self, request: HttpRequest) -> HttpResponse:
        customers = self.chosen(request, Right.CUSTOMERS_REMOVE)
        form = MergeForm(customers, request.POST or None)
        if form.is_valid():
            into, actor = UUID(form.cleaned_data["into"]), actor_of(request)
            others = customers.exclude(pk=into)
            done = self.apply(request, others, lambda one: services.merge_customers(one.pk, into, actor=actor))
            return self.to_list(request, done, "merged into the one that stays")
        advice = "Orders and everything else of the others move to the one that stays. This cannot be undone."
        return self.page(
            request, "admin/action_page.html", "Merge customers", records=customers, form=form, advice=advice,
            button="Merge",
        )  # fmt: skip

    @admin.action(description="Erase …", permissions=["remove"])
    def erase(self, request: HttpRequest, customers: QuerySet[Customer]) -> HttpResponse | None:
        return self.page_for(request, "erase_page", customers)

    def erase_page(self, request: HttpRequest) -> HttpResponse:
        customers = self.chosen(request, Right.CUSTOMERS_REMOVE)
        if request.method == "POST":
            actor = actor_of(request)
            done = self.apply(request, customers, lambda one: services.erase_customer(one.pk, actor=actor))
            return self.to_list(request, done, "erased")
        advice = "Name, contact, notes and account go; the history of the orders stays. This cannot be undone."
        return self.page(
            request, "admin/action_page.html", "Erase customers", records=customers, form=forms.Form(), advice=advice,
            button="Erase",
        )  # fmt: skip
