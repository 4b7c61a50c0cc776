"""Messages in the back office: what became of them, and of those who carry them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin, RecordedAdmin
from apps.core.actor import Actor
from apps.core.admin_base import BackOfficeAdmin, ScopedFilter
from apps.core.admin_site import actor_of, site
from apps.notifications import selectors, services
from apps.notifications.models import Notification, Provider, Suppression


@admin.register(Notification, site=site)
class NotificationAdmin(HistoryAdmin):
    """What was written to whom, and what became of it. Messages to accounts, which hold no words, are an admin's."""

    reads = Right.MESSAGES_RETRY
    list_display = ["created_at", "event", "channel", "status", "to", "order", "attempts", "reason", "last_error"]
    list_filter = ["status", "channel", "event", ("branch", ScopedFilter), "created_at"]
    list_select_related = ["user", "customer", "order"]
    also_by = ("order", "customer")
    search_help_text = "Order number, name, e-mail, username or phone number"
    fields = [
        "id", "event", "purpose", "channel", "status", "to", "recipient", "order", "branch", "language",
        "template_version", "subject", "body", "reason", "merged", "attempts", "next_try_at", "expires_at", "in_flight_at",
        "sent_at", "delivered_at", "provider", "provider_id", "last_error",
    ]  # fmt: skip
    readonly_fields = ["id", "to"]
    actions = ["retry"]

    def records(self, actor: Actor) -> QuerySet[Notification]:
        return selectors.notifications_visible_to(actor, Right.MESSAGES_RETRY)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.found_by(records, text)

    @admin.display(description="to")
    def to(self, message: Notification) -> str:
        return str(message.customer or message.user)

    @admin.action(description="Send again", permissions=["view"])
    def retry(self, request: HttpRequest, records: QuerySet[Notification]) -> None:
        done = self.apply(request, records, lambda message: services.retry(message.pk, actor=actor_of(request)))
        self.to_list(request, done, "messages wait to be sent again")


@admin.register(Provider, site=site)
class ProviderAdmin(BackOfficeAdmin):
    """Whether those who carry messages are well."""

    reads = Right.BRANCHES_CREATE
    list_display = ["name", "failures", "open_until", "last_error", "changed_at"]
    fields = ["name", "failures", "open_until", "next_slot_at", "last_error", "changed_at"]
    readonly_fields = ["changed_at"]


@admin.register(Suppression, site=site)
class SuppressionAdmin(RecordedAdmin):
    """Addresses that take no messages. They belong to people of every branch, so they are an admin's."""

    reads = creates = removes = Right.BRANCHES_CREATE
    list_display = ["created_at", "channel", "address", "reason"]
    list_filter = ["channel"]
    fields = ["channel", "address", "reason"]
    search_fields = ["address"]
