"""What is taken for orders."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import ContractSerializer, MoneyField, NewIdField, RecordIdField, TextField
from apps.repairs import rules
from apps.repairs.api.serializers.intake import AnswersWriteSerializer
from apps.repairs.enums import (
    ActivationLock,
    NoteVisibility,
    OrderStatus,
    Outcome,
    PasswordKind,
    PaymentKind,
    PaymentMethod,
    Priority,
)

MOST_LINES = 100
MOST_UNITS = 10_000


class ImeiField(serializers.CharField):
    """An IMEI of 15 digits with its check digit (3GPP TS 23.003, Luhn); spaces and dashes may stand between them."""

    default_error_messages = {"invalid_imei": rules.NOT_AN_IMEI}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, required=False, allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return rules.bare_imei(super().to_internal_value(data))
        except ValueError:
            self.fail("invalid_imei")


class AccessoriesField(serializers.JSONField):
    """What came with the device: a text of at most 500 characters, or a list of at most 50 short ones."""

    default_error_messages = {"invalid_accessories": "Give a text of at most 500 characters, or a list of short texts."}

    def to_internal_value(self, data: Any) -> Any:
        short_list = isinstance(data, list) and len(data) <= 50
        if short_list and all(isinstance(item, str) and len(item) <= 100 for item in data):
            return data
        if not isinstance(data, str) or len(data) > 500:
            self.fail("invalid_accessories")
        return data


class LineWriteSerializer(ContractSerializer):
    id = NewIdField()
    repair_type_id = RecordIdField()
    part_type_id = RecordIdField(required=False, allow_null=True)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, required=False)
    unit_price = MoneyField(required=False)
    discount = MoneyField(required=False)
    total_price = MoneyField(required=False)
    inventory_item_id = RecordIdField(source="item_id", required=False, allow_null=True)


class LineListSerializer(serializers.ListSerializer):
    """At least one line, and a bounded number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, min_length=1, max_length=MOST_LINES, **kwargs)


class _IntakeFields(ContractSerializer):
    """What an intake and its correction have in common."""

    device_imei = ImeiField()
    device_serial = TextField(max_length=60)
    device_password = serializers.CharField(
        max_length=200, required=False, allow_blank=True, trim_whitespace=False, write_only=True
    )
    device_password_kind = serializers.ChoiceField(
        choices=PasswordKind.choices, required=False, write_only=True,
        help_text="Of the password that is given with it; a pattern is written 1-4-7-8-9.",
    )  # fmt: skip
    activation_lock = serializers.ChoiceField(choices=ActivationLock.choices, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    cosmetic_condition = TextField(max_length=500)
    accessories = AccessoriesField(required=False)
    estimated_completion = serializers.DateTimeField(required=False, allow_null=True)
    diagnosis_fee = MoneyField(required=False)
    spend_limit = MoneyField(required=False, allow_null=True)


class DeviceSerializer(_IntakeFields):
    """A device of a visit, whose customer and branch are the visit's."""

    id = NewIdField()
    device_model_id = RecordIdField()
    issue_description = serializers.CharField(max_length=2000)
    deposit_paid = MoneyField(required=False)
    warranty_of_id = RecordIdField(required=False, allow_null=True)
    checklist = AnswersWriteSerializer(required=False)
    items = LineListSerializer(child=LineWriteSerializer())


class IntakeSerializer(DeviceSerializer):
    customer_id = RecordIdField()
    branch_id = RecordIdField(required=False, allow_null=True)
    drop_off_id = RecordIdField(required=False, allow_null=True)


class EditSerializer(_IntakeFields):
    customer_id = RecordIdField(required=False)
    device_model_id = RecordIdField(required=False)
    issue_description = serializers.CharField(max_length=2000, required=False)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)


class StatusSerializer(ContractSerializer):
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    notes = TextField(max_length=1000)
    notify = serializers.BooleanField(default=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    line_ids = serializers.ListField(child=RecordIdField(), max_length=MOST_LINES, required=False)


class AssignSerializer(ContractSerializer):
    technician_id = RecordIdField(allow_null=True)


class NoteWriteSerializer(ContractSerializer):
    id = NewIdField()
    text = serializers.CharField(max_length=2000)
    visibility = serializers.ChoiceField(choices=NoteVisibility.choices, default=NoteVisibility.INTERNAL)


class PaymentWriteSerializer(ContractSerializer):
    id = NewIdField()
    amount = MoneyField(min_value=Decimal("0.001"))
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    kind = serializers.ChoiceField(choices=PaymentKind.choices, default=PaymentKind.PAYMENT)
    reference = TextField(max_length=100)
    notify = serializers.BooleanField(default=True)


class WarrantyClaimSerializer(_IntakeFields):
    id = NewIdField()
    issue_description = serializers.CharField(max_length=2000)
    items = LineListSerializer(child=LineWriteSerializer(), required=False)


class CheckInSerializer(_IntakeFields):
    """An intake whose branch and customer are the booking's, and its device model unless another one has come."""

    id = NewIdField()
    device_model_id = RecordIdField(required=False, allow_null=True)
    issue_description = serializers.CharField(max_length=2000)
    deposit_paid = MoneyField(required=False)
    items = LineListSerializer(child=LineWriteSerializer())
