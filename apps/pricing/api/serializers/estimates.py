"""Shapes of estimates, and of how right they were."""

from typing import Any

from rest_framework import serializers

from apps.catalog.enums import PartQuality
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    RecordIdField,
    Reference,
)
from apps.inventory.models import Branch
from apps.pricing import rules
from apps.pricing.api.serializers.prices import DeviceModelOfPrice
from apps.pricing.models import EstimateRecord


class EstimateRequestSerializer(ContractSerializer):
    device_model_id = Reference(DeviceModel, source="device_model")
    repair_type_id = Reference(RepairType, source="repair_type")
    part_type_id = Reference(PartType, source="part_type", required=False, allow_null=True)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False, allow_null=True)
    branch_id = Reference(Branch, source="branch", required=False, allow_null=True)


class BasisSerializer(ContractSerializer):
    """A price of the list that an estimate leans on."""

    price_id = serializers.UUIDField(source="listing.id")
    price = MoneyField(source="amount", currency="listing.currency")
    currency = serializers.CharField(source="listing.currency")
    device_model = DeviceModelOfPrice(source="listing.device_model")
    repair_type = NamedShape(source="listing.repair_type")
    part_type_id = serializers.UUIDField(source="listing.part_type_id", allow_null=True)
    part_quality = serializers.CharField(source="listing.part_quality")
    name = serializers.CharField(help_text="Of the part, or of its quality.")
    similarity = serializers.FloatField(help_text="From 0 to 1; 1 is what was asked for.")


class EstimateSerializer(ContractSerializer):
    price = MoneyField(allow_null=True)
    low = MoneyField(allow_null=True)
    high = MoneyField(allow_null=True)
    currency = serializers.CharField()
    confidence_score = serializers.FloatField()
    is_estimated = serializers.BooleanField()
    method = serializers.CharField(help_text="listed, similar_prices, few_prices or none.")
    basis = BasisSerializer(many=True)
    reason = serializers.CharField(allow_null=True)


def _error(price: Any, actual: Any) -> float | None:
    return float(rules.error_of(price, actual)) if actual else None


class EstimateRecordSerializer(ContractModelSerializer):
    """An estimate that was used as a price, and the price that was set later."""

    branch_id = serializers.UUIDField(allow_null=True)
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfPrice()
    repair_type_id = serializers.UUIDField()
    repair_type = NamedShape()
    part_type_id = serializers.UUIDField(allow_null=True)
    price = MoneyField()
    low = MoneyField()
    high = MoneyField()
    confidence_score = serializers.FloatField()
    actual_price = MoneyField(allow_null=True)
    error = FromRow(
        ("price", "actual_price"),
        _error,
        serializers.FloatField(allow_null=True, help_text="estimate / actual price − 1; 0.1 is a tenth too high."),
    )

    class Meta:
        model = EstimateRecord
        fields = [
            "id", "source_kind", "source_id", "branch_id", "device_model_id", "device_model", "repair_type_id",
            "repair_type", "part_type_id", "part_quality", "price", "low", "high", "currency", "confidence_score",
            "method", "version", "actual_price", "error", "settled_at", "created_at", "updated_at",
        ]  # fmt: skip


class ReportQuery(ContractSerializer):
    date_from = serializers.DateField(required=False, help_text="The first day, in UTC, on which estimates were taken.")
    date_to = serializers.DateField(required=False, help_text="The last one.")
    branch_id = RecordIdField(required=False)


class AccuracySerializer(ContractSerializer):
    count = serializers.IntegerField()
    settled = serializers.IntegerField(help_text="Those whose real price was set later; the figures are of these.")
    median_absolute_percentage_error = serializers.FloatField(allow_null=True, help_text="In percent.")
    coverage = serializers.FloatField(allow_null=True, help_text="The share whose real price lay in the interval.")
    bias = serializers.FloatField(
        allow_null=True, help_text="The middle of the errors as a share: 0.1 is a tenth too high, -0.1 a tenth too low."
    )


class AccuracyOfType(ContractSerializer):
    repair_type = NamedShape(source="of")
    accuracy = AccuracySerializer()


class AccuracyOfMethod(ContractSerializer):
    method = serializers.CharField(source="of")
    accuracy = AccuracySerializer()


class ReportSerializer(ContractSerializer):
    total = AccuracySerializer()
    by_repair_type = AccuracyOfType(many=True)
    by_method = AccuracyOfMethod(many=True)
