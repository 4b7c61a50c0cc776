"""Shapes of visits in which several devices are brought."""

from typing import Any

from rest_framework import serializers

from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    InSequence,
    MoneyField,
    NewIdField,
    RecordIdField,
)
from apps.repairs.api.serializers.answers import CustomerOfOrder, OrderSerializer
from apps.repairs.api.serializers.requests import DeviceSerializer
from apps.repairs.models import DropOff

MOST_DEVICES = 20


class OrderOfDropOff(OrderSerializer):
    """An order as its visit shows it."""

    class Meta(OrderSerializer.Meta):
        fields = [
            "id", "order_number", "status", "device_model_id", "device_model", "device_imei", "device_serial",
            "currency", "total_price", "paid", "balance", "created_at", "updated_at",
        ]  # fmt: skip
        list_serializer_class = InSequence
        ordering = ["created_at", "id"]  # as they were named: the n-th device is the n-th order


class DropOffSerializer(ContractModelSerializer):
    customer_id = serializers.UUIDField()
    customer = CustomerOfOrder()
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    orders = OrderOfDropOff(many=True)

    class Meta:
        model = DropOff
        fields = [
            "id", "number", "customer_id", "customer", "branch_id", "branch", "orders", "created_at", "updated_at",
        ]  # fmt: skip


class DropOffDetailSerializer(DropOffSerializer):
    """A visit with what all its orders come to together."""

    currency = serializers.CharField()
    total_price = MoneyField()
    paid = MoneyField()
    balance = MoneyField()

    class Meta(DropOffSerializer.Meta):
        fields = [*DropOffSerializer.Meta.fields, "currency", "total_price", "paid", "balance"]


class DeviceListSerializer(serializers.ListSerializer):
    """At least one device, and a bounded number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, min_length=1, max_length=MOST_DEVICES, **kwargs)


class DropOffWriteSerializer(ContractSerializer):
    """One to twenty devices of one customer, each as it is given to take in a single one."""

    id = NewIdField()
    customer_id = RecordIdField()
    branch_id = RecordIdField(required=False, allow_null=True)
    devices = DeviceListSerializer(child=DeviceSerializer())
