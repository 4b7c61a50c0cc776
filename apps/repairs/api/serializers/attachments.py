"""Shapes of the files of an order."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.audit.recorded import actor_field
from apps.core.api.serializers import ContractModelSerializer, ContractSerializer, FromRow
from apps.core.uploads import FileRefused, Upload, read_upload
from apps.repairs.enums import AttachmentKind
from apps.repairs.models import Attachment


def _download(order_id: UUID, pk: UUID) -> str:
    return f"/api/v1/repairs/{order_id}/attachments/{pk}/download"


def _thumbnail(order_id: UUID, pk: UUID, has_thumbnail: bool) -> str | None:
    return f"/api/v1/repairs/{order_id}/attachments/{pk}/thumbnail" if has_thumbnail else None


class AttachmentSerializer(ContractModelSerializer):
    """``thumbnailUrl`` is there once a job has made the small form of a picture; documents have none."""

    download_url = FromRow(("order_id", "id"), _download, serializers.CharField())
    thumbnail_url = FromRow(("order_id", "id", "has_thumbnail"), _thumbnail, serializers.CharField(allow_null=True))
    actor = actor_field()

    class Meta:
        model = Attachment
        fields = [
            "id", "kind", "name", "media", "size", "width", "height", "for_customer", "download_url", "thumbnail_url",
            "actor", "created_at", "updated_at",
        ]  # fmt: skip


class CustomerAttachmentSerializer(AttachmentSerializer):
    """What customers see of a file that is meant for them."""

    class Meta(AttachmentSerializer.Meta):
        fields = [name for name in AttachmentSerializer.Meta.fields if name not in {"actor", "for_customer"}]


class FormTruthField(serializers.ChoiceField):
    """Yes or no in a form, where everything is text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"


class AttachmentWriteSerializer(ContractSerializer):
    """A form with one file, a JPEG, PNG, WebP or HEIC picture or a PDF. It is kept as a JPEG, without metadata, or PDF."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=AttachmentKind.choices, default=AttachmentKind.DOCUMENT)
    for_customer = FormTruthField(required=False)

    def validate_file(self, file: Any) -> Upload:
        try:
            return read_upload(file, file.name or "")
        except FileRefused as refusal:
            raise serializers.ValidationError(str(refusal), code=refusal.code) from None


class AttachmentEditSerializer(ContractSerializer):
    kind = serializers.ChoiceField(choices=AttachmentKind.choices, required=False)
    for_customer = serializers.BooleanField(required=False)
