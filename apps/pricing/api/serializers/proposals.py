"""Shapes of proposals."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NamedShape,
    OptionalText,
    RecordIdField,
    TextField,
)
from apps.pricing.api.serializers.prices import DayField, DeviceModelOfPrice
from apps.pricing.enums import PriceSource
from apps.pricing.models import PriceProposal
from apps.pricing.services.proposals import MOST_ACCEPTED


def _by_person(source: str) -> bool:
    return source == PriceSource.PERSON


class ProposalSerializer(ContractModelSerializer):
    """A price that the margin rule would make of a part's new cost. ``setByPerson``: somebody set the price of today."""

    price_id = serializers.UUIDField()
    device_model_id = serializers.UUIDField(source="price.device_model_id")
    device_model = DeviceModelOfPrice(source="price.device_model")
    repair_type = NamedShape(source="price.repair_type")
    part_type = NamedShape(source="price.part_type")
    part_quality = serializers.CharField(source="price.part_quality")
    branch_id = serializers.UUIDField(source="price.branch_id", allow_null=True)
    valid_from = serializers.DateField(source="price.valid_from")
    set_by_person = FromRow(("price.source",), _by_person, serializers.BooleanField())
    item_id = serializers.UUIDField()
    rule_id = serializers.UUIDField()
    old_cost = MoneyField(allow_null=True)
    new_cost = MoneyField()
    current_price = MoneyField()
    proposed_price = MoneyField()
    decided_by = OptionalText()

    class Meta:
        model = PriceProposal
        fields = [
            "id", "status", "price_id", "device_model_id", "device_model", "repair_type", "part_type", "part_quality",
            "branch_id", "valid_from", "set_by_person", "item_id", "item_label", "rule_id", "old_cost", "new_cost",
            "current_price", "proposed_price", "currency", "decided_at", "decided_by", "created_at", "updated_at",
        ]  # fmt: skip


class AcceptedProposalSerializer(ProposalSerializer):
    """A proposal that was accepted, with the price that has its amount from then on."""

    new_price_id = serializers.UUIDField(read_only=True)

    class Meta(ProposalSerializer.Meta):
        fields = [*ProposalSerializer.Meta.fields, "new_price_id"]


class AcceptSerializer(ContractSerializer):
    """As proposed and from today on, unless something else is said."""

    price = MoneyField(required=False, allow_null=True, min_value=Decimal("0.001"))
    valid_from = DayField(required=False, allow_null=True)
    reason = TextField(max_length=200)


class DismissSerializer(ContractSerializer):
    reason = TextField(max_length=200)


class AcceptManySerializer(ContractSerializer):
    ids: Any = serializers.ListField(child=RecordIdField(), min_length=1, max_length=MOST_ACCEPTED)
    reason = TextField(max_length=200)


class AcceptedShape(ContractSerializer):
    """A proposal that was accepted, and the price that has its amount."""

    id = serializers.UUIDField()
    price_id = serializers.UUIDField()


class RefusedShape(ContractSerializer):
    """A proposal that was not accepted, and why."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    message = serializers.CharField()


class AcceptedManyShape(ContractSerializer):
    """What became of each proposal."""

    accepted = AcceptedShape(many=True)
    refused = RefusedShape(many=True)
