"""Shapes of branches, items and stock."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.catalog.models import DeviceModel, PartType
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    NewIdField,
    OptionalText,
    PhoneField,
    RecordIdField,
    Reference,
    References,
    RelatedIds,
    TextField,
)
from apps.inventory import rules, selectors
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Category, Item, Reservation, StockLevel, StockMovement


class BranchSerializer(ContractModelSerializer):
    phone_number = OptionalText()
    email = OptionalText()

    class Meta:
        model = Branch
        fields = [
            "id", "name", "code", "address", "city", "country", "phone_number", "email", "manager_name", "timezone",
            "currency", "is_active", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class PublicBranchSerializer(BranchSerializer):
    """What customers may know of a branch."""

    class Meta(BranchSerializer.Meta):
        fields = [name for name in BranchSerializer.Meta.fields if name != "manager_name"]
        read_only_fields = fields


class BranchWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    phone_number = PhoneField(required=False, allow_blank=True)

    class Meta:
        model = Branch
        fields = [
            "id", "name", "code", "address", "city", "country", "phone_number", "email", "manager_name", "timezone",
            "currency", "is_active",
        ]  # fmt: skip


class CategorySerializer(ContractModelSerializer):
    parent_id = serializers.UUIDField()

    class Meta:
        model = Category
        fields = ["id", "name", "parent_id", "description", "created_at", "updated_at"]
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


class ItemSerializer(ContractModelSerializer):
    category_id = serializers.UUIDField()
    category = NamedShape()
    unit_price = MoneyField()
    cost_price = MoneyField()
    barcode = OptionalText()
    part_type_id = serializers.UUIDField()
    compatible_model_ids = RelatedIds(source="compatible_models")

    class Meta:
        model = Item
        fields = [
            "id", "sku", "name", "description", "category_id", "category", "unit_of_measure", "unit_price", "cost_price",
            "currency", "reorder_level", "reorder_quantity", "barcode", "part_type_id", "compatible_model_ids",
            "is_active", "created_at", "updated_at",
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
            "reorder_level", "reorder_quantity", "barcode", "part_type_id", "compatible_model_ids", "is_active",
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
        return attrs


class ItemSummary(NamedShape):
    sku = serializers.CharField()


def _available(quantity: int, reserved: int) -> int:
    return quantity - reserved


class StockLevelSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField()
    item = ItemSummary()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    available = FromRow(("quantity", "reserved"), _available, serializers.IntegerField())
    reorder_level = serializers.IntegerField(source="item.reorder_level")

    class Meta:
        model = StockLevel
        fields = [
            "id", "item_id", "item", "branch_id", "branch", "quantity", "reserved", "available", "reorder_level",
            "created_at", "updated_at",
        ]  # fmt: skip


def _balances(from_branch: Any, from_balance: int | None, to_branch: Any, to_balance: int | None) -> dict[str, int]:
    pairs = ((from_branch, from_balance), (to_branch, to_balance))
    return {str(branch): balance for branch, balance in pairs if branch is not None and balance is not None}


class MovementSerializer(ContractModelSerializer):
    inventory_item_id = serializers.UUIDField(source="item_id")
    inventory_item = ItemSummary(source="item")
    unit_price = MoneyField()
    from_branch_id = serializers.UUIDField()
    to_branch_id = serializers.UUIDField()
    balance_after = FromRow(
        ("from_branch_id", "from_balance", "to_branch_id", "to_balance"),
        _balances,
        serializers.DictField(child=serializers.IntegerField()),
        help_text="On hand after the movement, by branch id.",
    )
    created_by = actor_field()

    class Meta:
        model = StockMovement
        fields = [
            "id", "inventory_item_id", "inventory_item", "movement_type", "quantity", "unit_price", "currency",
            "from_branch_id", "to_branch_id", "balance_after", "reference_number", "notes", "repair_order_id",
            "created_by", "created_at", "updated_at",
        ]  # fmt: skip


class MovementWriteSerializer(ContractSerializer):
    id = NewIdField()
    inventory_item_id = RecordIdField(source="item_id")
    movement_type = serializers.ChoiceField(choices=MovementType.choices)
    quantity = serializers.IntegerField(
        min_value=-rules.LARGEST_QUANTITY, max_value=rules.LARGEST_QUANTITY, required=False, allow_null=True
    )
    counted_quantity = serializers.IntegerField(
        min_value=0, max_value=rules.LARGEST_QUANTITY, required=False, allow_null=True
    )
    unit_price = MoneyField(required=False, allow_null=True)
    from_branch_id = RecordIdField(required=False, allow_null=True)
    to_branch_id = RecordIdField(required=False, allow_null=True)
    reference_number = TextField(max_length=100)
    notes = TextField(max_length=1000)
    repair_order_id = RecordIdField(required=False, allow_null=True)


class EntrySerializer(ContractSerializer):
    id = serializers.UUIDField(source="movement.id")
    movement_type = serializers.CharField(source="movement.movement_type")
    change = serializers.IntegerField()
    balance = serializers.IntegerField()
    reference_number = serializers.CharField(source="movement.reference_number")
    notes = serializers.CharField(source="movement.notes")
    repair_order_id = serializers.UUIDField(source="movement.repair_order_id", allow_null=True)
    created_by = actor_field(of="movement.")
    created_at = serializers.DateTimeField(source="movement.created_at")


class ReservationSerializer(ContractModelSerializer):
    class Meta:
        model = Reservation
        fields = ["id", "quantity", "source_type", "source_id", "document_id", "document_label", "created_at"]


class ExplanationSerializer(ContractSerializer):
    level = StockLevelSerializer()
    opening_balance = serializers.IntegerField(source="opening")
    movements = EntrySerializer(many=True, source="entries")
    reservations = ReservationSerializer(many=True)
    quantity = serializers.IntegerField(source="level.quantity")
    reserved = serializers.IntegerField(source="level.reserved")
    available = serializers.IntegerField(source="level.available")


class LowStockQuery(ContractSerializer):
    branch_id = RecordIdField(required=False)
