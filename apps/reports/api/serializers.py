"""Shapes of reports."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from apps.accounts.models import User
from apps.accounts.rules import Right
from apps.audit.recorded import actor_field
from apps.core.actor import Actor
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    NewIdField,
    RecordIdField,
    Reference,
    References,
    RelatedIds,
    camel,
)
from apps.core.exceptions import ReferenceMissing
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.reports import selectors, services
from apps.reports.enums import Period
from apps.reports.models import Report, ReportSchedule


class ReportWriteSerializer(ContractSerializer):
    """Either the period in which ``day`` lies, or a range with its first and its last day."""

    id = NewIdField()
    branch_id = RecordIdField(required=False, allow_null=True)
    period = serializers.ChoiceField(choices=Period.choices)
    day = serializers.DateField(required=False)
    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)


class ReportSummarySerializer(ContractModelSerializer):
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    actor = actor_field()

    class Meta:
        model = Report
        fields = [
            "id", "branch_id", "branch", "period", "first_day", "last_day", "status", "made_at", "actor", "created_at",
            "updated_at",
        ]  # fmt: skip


def _named(data: Any) -> Any:
    """Figures as the interface names them; what they say stays."""
    if isinstance(data, dict):
        return {camel(name): _named(value) for name, value in data.items()}
    return [_named(value) for value in data] if isinstance(data, list) else data


class BranchReportSerializer(ReportSummarySerializer):
    """With its figures, once they are made: see docs/reports.md."""

    figures = FromRow(("data",), _named, serializers.JSONField(allow_null=True))

    class Meta(ReportSummarySerializer.Meta):
        fields = [*ReportSummarySerializer.Meta.fields, "figures"]


class ScheduleSerializer(ContractModelSerializer):
    branch_id = serializers.UUIDField()
    branch = CodedShape()
    recipient_ids = RelatedIds(source="recipients")

    class Meta:
        model = ReportSchedule
        fields = [
            "id", "branch_id", "branch", "period", "hour", "recipient_ids", "is_active", "since", "created_at",
            "updated_at",
        ]  # fmt: skip


class ScheduleWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    branch_id = Reference(Branch, source="branch")
    recipient_ids = References(User, max_length=50, source="recipients", required=False)

    class Meta:
        model = ReportSchedule
        fields = ["id", "branch_id", "period", "hour", "recipient_ids", "is_active"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        actor: Actor = self.context["actor"]
        branch = attrs.get("branch") or self.instance.branch  # type: ignore[union-attr]
        if not branches_within(actor, Right.REPORTS_SCHEDULE).filter(pk=branch.pk).exists():
            raise ReferenceMissing.on("branchId", "branch among yours")
        chosen = attrs.get("recipients", [])
        if len(selectors.readers_of(branch, chosen)) != len(chosen):
            raise ReferenceMissing.on("recipientIds", "user who may read the reports of this branch")
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ReportSchedule:
        return services.add_schedule(validated_data, now=timezone.now())
