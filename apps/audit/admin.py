"""The event log and its deliveries in the back office. They tell of every branch, so they are an admin's."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.audit import selectors, services
from apps.audit.enums import DeliveryStatus
from apps.audit.models import Delivery, Event
from apps.audit.recorded_admin import HistoryAdmin
from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_site import actor_of, site


class ActorKindFilter(admin.SimpleListFilter):
    """Of a person, of Mendery itself, or of somebody who had not logged in."""

    title = "actor"
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("user", "user"), ("system", "system"), ("anonymous", "anonymous")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


def _is_admin(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_superuser)


@admin.register(Event, site=site)
class EventAdmin(BackOfficeAdmin):
    """What has happened. Read by admins, changed by nobody."""

    list_display = ["created_at", "type", "actor_label", "aggregate", "aggregate_id"]
    list_filter = [ActorKindFilter, "created_at"]
    search_help_text = "An id (event, record, actor or request), or the beginning of a type."
    fields = [
        "id", "created_at", "type", "aggregate", "aggregate_id", "actor_kind", "actor_label", "actor_id", "address",
        "request_id", "content",
    ]  # fmt: skip
    readonly_fields = ["id", "content"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_admin(request)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.events_found_by(records, text)

    @admin.display(description="payload")
    def content(self, event: Event) -> str:
        return json.dumps(event.payload, indent=2, ensure_ascii=False)


@admin.register(Delivery, site=site)
class DeliveryAdmin(HistoryAdmin):
    """What each subscriber has heard. Read by admins, who bring dead letters back to life."""

    list_display = ["event", "subscriber", "status", "attempts", "next_attempt_at", "last_error"]
    list_filter = ["status"]
    list_select_related = ["event"]
    ordering = ["-next_attempt_at"]
    search_fields = ()
    fields = [
        "event", "subscriber", "status", "attempts", "next_attempt_at", "lease_until", "done_at", "last_error",
    ]  # fmt: skip
    actions = ["retry"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_admin(request)

    @admin.action(description="Try dead letters again", permissions=["view"])
    def retry(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        dead = deliveries.filter(status=DeliveryStatus.DEAD)
        revived = sum(services.retry(delivery, actor=actor_of(request)) for delivery in dead)
        level = messages.SUCCESS if revived else messages.WARNING
        self.message_user(request, f"{revived} dead letters will be tried again now.", level)
