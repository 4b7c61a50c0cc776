"""Shapes of what is changed about users, and of what has happened to them."""

from typing import Any

from rest_framework import serializers

from apps.accounts.enums import Role
from apps.accounts.models.user import USERNAME
from apps.audit.recorded import EventShape
from apps.core.api.serializers import ContractSerializer, EmailField, PhoneField


class UsernameField(serializers.RegexField):
    """A username, kept in lower case so that it is found again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(USERNAME, max_length=60, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).lower()


class ProfileSerializer(ContractSerializer):
    """The names and addresses of an account. Only an admin changes an e-mail address."""

    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    email = EmailField(max_length=254, required=False)
    username = UsernameField(required=False, allow_blank=True)
    phone_number = PhoneField(required=False, allow_blank=True)


class ActivationSerializer(ContractSerializer):
    """Whether an account may come in, and why."""

    is_active = serializers.BooleanField()
    reason = serializers.CharField(max_length=500)


class AccountStatusSerializer(ActivationSerializer):
    """The same with a role, for admins."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)


class ActivityShape(EventShape):
    """One thing that happened to an account, ``userId``, or that its owner did to another."""

    user_id = serializers.UUIDField(source="aggregate_id")
    address = serializers.IPAddressField(allow_null=True)
    request_id = serializers.CharField()
