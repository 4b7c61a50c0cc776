"""Shapes of invoices, credit notes, and money for several orders at once."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    MoneyField,
    NewIdField,
    OptionalText,
    RecordIdField,
    TextField,
)
from apps.repairs.enums import PaymentKind, PaymentMethod
from apps.repairs.models import Invoice, InvoiceLine, Payment, Tender

MOST_CREDITED = 1000
MOST_ALLOCATIONS = 100


class InvoiceLineSerializer(ContractModelSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    order_line_id = serializers.UUIDField()
    credits_id = serializers.UUIDField()
    unit_price = MoneyField(currency="invoice.currency")
    discount = MoneyField(currency="invoice.currency")
    total_price = MoneyField(currency="invoice.currency")
    tax_amount = MoneyField(currency="invoice.currency")

    class Meta:
        model = InvoiceLine
        fields = [
            "id", "repair_order_id", "order_line_id", "credits_id", "description", "quantity", "unit_price", "discount",
            "total_price", "tax_percent", "tax_amount", "created_at", "updated_at",
        ]  # fmt: skip


class InvoiceSerializer(ContractModelSerializer):
    """What stands on the paper; amounts of a credit note are positive as well."""

    branch_id = serializers.UUIDField()
    branch = CodedShape()
    drop_off_id = serializers.UUIDField()
    corrects_id = serializers.UUIDField()
    seller = serializers.JSONField()
    customer = serializers.JSONField()
    net_total = MoneyField()
    tax_total = MoneyField()
    total_price = MoneyField(source="total")
    paid = MoneyField()
    reason = OptionalText()
    items = InvoiceLineSerializer(many=True, source="lines")
    actor = actor_field()

    class Meta:
        model = Invoice
        fields = [
            "id", "number", "kind", "branch_id", "branch", "drop_off_id", "corrects_id", "issued_on", "language",
            "seller", "customer", "currency", "prices_include_tax", "net_total", "tax_total", "total_price", "paid",
            "reason", "items", "actor", "created_at", "updated_at",
        ]  # fmt: skip


class CreditedLineSerializer(ContractSerializer):
    line_id = RecordIdField()
    amount = MoneyField(required=False)


class CreditedLinesSerializer(serializers.ListSerializer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, max_length=MOST_CREDITED, **kwargs)


class CreditNoteWriteSerializer(ContractSerializer):
    """Without ``lines`` all that is left of the invoice is taken back."""

    id = NewIdField()
    reason = serializers.CharField(max_length=500)
    lines = CreditedLinesSerializer(child=CreditedLineSerializer(), required=False)


class SharedPaymentSerializer(ContractModelSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    amount = MoneyField()

    class Meta:
        model = Payment
        fields = ["id", "repair_order_id", "amount", "currency", "created_at", "updated_at"]


class TenderSerializer(ContractModelSerializer):
    """An amount that changed hands at once, and its share of each order."""

    drop_off_id = serializers.UUIDField()
    amount = MoneyField()
    payments = SharedPaymentSerializer(many=True)
    actor = actor_field()

    class Meta:
        model = Tender
        fields = [
            "id", "drop_off_id", "kind", "method", "amount", "currency", "reference", "payments", "actor", "created_at",
            "updated_at",
        ]  # fmt: skip


class AllocationSerializer(ContractSerializer):
    repair_order_id = RecordIdField(source="order_id")
    amount = MoneyField(min_value=Decimal("0.001"))


class AllocationsSerializer(serializers.ListSerializer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, max_length=MOST_ALLOCATIONS, **kwargs)


class TenderWriteSerializer(ContractSerializer):
    id = NewIdField()
    amount = MoneyField(min_value=Decimal("0.001"))
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    kind = serializers.ChoiceField(choices=PaymentKind.choices, default=PaymentKind.PAYMENT)
    reference = TextField(max_length=100)
    allocations = AllocationsSerializer(child=AllocationSerializer(), required=False)
