"""Shapes of prices."""

from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    NewIdField,
    RecordIdField,
    Reference,
    TextField,
)
from apps.inventory.models import Branch
from apps.pricing import rules
from apps.pricing.models import Price

LONGEST_REASON = 200


class DayField(serializers.DateField):
    """A day; a moment stands for its day."""

    def to_internal_value(self, value: Any) -> date:
        if isinstance(value, str) and len(value) > 10 and value[10] in "T ":
            serializers.DateTimeField().to_internal_value(value)
            value = value[:10]
        return super().to_internal_value(value)


class DeviceModelOfPrice(NamedShape):
    brand = NamedShape()


def _margin(price: Decimal, cost: Decimal | None, currency: str) -> str | None:
    left = rules.margin(price, cost)
    return None if left is None else money.text(left, currency)


def _margin_percent(price: Decimal, cost: Decimal | None) -> float | None:
    percent = rules.margin_percent(price, cost)
    return None if percent is None else float(percent)


class ReasonField(TextField):
    """Why something is changed; it stands in the history."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_REASON, write_only=True, **kwargs)


class ReasonQuery(ContractSerializer):
    reason = TextField(max_length=LONGEST_REASON, help_text="Why it is taken away; it stands in the history.")


class PriceSerializer(ContractModelSerializer):
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfPrice()
    repair_type_id = serializers.UUIDField()
    repair_type = NamedShape()
    part_type_id = serializers.UUIDField()
    part_type = NamedShape()
    branch_id = serializers.UUIDField(allow_null=True, help_text="Of a branch's own price; null for all branches.")
    branch = CodedShape()
    price = MoneyField()
    confidence_score = serializers.FloatField()
    cost = MoneyField()
    margin = FromRow(
        ("price", "cost", "currency"), _margin,
        serializers.CharField(allow_null=True, help_text="Price less cost; null without a cost."),
    )  # fmt: skip
    margin_percent = FromRow(
        ("price", "cost"), _margin_percent,
        serializers.FloatField(allow_null=True, help_text="Of the price, to one decimal; null without a cost."),
    )  # fmt: skip

    class Meta:
        model = Price
        fields = [
            "id", "device_model_id", "device_model", "repair_type_id", "repair_type", "part_type_id", "part_type",
            "part_quality", "branch_id", "branch", "price", "cost", "margin", "margin_percent", "currency", "valid_from",
            "valid_until", "is_estimated", "confidence_score", "source", "notes", "created_at", "updated_at",
        ]  # fmt: skip


# What only staff see of a price.
INTERNAL = {"cost", "margin", "margin_percent", "source", "notes"}


class PublicPriceSerializer(PriceSerializer):
    """What customers see of a price: no cost, no margin, no notes."""

    class Meta(PriceSerializer.Meta):
        fields = [name for name in PriceSerializer.Meta.fields if name not in INTERNAL]


class PriceWriteSerializer(ContractSerializer):
    id = NewIdField()
    device_model_id = Reference(DeviceModel, source="device_model")
    repair_type_id = Reference(RepairType, source="repair_type")
    part_type_id = Reference(PartType, source="part_type", required=False, allow_null=True)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False)
    branch_id = Reference(Branch, source="branch", required=False, allow_null=True)
    price = MoneyField(min_value=Decimal("0.001"))
    cost = MoneyField(required=False, allow_null=True)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    valid_from = DayField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    is_estimated = serializers.BooleanField(required=False)
    confidence_score = serializers.DecimalField(
        max_digits=4, decimal_places=3, min_value=Decimal(0), max_value=Decimal(1), required=False, allow_null=True
    )
    notes = TextField(max_length=1000)
    reason = ReasonField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "currency" in attrs and not money.is_known(attrs["currency"]):
            message = "This is not an ISO 4217 currency code."
            raise serializers.ValidationError({"currency": [serializers.ErrorDetail(message, code="invalid")]})
        if attrs.get("part_type") and not self.partial:
            attrs.setdefault("part_quality", attrs["part_type"].quality)
        return attrs


class ReplacementSerializer(ContractSerializer):
    """The price that takes another one's place; what is left out is as it was."""

    id = NewIdField()
    price = MoneyField(min_value=Decimal("0.001"))
    cost = MoneyField(required=False, allow_null=True)
    valid_from = DayField(required=False, help_text="The old one ends the day before. Today if it is left out.")
    valid_until = DayField(required=False, allow_null=True)
    notes = TextField(max_length=1000)
    reason = ReasonField()


class EffectiveQuery(ContractSerializer):
    device_model_id = Reference(DeviceModel, source="device_model")
    repair_type_id = Reference(RepairType, source="repair_type")
    part_type_id = Reference(PartType, source="part_type", required=False)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False)
    branch_id = RecordIdField(required=False)
    on = DayField(required=False, help_text="Today at the branch if it is left out.")


class StepSerializer(ContractSerializer):
    step = serializers.CharField(source="kind")
    amount = MoneyField(currency="currency")
    words = serializers.CharField()


class PublicEffectiveSerializer(ContractSerializer):
    """What a repair costs on a day; a price of null comes with the reason why there is none."""

    price = MoneyField(allow_null=True)
    currency = serializers.CharField()
    price_id = serializers.UUIDField(allow_null=True)
    part_type_id = serializers.UUIDField(allow_null=True)
    part_quality = serializers.CharField(allow_null=True)
    branch_id = serializers.UUIDField(allow_null=True)
    on = serializers.DateField()
    reason = serializers.CharField(allow_null=True)


class EffectiveSerializer(PublicEffectiveSerializer):
    """As customers are told it, with how it was made of the price list."""

    rule_id = serializers.UUIDField(allow_null=True)
    basis = StepSerializer(many=True)
