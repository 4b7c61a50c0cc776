"""Shapes of quotes, of what is said to them, and of the customer's link."""

from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    MoneyField,
    NewIdField,
    RecordIdField,
    TextField,
)
from apps.repairs import rules, selectors
from apps.repairs.api.serializers.requests import MOST_LINES, MOST_UNITS
from apps.repairs.enums import DecidedBy
from apps.repairs.models import Quote, QuoteDecision, QuoteLine


class QuoteLineSerializer(ContractModelSerializer):
    """``insteadOfId`` names the line of the quote that another way stands for, ``orderLineId`` the line of the order."""

    order_line_id = serializers.UUIDField()
    instead_of_id = serializers.UUIDField()
    repair_type_id = serializers.UUIDField()
    part_type_id = serializers.UUIDField()
    inventory_item_id = serializers.UUIDField(source="item_id")
    unit_price = MoneyField(currency="quote.currency")
    discount = MoneyField(currency="quote.currency")
    total_price = MoneyField(currency="quote.currency")
    tax_amount = MoneyField(currency="quote.currency")

    class Meta:
        model = QuoteLine
        fields = [
            "id", "position", "order_line_id", "instead_of_id", "is_required", "repair_type_id", "part_type_id",
            "inventory_item_id", "description", "quality", "quantity", "unit_price", "discount", "total_price",
            "tax_percent", "tax_amount", "warranty_months",
        ]  # fmt: skip


class CustomerQuoteLineSerializer(QuoteLineSerializer):
    """What customers see of a line: not which part of the shop's stock it takes."""

    class Meta(QuoteLineSerializer.Meta):
        fields = [name for name in QuoteLineSerializer.Meta.fields if name != "inventory_item_id"]


class DecisionOfQuote(ContractModelSerializer):
    total = MoneyField(currency="quote.currency")
    chosen_line_ids = serializers.JSONField(source="chosen")
    decided_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = QuoteDecision
        fields = ["approved", "way", "name", "reason", "chosen_line_ids", "total", "decided_at"]


class QuoteSerializer(ContractModelSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    subtotal = MoneyField()
    discount_total = MoneyField()
    tax_total = MoneyField()
    total_price = MoneyField(source="total")
    lines = QuoteLineSerializer(many=True)
    decision = DecisionOfQuote(allow_null=True)

    class Meta:
        model = Quote
        fields = [
            "id", "repair_order_id", "version", "status", "currency", "prices_include_tax", "subtotal", "discount_total",
            "tax_total", "total_price", "valid_until", "message", "text", "text_sha256", "is_automatic", "lines",
            "decision", "created_at", "updated_at",
        ]  # fmt: skip


class CustomerQuoteSerializer(QuoteSerializer):
    """What customers see of a quote on their order."""

    lines = CustomerQuoteLineSerializer(many=True)


class LinkedQuoteSerializer(QuoteSerializer):
    """A quote with the token under which the customer finds it."""

    tracking_token = FromRow(
        ("order.id", "order.tracking_number", "order.tracking_closed"),
        selectors.tracking_token,
        serializers.CharField(allow_null=True),
    )

    class Meta(QuoteSerializer.Meta):
        fields = [*QuoteSerializer.Meta.fields, "tracking_token"]


class SentQuoteSerializer(LinkedQuoteSerializer):
    """What sending a quote answers: the view adds the address of the customer's page."""

    tracking_url = serializers.CharField(read_only=True, allow_null=True)

    class Meta(LinkedQuoteSerializer.Meta):
        fields = [*LinkedQuoteSerializer.Meta.fields, "tracking_url"]


class AlternativeSerializer(ContractSerializer):
    """Another way to do the line ``lineId`` of the order; as many of it unless ``quantity`` says otherwise."""

    line_id = RecordIdField()
    repair_type_id = RecordIdField()
    part_type_id = RecordIdField(required=False, allow_null=True)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, required=False)
    unit_price = MoneyField(required=False)
    discount = MoneyField(required=False)
    total_price = MoneyField(required=False)
    inventory_item_id = RecordIdField(source="item_id", required=False, allow_null=True)


class QuoteWriteSerializer(ContractSerializer):
    id = NewIdField()
    valid_until = serializers.DateTimeField(required=False)
    valid_days = serializers.IntegerField(min_value=1, max_value=rules.LONGEST_VALIDITY, required=False)
    message = TextField(max_length=2000)
    required_line_ids = serializers.ListField(child=RecordIdField(), max_length=MOST_LINES, required=False)
    alternatives: serializers.ListSerializer = serializers.ListSerializer(
        child=AlternativeSerializer(), required=False, max_length=MOST_LINES
    )
    notify = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "valid_until" in attrs and "valid_days" in attrs:
            raise serializers.ValidationError({"validDays": "Name a time or a number of days, not both."}, "invalid")
        return attrs


class AnswerSerializer(ContractSerializer):
    """A customer's word on one version; ``lines`` are ids of lines of the quote, or of the order's own."""

    quote_version = serializers.IntegerField(min_value=1, max_value=32_767)
    lines = serializers.ListField(child=RecordIdField(), max_length=2 * MOST_LINES, required=False, allow_null=True)
    name = serializers.CharField(max_length=200)
    reason = TextField(max_length=500)


class DecisionSerializer(AnswerSerializer):
    """A customer's word as it was told to the shop."""

    approved = serializers.BooleanField()
    way = serializers.ChoiceField(choices=[(way.value, way.label) for way in (DecidedBy.COUNTER, DecidedBy.PHONE)])


class TrackingSerializer(ContractSerializer):
    """The customer's link; without a token and an address while it is closed."""

    token = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    closed = serializers.BooleanField()
