"""Shapes of prices."""

from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core import money
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    MoneyField,
    NamedShape,
    NewIdField,
    Reference,
    TextField,
)
from apps.pricing.models import Price


class DayField(serializers.DateField):
    """A day; a moment stands for its day."""

    def to_internal_value(self, value: Any) -> date:
        if isinstance(value, str) and len(value) > 10 and value[10] in "T ":
            serializers.DateTimeField().to_internal_value(value)
            value = value[:10]
        return super().to_internal_value(value)


class DeviceModelOfPrice(NamedShape):
    brand = NamedShape()


class PriceSerializer(ContractModelSerializer):
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfPrice()
    repair_type_id = serializers.UUIDField()
    repair_type = NamedShape()
    part_type_id = serializers.UUIDField()
    part_type = NamedShape()
    price = MoneyField()
    cost = MoneyField()
    confidence_score = serializers.FloatField()

    class Meta:
        model = Price
        fields = [
            "id", "device_model_id", "device_model", "repair_type_id", "repair_type", "part_type_id", "part_type",
            "part_quality", "price", "cost", "currency", "valid_from", "valid_until", "is_estimated", "confidence_score",
            "notes", "created_at", "updated_at",
        ]  # fmt: skip


class PublicPriceSerializer(PriceSerializer):
    """What customers see of a price: no cost, no notes."""

    class Meta(PriceSerializer.Meta):
        fields = [name for name in PriceSerializer.Meta.fields if name not in {"cost", "notes"}]


class PriceWriteSerializer(ContractSerializer):
    id = NewIdField()
    device_model_id = Reference(DeviceModel, source="device_model")
    repair_type_id = Reference(RepairType, source="repair_type")
    part_type_id = Reference(PartType, source="part_type", required=False, allow_null=True)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False)
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "currency" in attrs and not money.is_known(attrs["currency"]):
            message = "This is not an ISO 4217 currency code."
            raise serializers.ValidationError({"currency": [serializers.ErrorDetail(message, code="invalid")]})
        if attrs.get("part_type") and not self.partial:
            attrs.setdefault("part_quality", attrs["part_type"].quality)
        return attrs
