"""Shapes of registration, verification and forgotten passwords."""

from rest_framework import serializers

from apps.accounts.api.serializers import UserSerializer
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.passwords import LONGEST
from apps.core.api.serializers import ContractSerializer, EmailField, PhoneField


def _identifier() -> serializers.CharField:
    return serializers.CharField(max_length=254, help_text="E-mail address, username or phone number.")


def _code() -> serializers.RegexField:
    return serializers.RegexField(r"^[0-9]{6}$", help_text="The six digits that were sent.")


class RegisterSerializer(ContractSerializer):
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    email = EmailField(max_length=254)
    password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    username = serializers.CharField(
        max_length=60, required=False, allow_blank=True, validators=User._meta.get_field("username").validators
    )
    phone_number = PhoneField(required=False, allow_blank=True)
    role = serializers.ChoiceField(Role.choices, required=False)

    def validate_role(self, value: str) -> Role:
        return Role(value)


class VerifySerializer(ContractSerializer):
    identifier = _identifier()
    code = _code()


class VerifiedSerializer(ContractSerializer):
    user = UserSerializer()


class IdentifierSerializer(ContractSerializer):
    identifier = _identifier()


class CodeSentSerializer(ContractSerializer):
    expires_in = serializers.IntegerField(help_text="For how many seconds a code is valid once it has been sent.")


class ResetPasswordSerializer(ContractSerializer):
    identifier = _identifier()
    code = _code()
    new_password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
