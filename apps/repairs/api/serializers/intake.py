"""Shapes of what is kept of an intake: checklists, terms, signatures, and what is known of a device."""

import base64
import binascii
import re
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core.api.serializers import (
    CodedShape,
    ContractModelSerializer,
    ContractSerializer,
    FromRow,
    NewIdField,
    OptionalText,
    RecordIdField,
    TextField,
)
from apps.core.images import ImageRefused
from apps.core.written_names import MOST_BYTES, read_signature
from apps.repairs.enums import ChecklistStage, SignaturePurpose
from apps.repairs.models import Checklist, ChecklistAnswer, ChecklistQuestion, ChecklistTemplate, Signature
from apps.repairs.rules import checklists as rules

_DATA_URL = re.compile(r"^data:image/png;base64,")
_MOST_ANSWERS = 100


class QuestionSerializer(ContractModelSerializer):
    class Meta:
        model = ChecklistQuestion
        fields = ["id", "position", "text", "kind", "is_required"]


class TemplateSerializer(ContractModelSerializer):
    """A checklist as it is put now; ``deviceType`` is null in one for all that have none of their own."""

    device_type = OptionalText()
    questions = QuestionSerializer(many=True)

    class Meta:
        model = ChecklistTemplate
        fields = ["id", "name", "stage", "device_type", "questions", "created_at", "updated_at"]


class GivenAnswerSerializer(ContractModelSerializer):
    question_id = serializers.UUIDField()
    answer = OptionalText()
    text = OptionalText()
    attachment_id = serializers.UUIDField()

    class Meta:
        model = ChecklistAnswer
        fields = ["position", "question_id", "question", "kind", "answer", "text", "number", "attachment_id"]


class ChecklistSerializer(ContractModelSerializer):
    """Questions as they were put and their answers. ``passed`` is of quality checks: no question was answered with no."""

    answers = GivenAnswerSerializer(many=True)
    actor = actor_field()

    class Meta:
        model = Checklist
        fields = ["id", "stage", "name", "passed", "answers", "actor", "created_at", "updated_at"]


class AnswerWriteSerializer(ContractSerializer):
    """One of the four, by the kind of the question."""

    question_id = RecordIdField()
    answer = serializers.ChoiceField(choices=rules.ANSWERS, required=False)
    text = TextField(max_length=500)
    number = serializers.DecimalField(max_digits=14, decimal_places=3, required=False, allow_null=True)
    attachment_id = RecordIdField(required=False, allow_null=True)


class AnswerListSerializer(serializers.ListSerializer):
    """A bounded number of answers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=_MOST_ANSWERS, **kwargs)


class AnswersWriteSerializer(ContractSerializer):
    """Without ``templateId`` the answers are to the checklist for the kind of device."""

    id = NewIdField()
    template_id = RecordIdField(required=False, allow_null=True)
    answers = AnswerListSerializer(child=AnswerWriteSerializer())


class ChecklistWriteSerializer(AnswersWriteSerializer):
    stage = serializers.ChoiceField(choices=ChecklistStage.choices)


class TermsQuery(ContractSerializer):
    purpose = serializers.ChoiceField(choices=SignaturePurpose.choices, default=SignaturePurpose.INTAKE)


class TermsSerializer(ContractSerializer):
    """The text to be signed. ``textSha256`` goes back with the signature: a text that changed meanwhile is not signed."""

    purpose = serializers.CharField()
    language = serializers.CharField()
    text = serializers.CharField()
    text_sha256 = serializers.CharField()


def _image_url(order_id: UUID | None, drop_off_id: UUID | None, pk: UUID) -> str:
    owner = f"repairs/{order_id}" if order_id else f"drop-offs/{drop_off_id}"
    return f"/api/v1/{owner}/signatures/{pk}/image"


class SignatureSerializer(ContractModelSerializer):
    repair_order_id = serializers.UUIDField(source="order_id")
    drop_off_id = serializers.UUIDField()
    image_url = FromRow(("order_id", "drop_off_id", "id"), _image_url, serializers.CharField())
    actor = actor_field()

    class Meta:
        model = Signature
        fields = [
            "id", "repair_order_id", "drop_off_id", "purpose", "name", "text", "text_sha256", "image_url", "address",
            "actor", "created_at", "updated_at",
        ]  # fmt: skip


class DrawingField(serializers.CharField):
    """A PNG of at most 100 kB in base64, alone or as a data URL."""

    default_error_messages = {"invalid_image": "Send a PNG picture in base64."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2 * MOST_BYTES, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = _DATA_URL.sub("", super().to_internal_value(data))
        try:
            return read_signature(base64.b64decode(text, validate=True))
        except binascii.Error:
            self.fail("invalid_image")
        except ImageRefused as refusal:
            raise serializers.ValidationError(str(refusal), code=refusal.code) from None


class SignatureWriteSerializer(ContractSerializer):
    """Without ``image`` the name is drawn by the server, for who signs with the keyboard."""

    id = NewIdField()
    purpose = serializers.ChoiceField(choices=SignaturePurpose.choices)
    name = serializers.CharField(max_length=200)
    image = DrawingField(required=False)
    text_sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$")


class IntakeCheckQuery(ContractSerializer):
    imei = serializers.CharField(max_length=30, required=False, allow_blank=True)
    serial = serializers.CharField(max_length=60, required=False, allow_blank=True)


class KnownOrderSerializer(ContractSerializer):
    """An order of the same device; of another branch's only the branch is told."""

    id = serializers.UUIDField(source="order.id", allow_null=True, default=None)
    order_number = serializers.CharField(source="order.order_number", allow_null=True, default=None)
    status = serializers.CharField(source="order.status", allow_null=True, default=None)
    branch = CodedShape()
    warranty_until = serializers.DateField(allow_null=True)


class IntakeCheckSerializer(ContractSerializer):
    """``imeiValid`` is null without an IMEI."""

    imei_valid = serializers.BooleanField(allow_null=True)
    open_orders = KnownOrderSerializer(many=True)
    under_warranty = KnownOrderSerializer(many=True)
