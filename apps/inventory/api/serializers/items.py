"""Shapes of items and their categories."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.catalog.models import DeviceModel, PartType
from apps.core import money
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    NewIdField,
    OptionalText,
    Reference,
    References,
    RelatedIds,
)
from apps.core.images import ImageRefused, Picture, read_picture
from apps.inventory import rules, selectors
from apps.inventory.models import Category, Item


class CategorySerializer(ContractModelSerializer):
    parent_id = serializers.UUIDField()

    class Meta:
        model = Category
        fields = ["id", "name", "parent_id", "description", "created_at", "updated_at"]
        read_only_fields = fields


class CountedCategorySerializer(CategorySerializer):
    """A category with the numbers of items that are directly in it, and in it and everything below."""

    item_count = serializers.IntegerField()
    item_count_below = serializers.IntegerField()

    class Meta(CategorySerializer.Meta):
        fields = [*CategorySerializer.Meta.fields, "item_count", "item_count_below"]
        read_only_fields = fields


class CategoryWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    parent_id = Reference(Category, source="parent", required=False, allow_null=True)

    class Meta:
        model = Category
        fields = ["id", "name", "parent_id", "description"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        parent = attrs.get("parent")
        if parent and self.instance and rules.would_cycle(self.instance.pk, parent.pk, selectors.category_parents()):
            message = "A category cannot be below itself."
            raise serializers.ValidationError({"parentId": [serializers.ErrorDetail(message, code="cycle")]})
        return attrs


def _photo_url(item_id: UUID, photo: UUID | None) -> str | None:
    return None if photo is None else f"/api/v1/inventory/items/{item_id}/photo"


class ItemSerializer(ContractModelSerializer):
    category_id = serializers.UUIDField()
    category = NamedShape()
    unit_price = MoneyField()
    cost_price = MoneyField()
    barcode = OptionalText()
    part_type_id = serializers.UUIDField()
    compatible_model_ids = RelatedIds(source="compatible_models")
    photo_url = FromRow(("id", "photo"), _photo_url, serializers.CharField(allow_null=True))

    class Meta:
        model = Item
        fields = [
            "id", "sku", "name", "description", "category_id", "category", "unit_of_measure", "unit_price", "cost_price",
            "currency", "reorder_level", "reorder_quantity", "barcode", "part_type_id", "compatible_model_ids",
            "tracks_serials", "photo_url", "is_active", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class ItemWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    category_id = Reference(Category, source="category", required=False, allow_null=True)
    part_type_id = Reference(PartType, source="part_type", required=False, allow_null=True)
    unit_price = MoneyField(required=False)
    cost_price = MoneyField(required=False)
    compatible_model_ids = References(DeviceModel, max_length=2000, source="compatible_models", required=False)

    class Meta:
        model = Item
        fields = [
            "id", "sku", "name", "description", "category_id", "unit_of_measure", "unit_price", "cost_price", "currency",
            "reorder_level", "reorder_quantity", "barcode", "part_type_id", "compatible_model_ids", "tracks_serials",
            "is_active",
        ]  # fmt: skip
        extra_kwargs = {
            "reorder_level": {"max_value": rules.LARGEST_QUANTITY},
            "reorder_quantity": {"max_value": rules.LARGEST_QUANTITY},
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        present = self.instance or Item()
        currency = attrs.get("currency", present.currency)
        for field, name in (("unitPrice", "unit_price"), ("costPrice", "cost_price")):
            if not money.fits(Decimal(attrs.get(name, getattr(present, name))), currency):
                message = f"This is not an amount of {currency}."
                raise serializers.ValidationError({field: [serializers.ErrorDetail(message, code="invalid")]})
        changes = self.instance and attrs.get("tracks_serials", present.tracks_serials) != present.tracks_serials
        if changes and selectors.has_units(present.pk):
            message = "This can be changed only while no unit is on hand or in transit."
            raise serializers.ValidationError({"tracksSerials": [serializers.ErrorDetail(message, code="in_use")]})
        return attrs


class ItemSummary(NamedShape):
    sku = serializers.CharField()


class PhotoQuery(ContractSerializer):
    size = serializers.ChoiceField(["thumb", "full"], default="full")


class PhotoWriteSerializer(ContractSerializer):
    """A form with one file."""

    file = serializers.FileField()

    def validate_file(self, file: Any) -> Picture:
        try:
            return read_picture(file)
        except ImageRefused as refusal:
            raise serializers.ValidationError(str(refusal), code=refusal.code) from None
