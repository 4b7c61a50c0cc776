"""Shapes of bookings."""

from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from apps.core.api.renderers import iso
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    EmailField,
    FromRow,
    NewIdField,
    OptionalText,
    PhoneField,
    RecordIdField,
    TextField,
)
from apps.repairs import rules, selectors
from apps.repairs.api.serializers.answers import CustomerOfOrder, DeviceModelOfOrder
from apps.repairs.api.serializers.tracking import ShopSerializer
from apps.repairs.models import Booking


def _end(starts_at: datetime, minutes: int) -> str:
    return iso(starts_at + timedelta(minutes=minutes))


class BookingSerializer(ContractModelSerializer):
    """Who comes is the customer, or until check-in the contact fields."""

    branch_id = serializers.UUIDField()
    branch = CodedShape()
    customer_id = serializers.UUIDField()
    customer = CustomerOfOrder()
    first_name = OptionalText()
    last_name = OptionalText()
    phone = OptionalText()
    email = OptionalText()
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfOrder()
    ends_at = FromRow(("starts_at", "duration_minutes"), _end, serializers.DateTimeField())
    repair_order_id = serializers.UUIDField(source="order_id")
    link_token = FromRow(
        ("id", "link_number", "link_closed"), selectors.booking_token, serializers.CharField(allow_null=True)
    )

    class Meta:
        model = Booking
        fields = [
            "id", "status", "branch_id", "branch", "customer_id", "customer", "first_name", "last_name", "phone", "email",
            "device_model_id", "device_model", "starts_at", "ends_at", "duration_minutes", "notes", "cancel_reason",
            "repair_order_id", "link_token", "created_at", "updated_at",
        ]  # fmt: skip


# The link moves and cancels, which technicians may not.
_WHO = {"customer_id", "customer", "first_name", "last_name", "phone", "email", "link_token"}


class UnnamedBookingSerializer(BookingSerializer):
    """What technicians see of a booking: the device, not whose it is."""

    class Meta(BookingSerializer.Meta):
        fields = [name for name in BookingSerializer.Meta.fields if name not in _WHO]


class _Duration(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=rules.SHORTEST, max_value=rules.LONGEST, **kwargs)


class BookingWriteSerializer(ContractSerializer):
    """Staff give ``customerId`` or the contact fields; a customer books for themselves and needs neither."""

    id = NewIdField()
    branch_id = RecordIdField()
    customer_id = RecordIdField(required=False, allow_null=True)
    first_name = TextField(max_length=100)
    last_name = TextField(max_length=100)
    phone = PhoneField(required=False, allow_blank=True)
    email = EmailField(max_length=254, required=False, allow_blank=True)
    device_model_id = RecordIdField(required=False, allow_null=True)
    starts_at = serializers.DateTimeField()
    duration_minutes = _Duration()
    notes = TextField(max_length=1000, help_text="Read by the customer as well.")


class BookingEditSerializer(ContractSerializer):
    starts_at = serializers.DateTimeField(required=False)
    duration_minutes = _Duration(required=False)
    notes = TextField(max_length=1000)


class CancelSerializer(ContractSerializer):
    reason = TextField(max_length=500)


class AvailabilityQuery(ContractSerializer):
    branch_id = RecordIdField()
    date = serializers.DateField(help_text="A day on the branch's calendar.")


class SlotSerializer(ContractSerializer):
    """A time that is offered; ``free`` bookings still fit, 0 if it is full."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    free = serializers.IntegerField()


class AvailabilitySerializer(ContractSerializer):
    branch_id = serializers.UUIDField()
    date = serializers.DateField()
    timezone = serializers.CharField()
    items = SlotSerializer(many=True)


class LinkedBookingQuery(ContractSerializer):
    date = serializers.DateField(
        required=False, help_text="A day on the branch's calendar; the booking's own if unsaid."
    )


class MoveSerializer(ContractSerializer):
    starts_at = serializers.DateTimeField()


class LinkedBookingSerializer(ContractSerializer):
    """A booking as its link shows it, with the times of a day to which it could be moved."""

    status = serializers.CharField()
    can_change = serializers.BooleanField()
    reason = serializers.CharField(source="why_over", help_text="Why the link changes nothing any more.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    device = OptionalText()
    shop = ShopSerializer()
    date = serializers.DateField()
    slots = SlotSerializer(many=True)
