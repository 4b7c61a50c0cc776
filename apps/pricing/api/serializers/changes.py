"""Shapes of changes of many prices."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.catalog.enums import DeviceType, PartQuality
from apps.core import money
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    NewIdField,
    OptionalText,
    RecordIdField,
    TextField,
)
from apps.pricing.api.serializers.prices import DayField
from apps.pricing.enums import ChangeKind, PriceSource
from apps.pricing.models import BulkChange, BulkChangeLine
from apps.pricing.rules import Habit
from apps.pricing.rules.changes import Operation, Selection
from apps.pricing.services.bulk_changes import ChangeRequest


class SelectionSerializer(ContractSerializer):
    """Which prices: the filters of the price list. All of them without any."""

    brand_id = RecordIdField(required=False)
    device_model_id = RecordIdField(required=False)
    device_type = serializers.ChoiceField(choices=DeviceType.choices, required=False)
    repair_type_id = RecordIdField(required=False)
    part_type_id = RecordIdField(required=False)
    part_quality = serializers.ChoiceField(choices=PartQuality.choices, required=False)
    branch_id = RecordIdField(required=False, help_text="Only the branch's own prices.")
    source = serializers.ChoiceField(choices=PriceSource.choices, required=False)  # type: ignore[assignment]
    q = TextField(max_length=200)


class OperationSerializer(ContractSerializer):
    """What becomes of an amount, and how the result is rounded: to a multiple of a step, plus an ending."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    value = serializers.DecimalField(
        max_digits=14, decimal_places=3, required=False, allow_null=True,
        help_text="Percent, or an amount; may be negative. None for `margin`.",
    )  # fmt: skip
    currency = serializers.CharField(
        min_length=3,
        max_length=3,
        required=False,
        help_text="Of the value and the rounding; the installation's if not said.",
    )
    rounding_step = serializers.DecimalField(max_digits=14, decimal_places=3, required=False, min_value=0)
    rounding_ending = serializers.DecimalField(max_digits=14, decimal_places=3, required=False)


class ChangeWriteSerializer(ContractSerializer):
    id = NewIdField()
    selection = SelectionSerializer()
    operation = OperationSerializer()
    valid_from = DayField(required=False, help_text="Today if not said.")
    reason = TextField(max_length=200, required=True)


def change_request(given: Mapping[str, Any]) -> ChangeRequest:
    """What ``ChangeWriteSerializer`` has read, as the service takes it."""
    said = dict(given["operation"])
    operation = Operation(
        kind=ChangeKind(said["kind"]),
        value=said.get("value"),
        currency=said.get("currency", settings.CURRENCY),
        habit=Habit(said.get("rounding_step", money.ZERO), said.get("rounding_ending", money.ZERO)),
    )
    return ChangeRequest(
        Selection(**given["selection"]), operation, given["reason"], given.get("valid_from"), given.get("id")
    )


class ChangeSerializer(ContractModelSerializer):
    """A change in a list. ``affected`` is how many prices it changes."""

    selection = FromRow(("selection",), lambda said: said, SelectionSerializer())
    operation = FromRow(("operation",), lambda said: said, OperationSerializer())
    created_by = actor_field()

    class Meta:
        model = BulkChange
        fields = [
            "id", "status", "selection", "operation", "reason", "valid_from", "affected", "applied_at", "undone_at",
            "created_by", "created_at", "updated_at",
        ]  # fmt: skip


class ChangeTotalsSerializer(ContractSerializer):
    """How many lines there are, and how many of them do what."""

    lines = serializers.IntegerField()
    changed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="Left as they are although the change was undone.")


class ChangeDetailSerializer(ChangeSerializer):
    """One change, with what its lines come to."""

    totals = ChangeTotalsSerializer()

    class Meta(ChangeSerializer.Meta):
        fields = [*ChangeSerializer.Meta.fields, "totals"]


def _of(name: str) -> Any:
    return lambda state: state.get(name)


class ChangeLineSerializer(ContractModelSerializer):
    """What a change makes of one price. ``newPrice`` is ``null`` for one that it skips, and ``keptBecause`` says why."""

    price_id = serializers.UUIDField()
    made_id = serializers.UUIDField(help_text="The price that takes its place, once the change is applied.")
    name = FromRow(("before",), _of("label"), serializers.CharField())
    currency = FromRow(("before",), _of("currency"), serializers.CharField())
    old_price = FromRow(("before",), _of("price"), serializers.CharField())
    new_price = FromRow(("after",), _of("price"), serializers.CharField(allow_null=True))
    valid_from = FromRow(("after",), _of("valid_from"), serializers.DateField(allow_null=True))
    valid_until = FromRow(("after",), _of("valid_until"), serializers.DateField(allow_null=True))
    kept_because = OptionalText()

    class Meta:
        model = BulkChangeLine
        fields = [
            "id", "position", "price_id", "made_id", "name", "currency", "old_price", "new_price", "valid_from",
            "valid_until", "kept_because", "created_at", "updated_at",
        ]  # fmt: skip


class ChangeLinesQuery(ContractSerializer):
    what = serializers.ChoiceField(choices=["changed", "skipped", "kept"], required=False)
