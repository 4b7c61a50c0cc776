"""Shapes of users, tokens and customers."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import Customer, Session, User
from apps.accounts.passwords import LONGEST
from apps.core.api.serializers import (
    ContractModelSerializer,
    ContractSerializer,
    EmailField,
    FromRow,
    NewIdField,
    OptionalText,
    PhoneField,
    RecordIdField,
)


class _Memberships(serializers.ListSerializer):
    """The memberships of one user, the longest-standing first, with their branches in the same statement."""

    def to_representation(self, data: Any) -> Any:
        return super().to_representation(data.select_related("branch").order_by("pk"))


class BranchOfUser(ContractSerializer):
    """A branch where a user works. It lies in an app above: the names of its relations are all that is known of it."""

    id = serializers.UUIDField(source="branch.id")
    name = serializers.CharField(source="branch.name")
    code = serializers.CharField(source="branch.code")

    class Meta:
        list_serializer_class = _Memberships


class UserSerializer(ContractModelSerializer):
    branches = BranchOfUser(many=True, source="branch_memberships", read_only=True)

    class Meta:
        model = User
        fields = [
            "id", "first_name", "last_name", "email", "username", "phone_number", "role", "is_active", "is_verified",
            "branches", "last_login", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class LoginSerializer(ContractSerializer):
    identifier = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class TokensSerializer(ContractSerializer):
    access_token = serializers.CharField(source="access")
    refresh_token = serializers.CharField(source="refresh")
    expires_in = serializers.IntegerField()
    user = UserSerializer()


class RefreshSerializer(ContractSerializer):
    refresh_token = serializers.CharField(max_length=4096)


class LogoutSerializer(ContractSerializer):
    refresh_token = serializers.CharField(max_length=4096, required=False, allow_null=True)


class SessionSerializer(ContractModelSerializer):
    ip = serializers.CharField(source="address", allow_null=True)
    # Which session asks is no column of any row: the view says it of the one.
    current = FromRow((), lambda: False, serializers.BooleanField())

    class Meta:
        model = Session
        fields = ["id", "kind", "device", "ip", "created_at", "last_seen_at", "expires_at", "current"]
        read_only_fields = fields


class OwnPasswordSerializer(ContractSerializer):
    current_password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    new_password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class PreferencesSerializer(ContractSerializer):
    sms = serializers.BooleanField(required=False)
    email = serializers.BooleanField(required=False)
    push = serializers.BooleanField(required=False)


class CustomerSerializer(ContractModelSerializer):
    email = OptionalText()
    notification_preferences = serializers.JSONField()

    class Meta:
        model = Customer
        fields = [
            "id", "first_name", "last_name", "email", "phone", "notification_preferences", "notes", "locale", "is_active",
            "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class OwnCustomerSerializer(CustomerSerializer):
    """What customers see of themselves: not the shop's notes."""

    class Meta(CustomerSerializer.Meta):
        fields = [name for name in CustomerSerializer.Meta.fields if name != "notes"]
        read_only_fields = fields


class CustomerWriteSerializer(ContractSerializer):
    id = NewIdField()
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    email = EmailField(max_length=254, required=False, allow_blank=True)
    phone = PhoneField()
    notification_preferences = PreferencesSerializer(required=False)
    notes = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    locale = serializers.RegexField(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$", max_length=20, required=False)


class MergeSerializer(ContractSerializer):
    into_id = RecordIdField()
