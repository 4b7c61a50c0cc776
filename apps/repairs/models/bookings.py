"""Appointments at the counter, and when a branch gives them."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Customer
from apps.catalog.models import DeviceModel
from apps.core.models import Record
from apps.inventory.models import Branch
from apps.repairs import rules
from apps.repairs.enums import BookingStatus, Weekday
from apps.repairs.models.orders import RepairOrder


class BookingHours(Record):
    """When a branch takes bookings on a weekday, and how many at once. A branch without a row keeps the usual hours."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="booking_hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField(default=rules.USUAL_HOURS.opens)
    closes = models.TimeField(default=rules.USUAL_HOURS.closes)
    capacity = models.PositiveSmallIntegerField(
        default=rules.USUAL_HOURS.capacity,
        validators=[MinValueValidator(1), MaxValueValidator(rules.MOST_AT_ONCE)],
        help_text="So many bookings may run at the same time.",
    )
    slot_minutes = models.PositiveSmallIntegerField(
        default=rules.USUAL_HOURS.slot_minutes,
        validators=[MinValueValidator(rules.SHORTEST), MaxValueValidator(rules.LONGEST)],
        help_text="The step in which free times are offered.",
    )

    class Meta:
        ordering = ["branch__name", "weekday"]
        verbose_name_plural = "booking hours"
        constraints = [
            models.UniqueConstraint(fields=["branch", "weekday"], name="repairs_hours_once_a_weekday"),
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="repairs_hours_open_before_close",
                violation_error_message="A branch opens before it closes.",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1, slot_minutes__gte=1), name="repairs_hours_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {self.opens:%H:%M}–{self.closes:%H:%M}"


class BookingClosure(Record):
    """Days on which a branch takes no bookings, a holiday for example; without a branch they hold everywhere."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=100)

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="repairs_closure_in_order",
                violation_error_message="The last day is not before the first one.",
            )
        ]

    def __str__(self) -> str:
        return self.reason


class BookingQuerySet(models.QuerySet[Any]):
    def holding_a_place(self) -> "BookingQuerySet":
        """Everything but what was cancelled."""
        return self.exclude(status=BookingStatus.CANCELLED)

    def still_to_come(self, now: object) -> "BookingQuerySet":
        return self.filter(status=BookingStatus.BOOKED, starts_at__gt=now)


class Booking(Record):
    """An appointment to bring a device in. Whose it is says the customer's record, or, until check-in, the contact."""

    # No index of their own where one of those below begins with the column.
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    device_model = models.ForeignKey(
        DeviceModel, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    starts_at = models.DateTimeField()
    duration_minutes = models.PositiveSmallIntegerField()
    notes = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=15, choices=BookingStatus, default=BookingStatus.BOOKED, editable=False)
    cancel_reason = models.TextField(max_length=500, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    order = models.OneToOneField(
        RepairOrder, on_delete=models.PROTECT, null=True, editable=False, related_name="booking"
    )

    # As an order's: the next number ends every link before, and a closed one leads nowhere.
    link_number = models.PositiveSmallIntegerField(default=1, editable=False)
    link_closed = models.BooleanField(default=False, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(rules.SHORTEST, rules.LONGEST)), name="repairs_booking_duration"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | ~Q(phone=""), name="repairs_booking_is_somebodys"
            ),
            models.CheckConstraint(
                condition=Q(status=BookingStatus.CHECKED_IN, order__isnull=False)
                | Q(~Q(status=BookingStatus.CHECKED_IN), order__isnull=True),
                name="repairs_booking_order_from_check_in",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="repairs_booking_by_time"),
            models.Index(fields=["branch", "starts_at", "id"], name="repairs_booking_of_branch"),
            models.Index(fields=["customer", "starts_at", "id"], name="repairs_booking_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"

    @property
    def span(self) -> rules.Span:
        return rules.span_of(self.starts_at, self.duration_minutes)
