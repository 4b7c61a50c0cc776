"""What of the catalogue an actor may see."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from apps.accounts.enums import Role
from apps.core.actor import Actor

M = TypeVar("M", bound=Model)


def offered_to(actor: Actor, model: type[M]) -> "QuerySet[M]":
    """Records of a catalogue model that ``actor`` may see: customers see what is active."""
    records: QuerySet[Any] = model._default_manager.all()
    return records.filter(is_active=True) if actor.role == Role.CUSTOMER else records
