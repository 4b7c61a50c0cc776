"""Shapes of branches."""

from typing import Any

from apps.core.api.serializers import (
    ContractModelSerializer,
    NewIdField,
    OptionalText,
    PhoneField,
)
from apps.inventory.models import Branch


class BranchSerializer(ContractModelSerializer):
    phone_number = OptionalText()
    email = OptionalText()

    class Meta:
        model = Branch
        fields = [
            "id", "name", "code", "address", "city", "country", "phone_number", "email", "manager_name", "timezone",
            "currency", "is_active", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class PublicBranchSerializer(BranchSerializer):
    """What customers may know of a branch."""

    class Meta(BranchSerializer.Meta):
        fields = [name for name in BranchSerializer.Meta.fields if name != "manager_name"]
        read_only_fields = fields


class BranchWriteSerializer(ContractModelSerializer):
    id = NewIdField()
    phone_number = PhoneField(required=False, allow_blank=True)

    class Meta:
        model = Branch
        fields = [
            "id", "name", "code", "address", "city", "country", "phone_number", "email", "manager_name", "timezone",
            "currency", "is_active",
        ]  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None and "currency" in attrs:
            Branch(id=self.instance.pk, currency=attrs["currency"]).clean()
        return attrs
