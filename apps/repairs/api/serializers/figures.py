"""Figures of the work, each with the list that yields it; and the rows of the lists that are read for that alone."""

from rest_framework import serializers

from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    MoneyField,
)
from apps.repairs.api.serializers.answers import DeviceModelOfOrder, PaymentSerializer
from apps.repairs.models import RepairOrder


class FigureSerializer(ContractSerializer):
    """How many there are, and where they are listed: as many as ``pagination.total`` says there."""

    count = serializers.IntegerField()
    list = serializers.CharField()


class StatusFigureSerializer(FigureSerializer):
    status = serializers.CharField()


class TakingsSerializer(ContractSerializer):
    currency = serializers.CharField()
    taken = MoneyField()
    refunded = MoneyField()


class TakingsFigureSerializer(FigureSerializer):
    amounts = TakingsSerializer(many=True)


class DashboardSerializer(ContractSerializer):
    """The work within the caller's scope; ``date`` is the day of their first branch, in its ``timezone``."""

    date = serializers.DateField()
    timezone = serializers.CharField()
    orders_by_status = StatusFigureSerializer(many=True)
    overdue = FigureSerializer()
    due_today = FigureSerializer()
    ready_for_pickup = FigureSerializer()
    unassigned = FigureSerializer()


class CounterDashboardSerializer(DashboardSerializer):
    """The same, and what has come in today."""

    intakes_today = FigureSerializer()
    payments_today = TakingsFigureSerializer()


class UnassignedOrderSerializer(ContractModelSerializer):
    """What is known of an order before somebody takes it: the device, not whose it is."""

    branch_id = serializers.UUIDField()
    branch = CodedShape()
    device_model_id = serializers.UUIDField()
    device_model = DeviceModelOfOrder()

    class Meta:
        model = RepairOrder
        fields = [
            "id", "order_number", "status", "priority", "branch_id", "branch", "device_model_id", "device_model",
            "issue_description", "estimated_completion", "created_at", "updated_at",
        ]  # fmt: skip


class ListedPaymentSerializer(PaymentSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    order_number = serializers.CharField(source="order.order_number")

    class Meta(PaymentSerializer.Meta):
        fields = ["repair_order_id", "order_number", *PaymentSerializer.Meta.fields]
