"""Payments in the back office, to be read."""

from django.contrib import admin
from django.db.models import QuerySet

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter, money_column
from apps.core.admin_site import site
from apps.repairs import selectors
from apps.repairs.models import Payment

AMOUNT = money_column("amount", "amount")


@admin.register(Payment, site=site)
class PaymentAdmin(BackOfficeAdmin):
    """Payments are booked on the order, and never changed."""

    reads = Right.PAYMENTS_READ
    list_display = ["created_at", "order", "kind", "method", AMOUNT, "reference", "actor_label"]
    list_filter = ["kind", "method", ("order__branch", ScopedFilter)]
    list_select_related = ["order"]
    search_fields = ["order__order_number", "reference"]
    fields = ["order", "kind", "method", AMOUNT, "reference", "actor_label", "created_at"]
    readonly_fields = [AMOUNT]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"

    def records(self, actor: Actor) -> QuerySet[Payment]:
        return selectors.payments_visible_to(actor)
