"""Shapes of messages and their templates."""

from typing import Any

from rest_framework import serializers

from apps.core.actor import Actor
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    NewIdField,
    RecordIdField,
    Reference,
)
from apps.core.exceptions import ReferenceMissing
from apps.inventory.models import Branch
from apps.notifications import selectors, services
from apps.notifications.enums import Channel
from apps.notifications.models import MessageTemplate, Notification
from apps.repairs.enums import OrderStatus


class NotificationSerializer(ContractModelSerializer):
    """A message; ``reason`` says why it waits or was not sent, ``lastError`` how the last try failed."""

    user_id = serializers.UUIDField(allow_null=True)
    customer_id = serializers.UUIDField(allow_null=True)
    repair_order_id = serializers.UUIDField(source="order_id", allow_null=True)
    branch_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Notification
        fields = [
            "id", "event", "channel", "status", "user_id", "customer_id", "repair_order_id", "branch_id", "recipient",
            "language", "template_version", "subject", "body", "reason", "merged", "attempts", "last_error",
            "next_try_at", "expires_at", "sent_at", "delivered_at", "provider", "provider_id", "created_at", "updated_at",
        ]  # fmt: skip


class OwnNotificationSerializer(NotificationSerializer):
    """The same for who it was written to: without what is between the shop and its providers."""

    class Meta(NotificationSerializer.Meta):
        fields = [
            "id", "event", "channel", "status", "repair_order_id", "branch_id", "recipient", "language", "subject", "body",
            "sent_at", "delivered_at", "created_at", "updated_at",
        ]  # fmt: skip


class MessageTemplateSerializer(ContractModelSerializer):
    branch_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = MessageTemplate
        fields = [
            "id", "branch_id", "event", "channel", "language", "subject", "body", "version", "is_active", "created_at",
            "updated_at",
        ]  # fmt: skip


class MessageTemplateWriteSerializer(ContractModelSerializer):
    """Liquid with the event's variables; see docs/notifications.md. Without a branch it holds everywhere."""

    id = NewIdField()
    branch_id = Reference(Branch, source="branch", default=None, allow_null=True)
    language = serializers.RegexField(r"^[a-z]{2,3}$", max_length=3, default="en")

    class Meta:
        model = MessageTemplate
        fields = ["id", "branch_id", "event", "channel", "language", "subject", "body", "is_active"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        actor: Actor = self.context["actor"]
        written = MessageTemplate(**{name: value for name, value in self._merged(attrs).items() if name != "id"})
        if not selectors.may_word(actor, written.branch):
            raise ReferenceMissing.on("branchId", "branch among yours")
        services.check_template(written.event, written.channel, written.subject, written.body)
        return attrs

    def update(self, instance: MessageTemplate, validated_data: dict[str, Any]) -> MessageTemplate:
        return services.reword(instance, validated_data)

    def _merged(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What it will be: of a change the fields that are not named stay."""
        names = ("branch", "event", "channel", "language", "subject", "body")
        known = {name: getattr(self.instance, name) for name in names} if self.instance is not None else {}
        return {**known, **attrs}


class TemplatePreviewWriteSerializer(ContractSerializer):
    """On which order; without one the words are a sample's."""

    repair_order_id = RecordIdField(required=False, allow_null=True)


class SegmentsShape(ContractSerializer):
    """What an SMS costs: ``units`` are septets (GSM-7) or 16-bit units (UCS-2)."""

    encoding = serializers.CharField()
    units = serializers.IntegerField()
    count = serializers.IntegerField()


class TemplatePreviewSerializer(ContractSerializer):
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField()
    html = serializers.CharField(allow_blank=True)
    segments = SegmentsShape(allow_null=True)


class StatusPreviewWriteSerializer(ContractSerializer):
    repair_order_id = RecordIdField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)


class PlannedMessageShape(ContractSerializer):
    """A message that would be sent; ``notBefore`` is the end of the quiet hours, ``refused`` why its address takes none."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    recipient = serializers.CharField(source="address")
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField()
    language = serializers.CharField()
    not_before = serializers.DateTimeField(allow_null=True)
    refused = serializers.CharField(allow_blank=True)


class StatusPreviewSerializer(ContractSerializer):
    messages = PlannedMessageShape(many=True)


class MuteSerializer(ContractSerializer):
    muted = serializers.BooleanField()


class DefaultTemplateSerializer(ContractSerializer):
    """How an event is worded where the shop has no words of its own, and what such words may say."""

    event = serializers.CharField()
    channel = serializers.CharField()
    language = serializers.CharField()
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField()
    variables = serializers.ListField(child=serializers.CharField())


class DefaultTemplatesSerializer(ContractSerializer):
    templates = DefaultTemplateSerializer(many=True)
