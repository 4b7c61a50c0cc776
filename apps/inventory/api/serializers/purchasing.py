"""Shapes of purchase orders, of what has come, and of what is waited for."""

from decimal import Decimal
from typing import Any

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
from apps.inventory.api.serializers.stock import SerialNumbers
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import PurchaseLine, PurchaseOrder, PurchaseReceipt, PurchaseReceiptLine
from apps.inventory.rules.purchasing import MOST_LINES

_MONEY = serializers.DecimalField(max_digits=14, decimal_places=3)


def _outstanding(quantity: int, received: int, cancelled: int, status: str) -> int:
    return 0 if status == PurchaseStatus.DRAFT else quantity - received - cancelled


def _sum(quantity: int, unit_cost: Decimal, currency: str) -> str:
    return money.text(quantity * unit_cost, currency)


def _is_there(pk: Any) -> bool:
    return pk is not None


class PurchaseLineSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField()
    item = ItemSummary()
    outstanding = FromRow(
        ("quantity", "received", "cancelled", "order.status"),
        _outstanding,
        serializers.IntegerField(),
        help_text="Still to come; nothing of a draft.",
    )
    unit_cost = MoneyField(currency="order.currency")
    total_cost = FromRow(("quantity", "unit_cost", "order.currency"), _sum, _MONEY)
    repair_order_id = serializers.UUIDField()
    repair_order_number = OptionalText()

    class Meta:
        model = PurchaseLine
        fields = [
            "id", "position", "item_id", "item", "quantity", "received", "cancelled", "outstanding", "unit_cost",
            "total_cost", "repair_order_id", "repair_order_number", "created_at", "updated_at",
        ]  # fmt: skip


class PurchaseOrderSerializer(ContractModelSerializer):
    supplier_id = serializers.UUIDField()
    supplier = NamedShape()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    total = MoneyField()
    lines = PurchaseLineSerializer(many=True)
    created_by = actor_field()

    class Meta:
        model = PurchaseOrder
        fields = [
            "id", "number", "supplier_id", "supplier", "branch_id", "branch", "status", "currency", "exchange_rate",
            "total", "supplier_reference", "expected_on", "notes", "lines", "created_by", "ordered_at", "closed_at",
            "created_at", "updated_at",
        ]  # fmt: skip


class PurchaseLineWriteSerializer(ContractSerializer):
    id = NewIdField()
    item_id = RecordIdField()
    quantity = serializers.IntegerField(min_value=1, max_value=rules.LARGEST_QUANTITY)
    unit_cost = MoneyField(required=False, allow_null=True)
    repair_order_id = RecordIdField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # In a PATCH as well, which would let every field of every shape be left out.
        missing = [name for name, column in (("itemId", "item_id"), ("quantity", "quantity")) if column not in attrs]
        if missing:
            words = serializers.ErrorDetail("This field is required.", code="required")
            raise serializers.ValidationError({name: [words] for name in missing})
        return attrs


class _Lines(serializers.ListSerializer):
    """At least one line, and a bounded number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, min_length=1, max_length=MOST_LINES, **kwargs)


class RateField(serializers.DecimalField):
    """What one unit of a supplier's currency costs in the branch's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=8, min_value=Decimal("0.00000001"), **kwargs)


class PurchaseWriteSerializer(ContractSerializer):
    id = NewIdField()
    supplier_id = RecordIdField()
    branch_id = RecordIdField()
    exchange_rate = RateField(required=False, allow_null=True)
    supplier_reference = TextField(max_length=100)
    expected_on = serializers.DateField(required=False, allow_null=True)
    notes = TextField(max_length=1000)
    lines = _Lines(child=PurchaseLineWriteSerializer())


class OrderingSerializer(ContractSerializer):
    """What the supplier has answered to an order."""

    supplier_reference = TextField(max_length=100)
    expected_on = serializers.DateField(required=False, allow_null=True)


class CancellingSerializer(ContractSerializer):
    reason = TextField(max_length=1000)


class ReceivedLineSerializer(ContractSerializer):
    line_id = RecordIdField()
    quantity = serializers.IntegerField(min_value=1, max_value=rules.LARGEST_QUANTITY)
    unit_cost = MoneyField(required=False, allow_null=True)
    serials = SerialNumbers(required=False)


class PurchaseReceiptWriteSerializer(ContractSerializer):
    """A delivery; its ``id`` sent again is the same delivery, and is booked once."""

    id = NewIdField()
    delivery_note = TextField(max_length=100)
    notes = TextField(max_length=1000)
    lines = _Lines(child=ReceivedLineSerializer())


class PurchaseReceiptLineSerializer(ContractModelSerializer):
    line_id = serializers.UUIDField()
    item = ItemSummary(source="line.item")
    unit_cost = MoneyField(currency="receipt.order.currency")
    movement_id = serializers.UUIDField()
    reversed = FromRow(("movement.reversed_by.id",), _is_there, serializers.BooleanField())

    class Meta:
        model = PurchaseReceiptLine
        fields = [
            "id",
            "line_id",
            "item",
            "quantity",
            "unit_cost",
            "movement_id",
            "reversed",
            "created_at",
            "updated_at",
        ]


class PurchaseReceiptSerializer(ContractModelSerializer):
    purchase_order_id = serializers.UUIDField(source="order_id")
    lines = PurchaseReceiptLineSerializer(many=True)
    received_by = actor_field()

    class Meta:
        model = PurchaseReceipt
        fields = [
            "id", "purchase_order_id", "delivery_note", "notes", "lines", "received_by", "created_at", "updated_at",
        ]  # fmt: skip


class ReversingSerializer(ContractSerializer):
    """Why, and which lines of the receipt; without them all that stand."""

    notes = serializers.CharField(max_length=1000)
    line_ids = serializers.ListField(child=RecordIdField(), required=False, allow_empty=False, max_length=MOST_LINES)


class NeedsQuery(ContractSerializer):
    branch_id = RecordIdField()


class WaitingPartSerializer(ContractSerializer):
    repair_order_id = serializers.UUIDField(source="waiting.document_id")
    repair_order_number = serializers.CharField(source="waiting.document_label")
    line_id = serializers.UUIDField(source="waiting.source_id")
    quantity = serializers.IntegerField(source="waiting.quantity")
    to_order = serializers.IntegerField()
    since = serializers.DateTimeField(source="waiting.since")


class OfferSerializer(ContractSerializer):
    supplier_item_id = serializers.UUIDField(source="id")
    supplier_id = serializers.UUIDField()
    supplier_name = serializers.CharField(source="supplier.name")
    unit_cost = MoneyField(currency="supplier.currency")
    currency = serializers.CharField(source="supplier.currency")
    pack_size = serializers.IntegerField()
    minimum_quantity = serializers.IntegerField()


class NeedSerializer(ContractSerializer):
    item_id = serializers.UUIDField(source="item.id")
    item = ItemSummary()
    waiting = serializers.IntegerField(source="quantity")
    available = serializers.IntegerField()
    incoming = serializers.IntegerField(help_text="On order or in transit to the branch.")
    drafted = serializers.IntegerField(help_text="In drafts of purchase orders.")
    to_order = serializers.IntegerField(help_text="What none of these covers.")
    preferred = OfferSerializer(source="offer", allow_null=True)
    repair_orders = WaitingPartSerializer(many=True, source="parts")


class NeedsSerializer(ContractSerializer):
    branch_id = serializers.UUIDField()
    items = NeedSerializer(many=True)


class NeedsWriteSerializer(ContractSerializer):
    branch_id = RecordIdField()
    item_ids = serializers.ListField(child=RecordIdField(), required=False, allow_empty=False, max_length=MOST_LINES)
    exchange_rates = serializers.DictField(
        child=RateField(),
        required=False,
        help_text="By currency: what one unit of it costs in the branch's, for suppliers who reckon in another.",
    )


class DraftedSerializer(ContractSerializer):
    """The drafts that were made, one for each supplier."""

    items = PurchaseOrderSerializer(many=True)
