"""Shapes of the rules that make prices."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.catalog.enums import DeviceType, PartQuality
from apps.catalog.models import Brand, PartType, RepairType
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    MoneyField,
    NamedShape,
    NewIdField,
    Reference,
    TextField,
)
from apps.inventory.models import Branch
from apps.pricing.api.serializers.prices import DayField, ReasonField
from apps.pricing.models import BranchPriceRule, MarginRule

_SCOPE = ["repair_type_id", "repair_type", "brand_id", "brand", "device_type", "part_quality"]
_REST = [
    "rounding_step", "rounding_ending", "currency", "is_active", "valid_from", "valid_until", "notes", "created_at",
    "updated_at",
]  # fmt: skip


class BranchRuleSerializer(ContractModelSerializer):
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    repair_type_id = serializers.UUIDField(allow_null=True)
    repair_type = NamedShape(allow_null=True)
    brand_id = serializers.UUIDField(allow_null=True)
    brand = NamedShape(allow_null=True)
    added_amount = MoneyField(currency="branch.currency", min_value=None)
    rounding_step = MoneyField(currency="branch.currency")
    rounding_ending = MoneyField(currency="branch.currency", min_value=None)
    currency = serializers.CharField(source="branch.currency", help_text="The branch's.")

    class Meta:
        model = BranchPriceRule
        fields = ["id", "branch_id", "branch", *_SCOPE, "markup_percent", "added_amount", *_REST]


class MarginRuleSerializer(ContractModelSerializer):
    repair_type_id = serializers.UUIDField(allow_null=True)
    repair_type = NamedShape(allow_null=True)
    brand_id = serializers.UUIDField(allow_null=True)
    brand = NamedShape(allow_null=True)
    part_type_id = serializers.UUIDField(allow_null=True)
    part_type = NamedShape(allow_null=True)
    labour_amount = MoneyField()
    minimum_price = MoneyField(allow_null=True)
    rounding_step = MoneyField()
    rounding_ending = MoneyField(min_value=None)

    class Meta:
        model = MarginRule
        fields = [
            "id", *_SCOPE, "part_type_id", "part_type", "markup_percent", "labour_amount", "minimum_price", *_REST,
        ]  # fmt: skip


class RuleWriteSerializer(ContractSerializer):
    """What both kinds of rule are given. What is left empty is not asked about; the most exact rule counts."""

    id = NewIdField()
    repair_type_id = Reference(RepairType, source="repair_type", required=False, allow_null=True)
    brand_id = Reference(Brand, source="brand", required=False, allow_null=True)
    device_type = serializers.ChoiceField(choices=DeviceType.choices, required=False, allow_blank=True)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False, allow_blank=True)
    rounding_step = MoneyField(required=False, help_text="Prices become a multiple of it; 0 leaves them as they are.")
    rounding_ending = MoneyField(required=False, min_value=None, help_text="Added to that, such as -0.01 for 4.99.")
    is_active = serializers.BooleanField(required=False)
    valid_from = DayField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    notes = TextField(max_length=1000)
    reason = ReasonField()


class BranchRuleWriteSerializer(RuleWriteSerializer):
    branch_id = Reference(Branch, source="branch")
    markup_percent = serializers.DecimalField(
        max_digits=7, decimal_places=2, min_value=Decimal(-90), max_value=Decimal(1000), required=False
    )
    added_amount = MoneyField(required=False, min_value=None, help_text="Added after the markup; may be negative.")


class MarginRuleWriteSerializer(RuleWriteSerializer):
    part_type_id = Reference(PartType, source="part_type", required=False, allow_null=True)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    markup_percent = serializers.DecimalField(
        max_digits=7, decimal_places=2, min_value=Decimal(0), max_value=Decimal(10000)
    )
    labour_amount = MoneyField(required=False)
    minimum_price = MoneyField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "currency" in attrs and not money.is_known(attrs["currency"]):
            message = "This is not an ISO 4217 currency code."
            raise serializers.ValidationError({"currency": [serializers.ErrorDetail(message, code="invalid")]})
        return attrs
