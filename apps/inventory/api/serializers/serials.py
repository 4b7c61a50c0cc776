"""Shapes of units with serial numbers."""

from rest_framework import serializers

from apps.core.api.serializers import CodedShape, ContractModelSerializer
from apps.inventory.api.serializers.items import ItemSummary
from apps.inventory.models import Serial


class SerialSerializer(ContractModelSerializer):
    item_id = serializers.UUIDField()
    item = ItemSummary()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    reservation_id = serializers.UUIDField()

    class Meta:
        model = Serial
        fields = [
            "id", "number", "item_id", "item", "state", "branch_id", "branch", "reservation_id", "created_at",
            "updated_at",
        ]  # fmt: skip
