"""Shapes of stock levels, movements and reservations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.audit.recorded import actor_field
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
    RecordIdField,
    TextField,
)
from apps.inventory import rules
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.enums import MovementType
from apps.inventory.models import MovedSerial, Reservation, Serial, StockLevel, StockMovement
from apps.inventory.rules import costs
from apps.inventory.rules.serials import LONGEST


def _available(quantity: int, reserved: int) -> int:
    return quantity - reserved


def _average(value: int, quantity: int, last: int | None) -> str | None:
    average = costs.average(value, quantity, last)
    return None if average is None else f"{average:.4f}"


def _worth(value: int, currency: str) -> str:
    return money.text(costs.amount(value), currency)


class SerialNumbers(serializers.ListField):
    """Numbers of single units, as they are typed or scanned."""

    child = serializers.CharField(max_length=LONGEST)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5_000, **kwargs)


class StockLevelSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField()
    item = ItemSummary()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    available = FromRow(("quantity", "reserved"), _available, serializers.IntegerField())
    reorder_level = serializers.IntegerField(source="item.reorder_level")
    average_cost = FromRow(
        ("value_micros", "quantity", "last_cost_micros"),
        _average,
        serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True),
        help_text="Moving average of a unit; of an empty shelf what the last one had cost. Null if nothing is known.",
    )
    stock_value = FromRow(
        ("value_micros", "branch.currency"), _worth, serializers.DecimalField(max_digits=20, decimal_places=3)
    )
    currency = serializers.CharField(source="branch.currency")

    class Meta:
        model = StockLevel
        fields = [
            "id", "item_id", "item", "branch_id", "branch", "quantity", "reserved", "available", "incoming",
            "reorder_level", "average_cost", "stock_value", "currency", "created_at", "updated_at",
        ]  # fmt: skip


def _balances(from_branch: Any, from_balance: int | None, to_branch: Any, to_balance: int | None) -> dict[str, int]:
    pairs = ((from_branch, from_balance), (to_branch, to_balance))
    return {str(branch): balance for branch, balance in pairs if branch is not None and balance is not None}


def _unit_cost(quantity: int, from_value: int | None, to_value: int | None) -> str | None:
    value = to_value if from_value is None else from_value
    if value is None or not quantity:
        return None
    return f"{costs.amount(costs.share(abs(value), abs(quantity), 1)):.4f}"


class MovedSerialSerializer(ContractModelSerializer):
    id = serializers.UUIDField(source="serial_id")
    number = serializers.CharField(source="serial.number")

    class Meta:
        model = MovedSerial
        fields = ["id", "number"]


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
    unit_cost = FromRow(
        ("quantity", "from_value_micros", "to_value_micros"),
        _unit_cost,
        serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True),
        help_text="What a unit was worth when it moved.",
    )
    document_type = OptionalText()
    reverses_id = serializers.UUIDField()
    serials = MovedSerialSerializer(many=True, source="moved_serials")
    created_by = actor_field()

    class Meta:
        model = StockMovement
        fields = [
            "id", "inventory_item_id", "inventory_item", "movement_type", "quantity", "unit_price", "currency",
            "from_branch_id", "to_branch_id", "balance_after", "unit_cost", "reference_number", "notes",
            "repair_order_id", "document_type", "document_id", "reverses_id", "serials", "created_by", "created_at",
            "updated_at",
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
    serials = SerialNumbers(required=False, help_text="One for each unit of an item that tracks serial numbers.")


class ReversalSerializer(ContractSerializer):
    id = NewIdField()
    notes = TextField(max_length=1000, required=True, allow_blank=False)


@extend_schema_field({"type": "string", "format": "decimal"})
class MicrosField(serializers.Field):
    """Millionths of a currency, as an amount with four digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int) -> str:
        return f"{costs.amount(value):.4f}"


class PickedSerialSerializer(ContractModelSerializer):
    class Meta:
        model = Serial
        fields = ["id", "number"]


class EntrySerializer(ContractSerializer):
    id = serializers.UUIDField(source="movement.id")
    movement_type = serializers.CharField(source="movement.movement_type")
    change = serializers.IntegerField()
    balance = serializers.IntegerField()
    reference_number = serializers.CharField(source="movement.reference_number")
    notes = serializers.CharField(source="movement.notes")
    repair_order_id = serializers.UUIDField(source="movement.repair_order_id", allow_null=True)
    document_type = OptionalText(source="movement.document_type")
    document_id = serializers.UUIDField(source="movement.document_id", allow_null=True)
    reverses_id = serializers.UUIDField(source="movement.reverses_id", allow_null=True)
    value_change = MicrosField(allow_null=True, help_text="By how much the value of the stock changed.")
    serials = serializers.ListField(child=serializers.CharField())
    created_by = actor_field(of="movement.")
    created_at = serializers.DateTimeField(source="movement.created_at")


class ReservationSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField(source="level.item_id")
    branch_id = serializers.UUIDField(source="level.branch_id")
    serials = PickedSerialSerializer(many=True)

    class Meta:
        model = Reservation
        fields = [
            "id", "item_id", "branch_id", "quantity", "status", "source_type", "source_id", "document_id",
            "document_label", "serials", "expires_at", "closed_at", "created_at", "updated_at",
        ]  # fmt: skip


class PicksSerializer(ContractSerializer):
    serials = SerialNumbers()


class ExpectedSerializer(ContractSerializer):
    """Units that are on their way."""

    document_type = serializers.CharField()
    document_id = serializers.UUIDField()
    number = serializers.CharField()
    quantity = serializers.IntegerField()


class ExplanationSerializer(ContractSerializer):
    level = StockLevelSerializer()
    opening_balance = serializers.IntegerField(source="opening")
    movements = EntrySerializer(many=True, source="entries")
    movements_before = serializers.IntegerField(
        source="left_out", help_text="Older movements that are not in this answer: ask with before= the first one's id."
    )
    reservations = ReservationSerializer(many=True)
    expected = ExpectedSerializer(many=True)
    incoming = serializers.IntegerField(source="level.incoming")
    quantity = serializers.IntegerField(source="level.quantity")
    reserved = serializers.IntegerField(source="level.reserved")
    available = serializers.IntegerField(source="level.available")


class ExplainQuery(ContractSerializer):
    before = RecordIdField(required=False, help_text="Only the movements before this one.")


class LowStockQuery(ContractSerializer):
    branch_id = RecordIdField(required=False)


class StockValueQuery(ContractSerializer):
    branch_id = RecordIdField(required=False)


class CategoryValueSerializer(ContractSerializer):
    category = NamedShape(allow_null=True)
    units = serializers.IntegerField()
    value = MoneyField()


class BranchValueSerializer(ContractSerializer):
    branch = CodedShape()
    currency = serializers.CharField()
    units = serializers.IntegerField()
    value = MoneyField()
    categories = CategoryValueSerializer(many=True)


class StockValueSerializer(ContractSerializer):
    """At moving average cost; branches apart, because their currencies may differ."""

    branches = BranchValueSerializer(many=True)
