"""Bookings in the back office, to be read, and the hours of the branches, to be laid down."""

from django.contrib import admin
from django.db.models import QuerySet

from apps.accounts.rules import Right
from apps.audit.recorded_admin import HistoryAdmin, RecordedAdmin
from apps.core.actor import Actor
from apps.core.admin_base import ScopedFilter
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import site
from apps.repairs import selectors
from apps.repairs.events import BookingEvent
from apps.repairs.models import Booking, BookingHours


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
