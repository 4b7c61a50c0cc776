"""Shapes of stock counts."""

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core import money
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    NamedShape,
    NewIdField,
    RecordIdField,
    TextField,
)
from apps.inventory import rules
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.models import CountLine, StockCount


def _difference(counted: int | None, on_hand: int) -> int | None:
    return None if counted is None else counted - on_hand


def _value(counted: int | None, on_hand: int, unit_micros: int, currency: str) -> str | None:
    if counted is None:
        return None
    return money.text(rules.costs.amount((counted - on_hand) * unit_micros), currency)


class CountSerializer(ContractModelSerializer):
    """A count in a list. One without a category counts the whole branch."""

    branch_id = serializers.UUIDField()
    branch = CodedShape()
    category_id = serializers.UUIDField()
    category = NamedShape()
    created_by = actor_field()

    class Meta:
        model = StockCount
        fields = [
            "id", "number", "status", "branch_id", "branch", "category_id", "category", "is_blind", "notes", "closed_at",
            "created_by", "created_at", "updated_at",
        ]  # fmt: skip


class CountTotalsSerializer(ContractSerializer):
    """How far a count is, and what it has found; of a blind one that is open, what it expects is ``null``."""

    lines = serializers.IntegerField()
    counted = serializers.IntegerField()
    disturbed = serializers.IntegerField()
    differing = serializers.IntegerField(allow_null=True)
    surplus = serializers.IntegerField(allow_null=True, help_text="Units too many.")
    shortage = serializers.IntegerField(allow_null=True, help_text="Units too few.")
    surplus_value = serializers.CharField(allow_null=True)
    shortage_value = serializers.CharField(allow_null=True)
    currency = serializers.CharField()


class CountDetailSerializer(CountSerializer):
    """One count, with its totals."""

    totals = CountTotalsSerializer()

    class Meta(CountSerializer.Meta):
        fields = [*CountSerializer.Meta.fields, "totals"]


class CountLineSerializer(ContractModelSerializer):
    """What was counted of an item. Of a line that nobody has counted, ``onHand`` is what was there when it was made."""

    item_id = serializers.UUIDField()
    item = ItemSummary()
    tracks_serials = serializers.BooleanField(source="item.tracks_serials")
    difference = FromRow(("counted", "on_hand"), _difference, serializers.IntegerField(allow_null=True))
    difference_value = FromRow(
        ("counted", "on_hand", "unit_micros", "count.branch.currency"),
        _value,
        serializers.CharField(allow_null=True),
        help_text="By the average cost at the branch when it was counted, in the branch's currency.",
    )

    class Meta:
        model = CountLine
        fields = [
            "id", "item_id", "item", "tracks_serials", "on_hand", "counted", "difference", "difference_value",
            "disturbed", "counted_at", "created_at", "updated_at",
        ]  # fmt: skip


class BlindLineSerializer(CountLineSerializer):
    """What those see who count without knowing what is expected."""

    on_hand = FromRow((), lambda: None, serializers.IntegerField(allow_null=True))
    difference = FromRow((), lambda: None, serializers.IntegerField(allow_null=True))
    difference_value = FromRow((), lambda: None, serializers.CharField(allow_null=True))


class CountWriteSerializer(ContractSerializer):
    id = NewIdField()
    branch_id = RecordIdField()
    category_id = RecordIdField(required=False, allow_null=True)
    is_blind = serializers.BooleanField(required=False)
    notes = TextField(max_length=1000)


class CountEntryWriteSerializer(ContractSerializer):
    """One scan (``code``), one more unit of an item, or the number that was counted in all (``countedQuantity``)."""

    id = NewIdField(help_text="Made by the phone: an entry that is sent twice counts once.")
    code = TextField(max_length=100, help_text="A barcode, a SKU or a serial number.")
    inventory_item_id = RecordIdField(required=False, allow_null=True, source="item_id")
    serial_number = TextField(max_length=100)
    quantity = serializers.IntegerField(
        min_value=-rules.LARGEST_QUANTITY, max_value=rules.LARGEST_QUANTITY, required=False,
        help_text="Added to what was counted; negative to take a scan back. 1 if left out.",
    )  # fmt: skip
    counted_quantity = serializers.IntegerField(
        min_value=0, max_value=rules.LARGEST_QUANTITY, required=False, allow_null=True, source="total"
    )


class CountPostSerializer(ContractSerializer):
    uncounted = serializers.ChoiceField(
        choices=[("leave", "stays as it is"), ("zero", "is not there")],
        required=False,
        help_text="What becomes of lines that nobody has counted.",
    )


class CountLinesQuery(ContractSerializer):
    counted = serializers.BooleanField(required=False)
    differing = serializers.BooleanField(required=False)
    disturbed = serializers.BooleanField(required=False)
