"""Shapes of when and what to order."""

from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    RecordIdField,
    camel,
)
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.api.serializers.purchasing import RateField
from apps.inventory.models import ReorderPoint


def _in_camel_case(numbers: dict[str, Any]) -> dict[str, Any]:
    return {camel(name): value for name, value in numbers.items()}


class ReorderPointSerializer(ContractModelSerializer):
    level_id = serializers.UUIDField()
    item_id = serializers.UUIDField(source="level.item_id")
    item = ItemSummary(source="level.item")
    branch_id = serializers.UUIDField(source="level.branch_id")
    branch = CodedShape(source="level.branch")
    explanation = FromRow(
        ("explanation",),
        _in_camel_case,
        serializers.DictField(),
        help_text="Every number that led to the reorder point; periods are weeks.",
    )

    class Meta:
        model = ReorderPoint
        fields = [
            "id", "level_id", "item_id", "item", "branch_id", "branch", "reorder_at", "order_quantity", "pack_size",
            "minimum_quantity", "basis", "explanation", "computed_at", "created_at", "updated_at",
        ]  # fmt: skip


class ProposalsQuery(ContractSerializer):
    branch_id = RecordIdField()
    supplier_id = RecordIdField(required=False)


class ProposedSerializer(ContractSerializer):
    level_id = serializers.UUIDField(source="level.pk")
    item_id = serializers.UUIDField(source="level.item_id")
    item = ItemSummary(source="level.item")
    supplier = NamedShape(source="offer.supplier", default=None, allow_null=True)
    supplier_sku = serializers.CharField(source="offer.supplier_sku", default=None, allow_null=True)
    unit_cost = MoneyField(source="offer.unit_cost", currency="offer.supplier.currency", default=None, allow_null=True)
    currency = serializers.CharField(source="offer.supplier.currency", default=None, allow_null=True)
    quantity = serializers.IntegerField(help_text="To order, in whole packs.")
    position = serializers.IntegerField(help_text="available + incoming + drafted − waiting")
    available = serializers.IntegerField(source="level.available")
    incoming = serializers.IntegerField(source="level.incoming")
    drafted = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="What repair orders wait for.")
    reorder_at = serializers.IntegerField()
    reorder_point_id = serializers.UUIDField(source="point.pk", default=None, allow_null=True)
    basis = serializers.CharField(source="point.basis", default="KEPT")


class ProposalsSerializer(ContractSerializer):
    branch_id = serializers.UUIDField()
    items = ProposedSerializer(many=True)


class ProposalsWriteSerializer(ContractSerializer):
    branch_id = RecordIdField()
    supplier_id = RecordIdField()
    item_ids = serializers.ListField(child=RecordIdField(), max_length=200, required=False, allow_null=True)
    exchange_rate = RateField(required=False, allow_null=True)
