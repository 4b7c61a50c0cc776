"""Shapes of warranties and claims."""

from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import ContractModelSerializer, ContractSerializer, RecordIdField, TextField
from apps.repairs.api.serializers.requests import MOST_LINES, WarrantyClaimSerializer
from apps.repairs.api.serializers.work import ReasonSerializer
from apps.repairs.models import Warranty


class WarrantySerializer(ContractModelSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    line_id = serializers.UUIDField()
    continues_warranty_id = serializers.UUIDField(source="continues_id")

    class Meta:
        model = Warranty
        fields = ["id", "repair_order_id", "line_id", "continues_warranty_id", "description", "months", "starts_on",
                  "ends_on", "terms", "created_at", "updated_at"]  # fmt: skip


class CoverSerializer(ContractSerializer):
    """A line, and whether its warranty runs today."""

    line_id = serializers.UUIDField(source="line.id")
    description = serializers.CharField()
    quantity = serializers.IntegerField(source="line.quantity")
    covered = serializers.BooleanField(source="is_covered")
    until = serializers.DateField()
    warranty_id = serializers.UUIDField()


class CoversSerializer(ContractSerializer):
    on = serializers.DateField()
    items = CoverSerializer(many=True)


class FailedPartSerializer(ReasonSerializer):
    """What failed of a line of the first repair."""

    line_id = RecordIdField()
    serial_number = TextField(max_length=100)
    quantity = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class ClaimSerializer(WarrantyClaimSerializer):
    line_ids = serializers.ListField(child=RecordIdField(), max_length=MOST_LINES, required=False)
    faulty_parts = serializers.ListField(child=FailedPartSerializer(), max_length=MOST_LINES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A list that is empty names no line, which is a mistake and not a wish."""
        if attrs.get("line_ids") == []:
            raise serializers.ValidationError({"lineIds": ["Name at least one line, or leave this out."]})
        return attrs
