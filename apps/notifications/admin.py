"""Messages in the back office. They go to people of every branch, so they are an admin's to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin_base import BackOfficeAdmin
from apps.core.admin_site import site
from apps.notifications import selectors
from apps.notifications.models import Notification


@admin.register(Notification, site=site)
class NotificationAdmin(BackOfficeAdmin):
    """What was sent to whom, and what became of it; never what it said."""

    list_display = ["created_at", "event", "purpose", "channel", "user", "status", "attempts", "last_error"]
    list_filter = ["status", "event", "created_at"]
    list_select_related = ["user"]
    search_help_text = "Name, e-mail, username or phone number"
    fields = [
        "id", "event", "purpose", "channel", "user", "status", "attempts", "next_try_at", "expires_at", "in_flight_at",
        "sent_at", "last_error",
    ]  # fmt: skip
    readonly_fields = ["id"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.is_superuser)

    def found(self, records: QuerySet[Any], text: str) -> QuerySet[Any]:
        return selectors.found_by(records, text)
