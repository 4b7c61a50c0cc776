"""Bookings in the back office, to be read, and the hours of the branches, to be laid down."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.rules import Reach, Right, reach
from apps.audit.recorded_admin import HistoryAdmin, RecordedAdmin
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of, site
from apps.repairs import selectors
from apps.repairs.events import BookingEvent
from apps.repairs.models import Booking, BookingClosure, BookingHours


@admin.register(Booking, site=site)
class BookingAdmin(HistoryAdmin):
    """Who is expected when. Bookings are made, moved and checked in at the counter."""

    reads = Right.BOOKINGS_READ
    aggregate = BookingEvent.aggregate
    list_display = ["starts_at", "duration_minutes", "branch", "who", "device_model", "status"]
    list_filter = ["status", ("branch", ScopedFilter), "starts_at"]
    list_select_related = ["branch", "customer", "device_model__brand"]
    search_fields = ["customer__search_text", "first_name", "last_name", "phone"]
    search_help_text = "Name or phone"
    fields = ["starts_at", "duration_minutes", "branch", "customer", "first_name", "last_name", "phone", "email",
              "device_model", "notes", "status", "cancel_reason", "order"]  # fmt: skip
    ordering = ["-starts_at", "-id"]

    def records(self, actor: Actor) -> QuerySet[Booking]:
        return selectors.bookings_visible_to(actor)

    @admin.display(description="who")
    def who(self, booking: Booking) -> str:
        return str(booking.customer or f"{booking.first_name} {booking.last_name}")


class BookingHoursForm(RefusableForm):
    class Meta:
        model = BookingHours
        fields = ["branch", "weekday", "opens", "closes", "capacity", "slot_minutes"]


@admin.register(BookingHours, site=site)
class BookingHoursAdmin(RecordedAdmin):
    """When branches take bookings: those without any row from Monday to Saturday, the others on their weekdays alone."""

    reads = creates = changes = removes = Right.BRANCHES_UPDATE
    form = BookingHoursForm
    list_display = ["branch", "weekday", "opens", "closes", "capacity", "slot_minutes"]
    list_filter = [("branch", ScopedFilter), "weekday"]
    list_select_related = ["branch"]
    search_fields = ["branch__name", "branch__code"]

    def records(self, actor: Actor) -> QuerySet[BookingHours]:
        return selectors.booking_hours_within(actor)


class BookingClosureForm(RefusableForm):
    class Meta:
        model = BookingClosure
        fields = ["branch", "first_day", "last_day", "reason"]


@admin.register(BookingClosure, site=site)
class BookingClosureAdmin(RecordedAdmin):
    """Holidays and other days without bookings. Those that were made before stay, and are named."""

    reads = creates = changes = removes = Right.BRANCHES_UPDATE
    form = BookingClosureForm
    list_display = ["first_day", "last_day", "reason", "branch"]
    list_filter = [("branch", ScopedFilter)]
    list_select_related = ["branch"]
    search_fields = ["reason", "branch__name"]
    ordering = ["-first_day", "-id"]

    def records(self, actor: Actor) -> QuerySet[BookingClosure]:
        return selectors.closures_within(actor)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "branch" in form.base_fields:  # who runs some branches cannot close them all
            form.base_fields["branch"].required = reach(actor_of(request), Right.BRANCHES_UPDATE) is not Reach.ALL
        return form

    def save_model(self, request: HttpRequest, obj: BookingClosure, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        expected = selectors.bookings_during(obj, timezone.now())
        if expected:
            times = ", ".join(f"{row.starts_at.astimezone(row.branch.zone):%Y-%m-%d %H:%M}" for row in expected[:10])
            words = f"There are {len(expected)} bookings on these days, which stay until they are moved: {times}."
            self.message_user(request, words, messages.WARNING)
