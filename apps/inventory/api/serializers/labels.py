"""Shapes of requests for labels."""

from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import ContractSerializer, RecordIdField
from apps.inventory.rules import labels as rules

_SIZES = [(size.name, size.words) for size in rules.SIZES.values()]


class LabelOptions(ContractSerializer):
    """How labels look."""

    size = serializers.ChoiceField(choices=_SIZES)
    code = serializers.ChoiceField(choices=rules.CODES, default=rules.BARCODE)
    start = serializers.IntegerField(
        min_value=1, max_value=100, default=1, help_text="The first free label of a sheet that was used in part."
    )


class LabelQuery(LabelOptions):
    """The labels of one item, as parameters."""

    price = serializers.ChoiceField(choices=["true", "false"], default="true", help_text="Whether the price is on it.")
    copies = serializers.IntegerField(min_value=1, max_value=rules.MOST_LABELS, default=1)


class LabelLine(ContractSerializer):
    """How many labels of which item."""

    item_id = RecordIdField()
    copies = serializers.IntegerField(min_value=1, max_value=rules.MOST_LABELS, default=1)


class LabelBatch(LabelOptions):
    """The labels of many items, in this order."""

    price = serializers.BooleanField(default=True, help_text="Whether the price is on them.")
    items = serializers.ListField(child=LabelLine(), allow_empty=False, max_length=rules.MOST_LABELS)

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if sum(line["copies"] for line in items) > rules.MOST_LABELS:
            message = f"At most {rules.MOST_LABELS} labels are printed at once."
            raise serializers.ValidationError(message, code="max_value")
        return items
