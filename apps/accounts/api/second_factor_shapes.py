"""Shapes of the second factor."""

from rest_framework import serializers

from apps.accounts.passwords import LONGEST
from apps.core.api.serializers import ContractSerializer


class SecondFactorNeededSerializer(ContractSerializer):
    """The other form of the answer to a log-in."""

    mfa_required = serializers.BooleanField(read_only=True, default=True)
    mfa_token = serializers.CharField(source="token")


class CodeSerializer(ContractSerializer):
    """A code of an authenticator app, or a recovery code."""

    code = serializers.CharField(max_length=32)


class SecondStepSerializer(CodeSerializer):
    mfa_token = serializers.CharField(max_length=4096)


class RemoveTotpSerializer(CodeSerializer):
    password = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class TotpSetupSerializer(ContractSerializer):
    secret = serializers.CharField()
    otpauth_url = serializers.CharField()
    qr_svg = serializers.CharField()


class RecoveryCodesSerializer(ContractSerializer):
    recovery_codes = serializers.ListField(child=serializers.CharField())
