"""Declared shapes of the interface: camelCase outside, snake_case inside, and nothing silently dropped."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from apps.core import emails, money, phones
from apps.core.ids import is_record_id

_AMOUNT = re.compile(r"[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?")
_UNDERSCORE = re.compile(r"_([a-z0-9])")


def camel(name: str) -> str:
    """``created_at`` → ``createdAt``."""
    return _UNDERSCORE.sub(lambda match: match.group(1).upper(), name)


def _is_optional_text(field: serializers.Field) -> bool:
    """Text that may be left out: ``null`` says the same as leaving it empty, which is how it is stored."""
    if not isinstance(field, serializers.CharField | serializers.ChoiceField):
        return False
    return bool(field.allow_blank) and not field.read_only


_JSON_TYPES: tuple[tuple[type[serializers.Field], type, str], ...] = (
    (serializers.BooleanField, bool, "This must be true or false."),
    (serializers.CharField, str, "This must be text."),
)


def _mistyped(fields: Mapping[str, serializers.Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """Why values are of another JSON type than their fields: text is not made of numbers, nor yes and no of text."""
    found = {name: _type_error(fields[name], value) for name, value in data.items()}
    return {name: error for name, error in found.items() if error}


def _type_error(field: serializers.Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        errors = {number: _type_error(field.child, part) for number, part in enumerate(value)}
        return {number: error for number, error in errors.items() if error}
    for kind, allowed, words in _JSON_TYPES:
        if isinstance(field, kind) and not isinstance(value, allowed):
            return [serializers.ErrorDetail(words, code="invalid")]
    return None


class ContractMixin:
    """Renames the declared fields to camelCase and refuses what is not declared.

    A read-only field may be sent back as it was answered (so that a client can PUT what it got); another value is
    refused with ``read_only``. The view puts the current answer into ``context["current"]`` for that comparison.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = super().get_fields()  # type: ignore[misc]
        renamed = {}
        for name, field in fields.items():
            if field.source is None and camel(name) != name:
                field.source = name
            if _is_optional_text(field):
                field.allow_null = True
            renamed[camel(name)] = field
        return renamed

    def to_internal_value(self, data: Any) -> Any:
        mistyped: dict[str, Any] = {}
        if isinstance(data, Mapping):
            data = self._only_declared(data)
            mistyped = _mistyped(self.fields, data)  # type: ignore[attr-defined]
            data = {name: value for name, value in data.items() if name not in mistyped}
        try:
            values = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as refusal:
            if isinstance(refusal.detail, dict):
                raise serializers.ValidationError({**refusal.detail, **mistyped}) from None
            raise
        if mistyped:
            raise serializers.ValidationError(mistyped)
        for field in self._writable_fields:  # type: ignore[attr-defined]
            if _is_optional_text(field) and values.get(field.source, "") is None:
                values[field.source] = ""
        return values

    def _only_declared(self, data: Mapping[str, Any]) -> dict[str, Any]:
        writable = {name for name, field in self.fields.items() if not field.read_only}  # type: ignore[attr-defined]
        current: Mapping[str, Any] = {}
        if getattr(self, "parent", None) is None and self.context.get("current"):  # type: ignore[attr-defined]
            current = self.context["current"]  # type: ignore[attr-defined]
            writable.discard("id")
        errors = {}
        for name in data.keys() - writable:
            if name not in current:
                known = name in self.fields  # type: ignore[attr-defined]
                code = "read_only" if known else "unknown_field"
                words = "This field cannot be set." if known else "There is no such field."
                errors[name] = [serializers.ErrorDetail(words, code=code)]
            elif current[name] != data[name]:
                errors[name] = [serializers.ErrorDetail("This field cannot be changed.", code="read_only")]
        if errors:
            raise serializers.ValidationError(errors)
        return {name: value for name, value in data.items() if name in writable}


_NO_OBJECT: dict[str, Any] = {"invalid": "This must be an object with named fields."}


class ContractSerializer(ContractMixin, serializers.Serializer):
    """A shape of the contract that no model has."""

    default_error_messages = _NO_OBJECT


class ContractModelSerializer(ContractMixin, serializers.ModelSerializer):
    """A shape of the contract that follows a model."""

    default_error_messages = _NO_OBJECT
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping.copy()


class RecordIdField(serializers.UUIDField):
    """The id of a record, as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Reference(serializers.PrimaryKeyRelatedField):
    """The id of a record of ``model`` that is referred to; a missing one is a FOREIGN_KEY_ERROR."""

    default_error_messages = {"invalid": "This is not a valid id.", "does_not_exist": "There is no such record."}

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        super().__init__(queryset=model._default_manager.all(), pk_field=RecordIdField(), **kwargs)


class References(serializers.ListField):
    """Ids of records of ``model`` that are referred to, looked up all at once; a missing one is a FOREIGN_KEY_ERROR."""

    def __init__(self, model: type[Model], *, max_length: int, **kwargs: Any) -> None:
        self.records = model._default_manager
        super().__init__(child=RecordIdField(), max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            message = self.error_messages["max_length"].format(max_length=self.max_length)
            raise serializers.ValidationError(message, code="max_length")
        ids = super().to_internal_value(data)
        found = self.records.in_bulk(ids)
        error = serializers.ErrorDetail("There is no such record.", code="does_not_exist")
        missing: Any = {position: [error] for position, pk in enumerate(ids) if pk not in found}
        if missing:
            raise serializers.ValidationError(missing)
        return list(found.values())


class NewIdField(RecordIdField):
    """An id that the client made for what it creates; only UUIDv7, as Mendery's own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not is_record_id(value):
            raise serializers.ValidationError("An id must be a UUID of version 7.", code="invalid")
        return value


class MoneyField(serializers.DecimalField):
    """An amount as text in its currency's digits. ``currency`` names the source of the currency beside it."""

    def __init__(self, *, currency: str = "currency", **kwargs: Any) -> None:
        self.currency_source = currency
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=14, decimal_places=3, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        # Python also reads 1_000 and the digits of every script: what others read otherwise is no amount here.
        if isinstance(data, str) and not _AMOUNT.fullmatch(data.strip()):
            self.fail("invalid")
        amount: Decimal = super().to_internal_value(data)
        return amount

    def get_attribute(self, instance: Any) -> Any:
        amount = super().get_attribute(instance)
        return None if amount is None else (amount, _walk(instance, self.currency_source))

    def to_representation(self, value: Any) -> Any:
        return money.text(*value)


class InSequence(serializers.ListSerializer):
    """Records of another one in the sequence that their shape names, ``Meta.ordering``, instead of their model's."""

    def to_representation(self, data: Any) -> Any:
        child: Any = self.child
        return super().to_representation(data.order_by(*child.Meta.ordering))


class PhoneField(serializers.CharField):
    """A phone number, normalised to E.164; other forms need ``settings.PHONE_REGION``."""

    default_error_messages = {"invalid_phone": phones.NOT_POSSIBLE}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text == "":
            return text
        try:
            return phones.e164(text)
        except ValueError:
            self.fail("invalid_phone")


class EmailField(serializers.EmailField):
    """An e-mail address, in the form in which it is kept."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return emails.normalised(str(super().to_internal_value(data)))
        except ValueError:
            self.fail("invalid")


class TextField(serializers.CharField):
    """Free text of a bounded length; may be empty unless it is required."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        if kwargs.get("required") is not True:
            kwargs = {"required": False, "allow_blank": True} | kwargs
        super().__init__(max_length=max_length, **kwargs)


class OptionalText(serializers.CharField):
    """Text that an answer leaves out, as ``null``, where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value or None


class NamedShape(ContractSerializer):
    """A small record beside the one that refers to it."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class CodedShape(NamedShape):
    """A small record that people know by a code as well, such as a branch."""

    code = serializers.CharField()


class FromRow(serializers.Field):
    """An answer computed from other columns: ``compute(*values of sources)``; ``output`` declares its form.

    Read-only. The computation is used by the row reader and, with an instance, by the serializer itself.
    """

    def __init__(self, sources: tuple[str, ...], compute: Any, output: serializers.Field, **kwargs: Any) -> None:
        self.sources, self.compute, self.output = sources, compute, output
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        return instance

    def to_representation(self, value: Any) -> Any:
        return self.compute(*(_walk(value, source) for source in self.sources))


class RelatedIds(serializers.Field):
    """The ids on the other side of a many-to-many relation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[str]:
        return [str(pk) for pk in value.order_by("pk").values_list("pk", flat=True)]


def _walk(instance: Any, source: str) -> Any:
    for name in source.split("."):
        instance = getattr(instance, name, None) if instance is not None else None
    return instance
