"""Shapes of transfers and of what is in transit."""

from typing import Any

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    NewIdField,
    RecordIdField,
    TextField,
)
from apps.inventory import rules
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.enums import TransferStatus
from apps.inventory.models import Transfer, TransferLine
from apps.inventory.rules import serials
from apps.inventory.rules.transfers import LONGEST_TRANSFER

_UNDER_WAY = {TransferStatus.SENT.value, TransferStatus.PARTLY_RECEIVED.value}


def _outstanding(quantity: int, received: int, missing: int, status: str) -> int:
    return quantity - received - missing if status in _UNDER_WAY else 0


def _left(quantity: int, received: int, missing: int) -> int:
    return quantity - received - missing


def _value(micros: int, currency: str) -> str:
    return money.text(rules.costs.amount(micros), currency)


class TransferLineSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField()
    item = ItemSummary()
    outstanding = FromRow(
        ("quantity", "received", "missing", "transfer.status"),
        _outstanding,
        serializers.IntegerField(),
        help_text="In transit; none of a draft, and of what is closed.",
    )
    serials = serializers.ListField(
        child=serializers.CharField(),
        source="serial_numbers",
        help_text="Of a draft those that are to be sent, then those that are in transit.",
    )

    class Meta:
        model = TransferLine
        fields = [
            "id",
            "item_id",
            "item",
            "quantity",
            "received",
            "missing",
            "surplus",
            "outstanding",
            "reason",
            "serials",
        ]


class TransferSummarySerializer(ContractModelSerializer):
    """A transfer in a list, without its lines."""

    from_branch_id = serializers.UUIDField()
    from_branch = CodedShape()
    to_branch_id = serializers.UUIDField()
    to_branch = CodedShape()
    created_by = actor_field()

    class Meta:
        model = Transfer
        fields = [
            "id", "number", "status", "from_branch_id", "from_branch", "to_branch_id", "to_branch", "notes", "sent_at",
            "closed_at", "created_by", "created_at", "updated_at",
        ]  # fmt: skip


class TransferSerializer(TransferSummarySerializer):
    lines = TransferLineSerializer(many=True)

    class Meta(TransferSummarySerializer.Meta):
        fields = [*TransferSummarySerializer.Meta.fields, "lines"]


class SerialListField(serializers.ListField):
    """Numbers of single units."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=serials.LONGEST)
        super().__init__(child=child, max_length=1000, required=False, **kwargs)


class TransferLineWriteSerializer(ContractSerializer):
    item_id = RecordIdField()
    quantity = serializers.IntegerField(min_value=1, max_value=rules.LARGEST_QUANTITY)
    serials = SerialListField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # In a PATCH as well, which would let every field of every shape be left out.
        missing = [name for name, column in (("itemId", "item_id"), ("quantity", "quantity")) if column not in attrs]
        if missing:
            words = serializers.ErrorDetail("This field is required.", code="required")
            raise serializers.ValidationError({name: [words] for name in missing})
        return attrs


class LineListSerializer(serializers.ListSerializer):
    """At least one line, and a bounded number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, min_length=1, max_length=LONGEST_TRANSFER, **kwargs)


class TransferWriteSerializer(ContractSerializer):
    id = NewIdField()
    from_branch_id = RecordIdField()
    to_branch_id = RecordIdField()
    notes = TextField(max_length=1000)
    lines = LineListSerializer(child=TransferLineWriteSerializer())


class ArrivalSerializer(ContractSerializer):
    """What has arrived of one line; a difference needs a reason."""

    line_id = RecordIdField()
    received = serializers.IntegerField(min_value=0, max_value=rules.LARGEST_QUANTITY, required=False)
    missing = serializers.IntegerField(min_value=0, max_value=rules.LARGEST_QUANTITY, required=False)
    surplus = serializers.IntegerField(min_value=0, max_value=rules.LARGEST_QUANTITY, required=False)
    reason = TextField(max_length=300)
    serials = SerialListField()
    missing_serials = SerialListField()
    surplus_serials = SerialListField()


class ReceiptSerializer(ContractSerializer):
    receipt_id = NewIdField(required=True, help_text="Made by the client: the same receipt sent again is booked once.")
    notes = TextField(max_length=1000)
    lines = LineListSerializer(
        child=ArrivalSerializer(), required=False, help_text="Left out, all that is under way has arrived."
    )


class CallBackSerializer(ContractSerializer):
    reason = TextField(max_length=300, help_text="Required for what has been sent.")


class InTransitQuery(ContractSerializer):
    branch_id = RecordIdField(required=False)


class InTransitSerializer(ContractModelSerializer):
    """Units of one item that have left a branch and not reached another."""

    transfer_id = serializers.UUIDField()
    number = serializers.CharField(source="transfer.number")
    item_id = serializers.UUIDField()
    item = ItemSummary()
    from_branch_id = serializers.UUIDField(source="transfer.from_branch_id")
    from_branch = CodedShape(source="transfer.from_branch")
    to_branch_id = serializers.UUIDField(source="transfer.to_branch_id")
    to_branch = CodedShape(source="transfer.to_branch")
    quantity = FromRow(("quantity", "received", "missing"), _left, serializers.IntegerField())
    since = serializers.DateTimeField(source="transfer.sent_at")
    value = FromRow(
        ("value_micros", "transfer.from_branch.currency"),
        _value,
        serializers.CharField(),
        help_text="What the units have cost, in the currency of the branch that sent them.",
    )
    currency = serializers.CharField(source="transfer.from_branch.currency")

    class Meta:
        model = TransferLine
        fields = [
            "id", "transfer_id", "number", "item_id", "item", "from_branch_id", "from_branch", "to_branch_id", "to_branch",
            "quantity", "since", "value", "currency",
        ]  # fmt: skip
