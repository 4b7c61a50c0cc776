"""Shapes of the catalogue."""

from typing import Any

from rest_framework import serializers

from apps.catalog.enums import NoticeLevel
from apps.catalog.models import Brand, DeviceModel, ModelNotice, PartType, RepairType
from apps.catalog.rules import check_notice
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    NamedShape,
    NewIdField,
    OptionalText,
    RecordIdField,
    Reference,
    TextField,
)


class BrandSerializer(ContractModelSerializer):
    class Meta:
        model = Brand
        fields = ["id", "name", "is_active", "created_at", "updated_at"]
        read_only_fields = fields


class BrandWriteSerializer(ContractModelSerializer):
    id = NewIdField()

    class Meta:
        model = Brand
        fields = ["id", "name", "is_active"]


class DeviceModelSerializer(ContractModelSerializer):
    brand_id = serializers.UUIDField()
    brand = NamedShape()
    model_number = OptionalText()
    device_type = OptionalText()
    screen_size = serializers.FloatField()
    aliases = serializers.ListField(child=serializers.CharField())
    merged_into_id = serializers.UUIDField(allow_null=True, help_text="Where a duplicate went.")

    class Meta:
        model = DeviceModel
        fields = [
            "id", "brand_id", "brand", "name", "model_number", "release_year", "device_type", "screen_size", "tier_level",
            "launch_price", "aliases", "is_active", "merged_into_id", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class DeviceModelWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    brand_id = Reference(Brand, source="brand")
    aliases = serializers.ListField(child=serializers.CharField(max_length=120), max_length=100, required=False)

    class Meta:
        model = DeviceModel
        fields = [
            "id", "brand_id", "name", "model_number", "release_year", "device_type", "screen_size", "tier_level",
            "launch_price", "aliases", "is_active",
        ]  # fmt: skip


class MergeModelSerializer(ContractSerializer):
    into_id = RecordIdField()
    reason = TextField(max_length=200, required=False, allow_blank=True)


class ProposedModelSerializer(ContractModelSerializer):
    """A model that a phone may be."""

    brand_id = serializers.UUIDField()
    brand = NamedShape()
    model_number = OptionalText()
    device_type = OptionalText()

    class Meta:
        model = DeviceModel
        fields = ["id", "brand_id", "brand", "name", "model_number", "device_type", "release_year", "is_active"]
        read_only_fields = fields


class ImeiSerializer(ContractSerializer):
    """What the number of a phone tells."""

    imei = serializers.CharField()
    tac = serializers.CharField(help_text="The eight digits that stand for the type.")
    is_known = serializers.BooleanField(help_text="Whether the type is in the imported list.")
    is_certain = serializers.BooleanField(help_text="Whether the type leads to exactly one model.")
    brand = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    also_known_as = serializers.ListField(child=serializers.CharField())
    device_models = ProposedModelSerializer(many=True)


class NoticeSerializer(ContractModelSerializer):
    device_model_id = serializers.UUIDField(allow_null=True)
    brand_id = serializers.UUIDField(allow_null=True)
    repair_type_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = ModelNotice
        fields = [
            "id", "device_model_id", "brand_id", "repair_type_id", "level", "text", "valid_from", "valid_until",
            "is_active", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class NoticeWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    device_model_id = Reference(DeviceModel, source="device_model", required=False, allow_null=True)
    brand_id = Reference(Brand, source="brand", required=False, allow_null=True)
    repair_type_id = Reference(RepairType, source="repair_type", required=False, allow_null=True)
    level = serializers.ChoiceField(choices=NoticeLevel.choices, required=False)
    text = TextField(max_length=1000, required=True)

    class Meta:
        model = ModelNotice
        fields = [
            "id", "device_model_id", "brand_id", "repair_type_id", "level", "text", "valid_from", "valid_until", "is_active",
        ]  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("device_model", "brand", "valid_from", "valid_until")
        facts = {name: attrs.get(name, getattr(self.instance, name, None)) for name in names}
        check_notice(facts["device_model"], facts["brand"], facts["valid_from"], facts["valid_until"])
        return attrs


class RepairTypeSerializer(ContractModelSerializer):
    class Meta:
        model = RepairType
        fields = ["id", "name", "description", "is_active", "created_at", "updated_at"]
        read_only_fields = fields


class RepairTypeWriteSerializer(ContractModelSerializer):
    id = NewIdField()

    class Meta:
        model = RepairType
        fields = ["id", "name", "description", "is_active"]


class PartTypeSerializer(ContractModelSerializer):
    class Meta:
        model = PartType
        fields = [
            "id", "name", "quality", "quality_level", "warranty_months", "description", "is_active", "created_at",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class PartTypeWriteSerializer(ContractModelSerializer):
    id = NewIdField()

    class Meta:
        model = PartType
        fields = ["id", "name", "quality", "quality_level", "warranty_months", "description", "is_active"]
