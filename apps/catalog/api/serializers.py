"""Shapes of the catalogue."""

from rest_framework import serializers

from apps.catalog.models import Brand, DeviceModel, PartType, RepairType
from apps.core.api.serializers import ContractModelSerializer, NamedShape, NewIdField, OptionalText, Reference


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

    class Meta:
        model = DeviceModel
        fields = [
            "id", "brand_id", "brand", "name", "model_number", "release_year", "device_type", "screen_size", "tier_level",
            "launch_price", "aliases", "is_active", "created_at", "updated_at",
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
