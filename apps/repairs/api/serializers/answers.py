"""What is answered about orders."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    OptionalText,
)
from apps.repairs import rules, selectors
from apps.repairs.models import OrderNote, Payment, RepairLine, RepairOrder, StatusHistory


class PersonSummary(ContractSerializer):
    id = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()


class CustomerOfOrder(PersonSummary):
    phone = serializers.CharField()
    email = OptionalText()


class DeviceModelOfOrder(NamedShape):
    brand = NamedShape()


class CustomerEstimate(ContractSerializer):
    """How far off a price may be that is an estimate."""

    low = serializers.CharField()
    high = serializers.CharField()


class LineEstimate(CustomerEstimate):
    """The estimate that a line has taken as its price."""

    price = serializers.CharField()
    confidence_score = serializers.FloatField()
    method = serializers.CharField()


class LineSerializer(ContractModelSerializer):
    repair_type_id = serializers.UUIDField()
    repair_type = NamedShape()
    part_type_id = serializers.UUIDField()
    part_type = NamedShape()
    inventory_item_id = serializers.UUIDField(source="item_id")
    unit_price = MoneyField(currency="order.currency")
    unit_price_is_estimated = FromRow(("estimate",), rules.is_estimated, serializers.BooleanField())
    estimate = FromRow(("estimate",), rules.for_staff, LineEstimate(allow_null=True))
    discount = MoneyField(currency="order.currency")
    tax_amount = MoneyField(currency="order.currency")
    covered_by_warranty_id = serializers.UUIDField(source="covered_by_id")
    total_price = MoneyField(currency="order.currency")

    class Meta:
        model = RepairLine
        fields = [
            "id", "repair_type_id", "repair_type", "part_type_id", "part_type", "inventory_item_id", "quantity",
            "unit_price", "unit_price_is_estimated", "estimate", "discount", "total_price", "tax_percent", "tax_amount",
            "state", "warranty_months", "warranty_until", "covered_by_warranty_id", "created_at", "updated_at",
        ]  # fmt: skip


def _balance(
    total: Decimal, paid: Decimal, unrepaired: bool, return_fee: Decimal, credited: Decimal, currency: str
) -> str:
    return money.text(rules.balance(rules.Charged(total, paid, unrepaired, return_fee, credited)), currency)


def _exists(pk: Any) -> bool:
    return pk is not None


class OrderSerializer(ContractModelSerializer):
    customer_id = serializers.UUIDField()
    customer = CustomerOfOrder()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfOrder()
    device_imei = OptionalText()
    device_serial = OptionalText()
    has_device_password = FromRow(("device_secret.order_id",), _exists, serializers.BooleanField())
    accessories = serializers.JSONField()
    assigned_technician_id = serializers.UUIDField(source="technician_id")
    assigned_technician = PersonSummary(source="technician")
    items = LineSerializer(many=True, source="lines")
    subtotal = MoneyField()
    discount_total = MoneyField()
    tax_total = MoneyField()
    diagnosis_fee = MoneyField()
    return_fee = MoneyField()
    spend_limit = MoneyField()
    approved_total = MoneyField()
    drop_off_id = serializers.UUIDField()
    total_price = MoneyField(source="total")
    deposit_paid = MoneyField()
    paid = MoneyField()
    credited = MoneyField()
    balance = FromRow(
        ("total", "paid", "unrepaired", "return_fee", "credited", "currency"), _balance, serializers.CharField()
    )
    warranty_of_id = serializers.UUIDField()
    outcome = OptionalText()
    tracking_token = FromRow(
        ("id", "tracking_number", "tracking_closed"), selectors.tracking_token, serializers.CharField(allow_null=True)
    )

    class Meta:
        model = RepairOrder
        fields = [
            "id", "order_number", "status", "priority", "customer_id", "customer", "branch_id", "branch",
            "device_model_id", "device_model", "device_imei", "device_serial", "has_device_password",
            "issue_description", "cosmetic_condition", "accessories", "estimated_completion", "assigned_technician_id",
            "assigned_technician", "items", "currency", "subtotal", "discount_total", "tax_total",
            "prices_include_tax", "total_price", "deposit_paid",
            "paid", "credited", "balance", "diagnosis_fee", "return_fee", "spend_limit", "approved_total", "outcome",
            "activation_lock", "drop_off_id", "status_since", "warranty_of_id", "tracking_token",
            "completed_at", "delivered_at", "created_at", "updated_at",
        ]  # fmt: skip


class CustomerLineSerializer(LineSerializer):
    """What customers see of a line: not where the shop's part is, nor how an estimate was made."""

    estimate = FromRow(("estimate",), rules.for_customer, CustomerEstimate(allow_null=True))

    class Meta(LineSerializer.Meta):
        fields = [name for name in LineSerializer.Meta.fields if name not in {"inventory_item_id", "state"}]


class CustomerOrderSerializer(OrderSerializer):
    """What customers see of their order."""

    items = CustomerLineSerializer(many=True, source="lines")


class HistorySerializer(ContractModelSerializer):
    actor = actor_field()

    class Meta:
        model = StatusHistory
        fields = ["id", "old_status", "new_status", "notes", "actor", "created_at", "updated_at"]


class PublicHistorySerializer(HistorySerializer):
    """What customers see of the history: the notes are the shop's."""

    class Meta(HistorySerializer.Meta):
        fields = [name for name in HistorySerializer.Meta.fields if name not in {"notes", "actor"}]


class NoteSerializer(ContractModelSerializer):
    actor = actor_field()

    class Meta:
        model = OrderNote
        fields = ["id", "visibility", "text", "actor", "created_at", "updated_at"]


class PaymentSerializer(ContractModelSerializer):
    amount = MoneyField()
    actor = actor_field()

    class Meta:
        model = Payment
        fields = ["id", "kind", "method", "amount", "currency", "reference", "actor", "created_at", "updated_at"]


class PasswordSerializer(ContractSerializer):
    device_password = serializers.CharField()
    device_password_kind = serializers.CharField()


class BlockerSerializer(ContractSerializer):
    code = serializers.CharField()
    message = serializers.CharField()
    overridable = serializers.BooleanField()


class TransitionSerializer(ContractSerializer):
    to = serializers.CharField()
    name = serializers.CharField(source="to.label")
    allowed = serializers.BooleanField()
    needs_reason = serializers.BooleanField()
    effects = serializers.ListField(child=serializers.CharField())
    blockers = BlockerSerializer(many=True)


class TransitionsSerializer(ContractSerializer):
    status = serializers.CharField()
    items = TransitionSerializer(many=True)
