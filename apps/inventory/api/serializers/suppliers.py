"""Shapes of suppliers and of what they sell."""

from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.core import money
from apps.core.api.serializers import (
    ContractModelSerializer,
    MoneyField,
    NamedShape,
    NewIdField,
    OptionalText,
    PhoneField,
    Reference,
)
from apps.inventory import rules, services
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.models import Item, Supplier, SupplierItem

_SUPPLIER = [
    "id", "name", "contact_name", "email", "phone_number", "address", "website", "account_number", "currency",
    "lead_time_days", "notes", "is_active",
]  # fmt: skip


class SupplierSerializer(ContractModelSerializer):
    email = OptionalText()
    phone_number = OptionalText()
    website = OptionalText()

    class Meta:
        model = Supplier
        fields = [*_SUPPLIER, "created_at", "updated_at"]
        read_only_fields = fields


class SupplierWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    phone_number = PhoneField(required=False, allow_blank=True)

    class Meta:
        model = Supplier
        fields = _SUPPLIER

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None and "currency" in attrs:
            Supplier(id=self.instance.pk, currency=attrs["currency"]).clean()
        return attrs


class SupplierItemSerializer(ContractModelSerializer):
    supplier_id = serializers.UUIDField()
    supplier = NamedShape()
    item_id = serializers.UUIDField()
    item = ItemSummary()
    unit_cost = MoneyField(currency="supplier.currency")
    currency = serializers.CharField(source="supplier.currency")

    class Meta:
        model = SupplierItem
        fields = [
            "id", "supplier_id", "supplier", "item_id", "item", "supplier_sku", "unit_cost", "currency", "pack_size",
            "minimum_quantity", "lead_time_days", "is_preferred", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class SupplierItemWriteSerializer(ContractModelSerializer):
    """An item that is made the preferred one of this supplier is no longer another's."""

    id = NewIdField()
    supplier_id = Reference(Supplier, source="supplier")
    item_id = Reference(Item, source="item")
    unit_cost = MoneyField(required=False)

    class Meta:
        model = SupplierItem
        fields = [
            "id", "supplier_id", "item_id", "supplier_sku", "unit_cost", "pack_size", "minimum_quantity",
            "lead_time_days", "is_preferred",
        ]  # fmt: skip
        extra_kwargs = {
            "pack_size": {"min_value": 1, "max_value": rules.LARGEST_QUANTITY},
            "minimum_quantity": {"min_value": 1, "max_value": rules.LARGEST_QUANTITY},
        }
        # The database says it by itself; that the mark moves is no mistake.
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        present = self.instance or SupplierItem()
        supplier: Supplier = attrs.get("supplier") or present.supplier
        if not money.fits(Decimal(attrs.get("unit_cost", present.unit_cost)), supplier.currency):
            message = f"This is not an amount of {supplier.currency}."
            raise serializers.ValidationError({"unitCost": [serializers.ErrorDetail(message, code="invalid")]})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Any:
        with self._marking(validated_data, validated_data["item"].pk, None):
            return super().create(validated_data)

    def update(self, instance: SupplierItem, validated_data: dict[str, Any]) -> Any:
        item: Item = validated_data.get("item") or instance.item
        with self._marking({"is_preferred": instance.is_preferred} | validated_data, item.pk, instance.pk):
            return super().update(instance, validated_data)

    def _marking(self, fields: dict[str, Any], item_id: UUID, but: UUID | None) -> AbstractContextManager[None]:
        """Make room for the preferred mark, if it is given."""
        if not fields.get("is_preferred"):
            return nullcontext()
        return services.preferring(item_id, but, actor=self.context["actor"])
