"""Writes events beside the change that they tell of."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from apps.audit.models import Delivery, Event
from apps.audit.registry import subscribers_of
from apps.core import jobs, money, writing
from apps.core.actor import Actor
from apps.core.events import DomainEvent
from apps.core.exceptions import NotFound
from apps.core.fields import EncryptedTextField, MoneyField

BATCH = 500
_OWN_COLUMNS = {"aggregate_id"}
_NOT_TOLD = {"id", "created_at", "updated_at", "search_name", "models_text", "search_text", "place", "password"}


def record(event: DomainEvent, *, actor: Actor) -> Event:
    """Write ``event`` and a delivery for each of its subscribers; they are woken after the commit.

    Must run inside the transaction of the change. Raises ``TransactionManagementError`` outside of one.
    """
    return record_many([event], actor=actor)[0]


def record_many(events: Iterable[DomainEvent], *, actor: Actor) -> list[Event]:
    """``record`` for many events at once, with a constant number of statements."""
    transaction.get_connection().validate_no_broken_transaction()
    rows = [
        _row(type(event).event_type, type(event).aggregate, event.aggregate_id, _payload(event), actor)
        for event in events
    ]
    return _write(rows)


def record_saved(
    verb: str, *, aggregate: str, aggregate_id: UUID, changes: Mapping[str, Any], actor: Actor, reason: str = ""
) -> Event:
    """Write the event of a change to reference data: ``catalog.brand`` + ``created`` → ``catalog.brand.created``.

    ``changes`` maps field names to ``[old, new]``; a ``reason`` that was given stands beside them.
    """
    payload: dict[str, Any] = {"changes": dict(changes)} | ({"reason": reason} if reason else {})
    return _write([_row(f"{aggregate}.{verb}", aggregate, aggregate_id, payload, actor)])[0]


@contextmanager
def creating(*, actor: Actor, reason: str = "") -> Iterator[list[Model]]:
    """Record what the body creates: it appends the new instances to the list. One transaction."""
    with transaction.atomic():
        created: list[Model] = []
        yield created
        for instance in created:
            changes = {name: [None, value] for name, value in snapshot(instance).items()}
            aggregate = aggregate_of(instance)
            record_saved(
                "created", aggregate=aggregate, aggregate_id=instance.pk, changes=changes, actor=actor, reason=reason
            )


def record_created(instances: Iterable[Model], *, actor: Actor) -> None:
    """The events of records that were created in bulk. Runs in the transaction of their creation."""
    rows = [
        _row(
            f"{aggregate_of(instance)}.created",
            aggregate_of(instance),
            instance.pk,
            {"changes": {name: [None, value] for name, value in columns(instance).items()}},
            actor,
        )
        for instance in instances
    ]
    if rows:
        _write(rows)


def record_all_saved(
    saved: Iterable[tuple[Model, Mapping[str, Any], Mapping[str, Any]]],
    *,
    actor: Actor,
    reason: str = "",
    also: Mapping[str, Any] | None = None,
) -> None:
    """The events of many changes to reference data: each record with what it was and what it is, as ``snapshot`` has it.

    What it was is empty for one that was created, what it is for one that was deleted. ``also`` stands beside the changes
    of each. Runs in the transaction of the changes.
    """
    rows = []
    beside = {"reason": reason} if reason else {}
    for instance, before, after in saved:
        aggregate = aggregate_of(instance)
        changes = {
            name: [before.get(name), after.get(name)]
            for name in after or before
            if not before or not after or before[name] != after[name]
        }
        if changes:
            verb = "deleted" if not after else "updated" if before else "created"
            payload: dict[str, Any] = {"changes": changes, **beside, **(also or {})}
            rows.append(_row(f"{aggregate}.{verb}", aggregate, instance.pk, payload, actor))
    if rows:
        _write(rows)


@contextmanager
def changing(queryset: QuerySet[Any], pk: UUID, *, actor: Actor, reason: str = "") -> Iterator[Any]:
    """Lock the record, let the body change and save it, and record what became different. One transaction.

    Raises ``NotFound`` when ``queryset`` does not hold the record.
    """
    with transaction.atomic():
        instance = _locked(queryset, pk)
        before = snapshot(instance)
        yield instance
        after = snapshot(instance)
        changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
        if changes:
            aggregate = aggregate_of(instance)
            record_saved("updated", aggregate=aggregate, aggregate_id=pk, changes=changes, actor=actor, reason=reason)


@transaction.atomic
def delete(queryset: QuerySet[Any], pk: UUID, *, actor: Actor, reason: str = "") -> None:
    """Delete a record that nothing refers to, and record what it was.

    Raises ``NotFound``, or ``ProtectedError`` when other records refer to it.
    """
    instance = _locked(queryset, pk)
    changes = {name: [value, None] for name, value in snapshot(instance).items()}
    instance.delete()
    aggregate = aggregate_of(instance)
    record_saved("deleted", aggregate=aggregate, aggregate_id=pk, changes=changes, actor=actor, reason=reason)


def aggregate_of(instance: Model) -> str:
    """``catalog.brand`` for a Brand."""
    return instance._meta.label_lower


def snapshot(instance: Model) -> dict[str, Any]:
    """The columns of a record that are no secrets, and the ids of its many-to-many relations, as an event keeps them."""
    values = columns(instance)
    for relation in instance._meta.many_to_many:
        related = getattr(instance, relation.name)
        values[relation.name] = sorted(str(pk) for pk in related.values_list("pk", flat=True))
    return values


def columns(instance: Model) -> dict[str, Any]:
    """The columns of a record that are no secrets, as an event keeps them; without its relations."""
    return {
        field.attname: _value(field, instance)
        for field in instance._meta.concrete_fields
        if field.attname not in _NOT_TOLD and not isinstance(field, EncryptedTextField)
    }


def _value(field: Any, instance: Model) -> Any:
    """What the column holds; money in its currency's digits, as everywhere else."""
    value, currency = field.value_from_object(instance), getattr(instance, "currency", None)
    if isinstance(field, MoneyField) and value is not None and currency:
        return money.text(Decimal(value), currency)
    return value


def _locked(queryset: QuerySet[Any], pk: UUID) -> Any:
    instance = queryset.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
    if instance is None:
        raise NotFound("There is no such record.")
    return instance


def _payload(event: DomainEvent) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event) if field.name not in _OWN_COLUMNS}


def _row(event_type: str, aggregate: str, aggregate_id: UUID, payload: dict[str, Any], actor: Actor) -> Event:
    return Event(
        type=event_type,
        aggregate=aggregate,
        aggregate_id=aggregate_id,
        payload=payload,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        address=actor.address,
        request_id=actor.request_id,
    )


def _write(rows: list[Event]) -> list[Event]:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is written in the transaction of its change.")
    writing.insert(rows)
    deliveries = [
        Delivery(event=row, subscriber=subscriber.name) for row in rows for subscriber in subscribers_of(row.type)
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH)
        jobs.enqueue("audit.deliver", [str(delivery.pk) for delivery in deliveries])
    return rows
