"""Shapes of what happens to parts, of time spent and of work done again."""

from typing import Any

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core.api.serializers import ContractModelSerializer, ContractSerializer, RecordIdField, TextField
from apps.repairs.api.serializers.answers import PersonSummary
from apps.repairs.models import Rework


class ReasonSerializer(ContractSerializer):
    reason = serializers.CharField(max_length=500)


class FailureSerializer(ReasonSerializer):
    serial_number = TextField(max_length=100)
    quantity = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    replace = serializers.BooleanField(required=False)


class ReworkSerializer(ContractModelSerializer):
    """Work that had to be done again: whose it was, and on which line and part."""

    technician_id = serializers.UUIDField()
    technician = PersonSummary()
    inventory_item_id = serializers.UUIDField(source="item_id")
    line_id = serializers.UUIDField(source="line_id_then")
    actor = actor_field()

    class Meta:
        model = Rework
        fields = ["id", "technician_id", "technician", "inventory_item_id", "line_id", "reason", "actor", "created_at",
                  "updated_at"]  # fmt: skip


class StartSerializer(ContractSerializer):
    line_id = RecordIdField(required=False, allow_null=True)


class CorrectionSerializer(ContractSerializer):
    started_at = serializers.DateTimeField(required=False)
    stopped_at = serializers.DateTimeField(required=False)
    reason = serializers.CharField(max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A reason also where PATCH leaves fields out: a corrected time always says why."""
        if not attrs.get("reason"):
            error = serializers.ErrorDetail("Say why the times were wrong.", code="required")
            raise serializers.ValidationError({"reason": [error]})
        return attrs


class WorkEntrySerializer(ContractSerializer):
    """Time that somebody worked; without an end they are at it now."""

    id = serializers.UUIDField()
    repair_order_id = serializers.UUIDField(source="order_id")
    line_id = serializers.UUIDField()
    technician_id = serializers.UUIDField()
    technician = PersonSummary()
    started_at = serializers.DateTimeField()
    stopped_at = serializers.DateTimeField()
    is_corrected = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TechnicianMinutes(ContractSerializer):
    technician_id = serializers.UUIDField()
    minutes = serializers.IntegerField()


class LineMinutes(ContractSerializer):
    line_id = serializers.UUIDField()
    minutes = serializers.IntegerField()


class WorkSerializer(ContractSerializer):
    """Minutes are whole ones; what runs counts until now."""

    entries = WorkEntrySerializer(many=True)
    minutes = serializers.IntegerField()
    by_technician = TechnicianMinutes(many=True)
    by_line = LineMinutes(many=True)


class DueSerializer(ContractSerializer):
    """By when something has to happen: the promise, and how long the order may stay in its status."""

    promised_at = serializers.DateTimeField()
    limit_hours = serializers.IntegerField()
    limit_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    is_overdue = serializers.BooleanField()
