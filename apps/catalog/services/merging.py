"""Makes one model of two: what refers to the duplicate, in whichever app, refers to the other one afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Field, ForeignKey
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.catalog import events, registry
from apps.catalog.models import DeviceModel
from apps.catalog.registry import Merging
from apps.catalog.rules.merging import FACTS, TooManyAliases, facts_after_merging
from apps.catalog.selectors import referring_fields
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, ReferenceMissing, ValidationFailed
from apps.core.models import Record

# The index entries of a model follow its facts, and those merged into the source are moved by name below.
_OWN = {"catalog.modelword", "catalog.devicemodel"}


@transaction.atomic
def merge_models(model_id: UUID, into_id: UUID, *, actor: Actor, reason: str = "") -> DeviceModel:
    """Move everything that refers to one model to another; the first stays behind, inactive, and says where to.

    Its names become aliases of the other one, and its facts fill what that one lacks. Raises ``Forbidden``, ``NotFound``,
    ``ReferenceMissing`` for an unknown target, ``ValidationFailed`` for a model and itself, for a target that was merged
    away, and for more aliases than a model takes, ``Conflict`` for a model that was merged already.
    """
    require(actor, Right.CATALOG_WRITE)
    if model_id == into_id:
        raise ValidationFailed.on("intoId", "invalid", "A model cannot be merged into itself.")
    merging = Merging(model_id, into_id, reason, actor)
    for part in registry.parts():
        part.hold(merging)
    source, target = _locked_pair(merging)
    moved = _move(merging)
    _hand_over(source, target, actor=actor, reason=reason)
    event = events.DeviceModelMerged(aggregate_id=source.pk, into_id=target.pk, moved=moved, reason=reason)
    audit.record(event, actor=actor)
    return target


@transaction.atomic
def move_leftovers(model_id: UUID, *, actor: Actor) -> dict[str, int]:
    """Move what came to refer to a merged model while, or after, it was merged; how many rows, by kind."""
    target_id = DeviceModel.objects.filter(pk=model_id).values_list("merged_into", flat=True).first()
    if target_id is None:
        return {}
    merging = Merging(model_id, target_id, "merged", actor)
    for part in registry.parts():
        part.hold(merging)
    list(DeviceModel.objects.select_for_update().filter(pk__in=[model_id, target_id]).order_by("pk").values_list("pk"))
    moved = {kind: number for kind, number in _move(merging).items() if number}
    if moved:
        audit.record(events.LeftoversMoved(aggregate_id=model_id, into_id=target_id, moved=moved), actor=actor)
    return moved


def move_all_leftovers(*, actor: Actor) -> int:
    """``move_leftovers`` for every merged model, each in a transaction of its own; how many rows were moved."""
    merged = DeviceModel.objects.exclude(merged_into=None).order_by("pk").values_list("pk", flat=True)
    return sum(sum(move_leftovers(pk, actor=actor).values()) for pk in merged)


def hold_model(model_id: UUID) -> UUID | None:
    """The model to refer to when this one is named: itself, or what it was merged into; none where there is no such.

    To the end of the transaction it is not merged away. Others may refer to it as well meanwhile.
    """
    found = _held(model_id)
    if found is None or found[1] is None:
        return found[0] if found else None
    return hold_model(found[1])


@contextmanager
def keeping_merged(model_id: UUID) -> Iterator[None]:
    """A transaction in which the model is no merged one: those stay as they are, for whoever still asks for them.

    Raises ``Conflict``.
    """
    with transaction.atomic():
        held = DeviceModel.objects.select_for_update(no_key=True).filter(pk=model_id)
        if any(merged_into is not None for merged_into in held.values_list("merged_into", flat=True)):
            raise Conflict("This model has been merged into another one, and stays as it is.")
        yield


def _held(model_id: UUID) -> tuple[UUID, UUID | None] | None:
    # As a foreign key holds it, which the ORM cannot say: intakes of one model do not wait for each other.
    locking = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    key: Any = DeviceModel._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, merged_into_id FROM catalog_devicemodel WHERE id = %s{locking}",
            [key.get_db_prep_value(model_id, connection)],
        )
        row = cursor.fetchone()
    return (key.to_python(row[0]), key.to_python(row[1])) if row else None


def _locked_pair(merging: Merging) -> tuple[DeviceModel, DeviceModel]:
    ids = [merging.source_id, merging.target_id]
    found = DeviceModel.objects.select_for_update(of=("self",)).select_related("brand").filter(pk__in=ids)
    pair = {model.pk: model for model in found.order_by("pk")}
    if merging.source_id not in pair:
        raise NotFound("There is no such device model.")
    if merging.target_id not in pair:
        raise ReferenceMissing.on("intoId", "device model")
    source, target = pair[merging.source_id], pair[merging.target_id]
    if source.merged_into_id is not None:
        raise Conflict("This model has been merged into another one already.")
    if target.merged_into_id is not None:
        raise ValidationFailed.on("intoId", "merged", "That model has itself been merged into another one.")
    return source, target


def _move(merging: Merging) -> dict[str, int]:
    """Every reference to the source: those of the parts by them, all others by their column."""
    moved: dict[str, int] = {}
    by_parts = {name for part in registry.parts() for name in part.relations}
    for field in referring_fields():
        table = field.model._meta.label_lower
        if table not in by_parts | _OWN:
            moved[table] = moved.get(table, 0) + _move_column(field, merging)
    earlier = DeviceModel.objects.filter(merged_into=merging.source_id)
    moved["catalog.devicemodel"] = earlier.update(merged_into=merging.target_id, updated_at=timezone.now())
    for part in registry.parts():
        moved |= part.move(merging)
    return moved


def _move_column(field: "Field[Any, Any]", merging: Merging) -> int:
    assert isinstance(field, ForeignKey)
    rows = field.model._default_manager.filter(**{field.attname: merging.source_id})
    stamp = {"updated_at": timezone.now()} if issubclass(field.model, Record) else {}
    return int(rows.update(**{field.attname: merging.target_id}, **stamp))


def _hand_over(source: DeviceModel, target: DeviceModel, *, actor: Actor, reason: str) -> None:
    names = ("name", "aliases", *FACTS)
    try:
        changed = facts_after_merging(*({name: getattr(one, name) for name in names} for one in (source, target)))
    except TooManyAliases as refusal:
        raise ValidationFailed.on("intoId", "max_length", str(refusal)) from None
    before = [(source, audit.columns(source)), (target, audit.columns(target))]
    source.is_active, source.merged_into = False, target
    for name, value in changed.items():
        setattr(target, name, value)
    for model in (source, target):
        model.save()
    saved = [(model, was, audit.columns(model)) for model, was in before]
    audit.record_all_saved(saved, actor=actor, reason=reason)
