"""Keeping the estimates that were used as prices, and settling them when the real price is set."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.db import MOST_NAMED
from apps.pricing import events, rules
from apps.pricing.models import EstimateRecord, Price

PRICE = "pricing.price"
_AS_LISTED = "listed"  # the method of an estimate that was written into the list


@dataclass(frozen=True)
class TakenEstimate:
    """An estimate that something has taken as its price: ``source_id`` is a line of an order, or of the list."""

    source_id: UUID
    device_model_id: UUID
    repair_type_id: UUID
    part_type_id: UUID | None
    part_quality: str
    interval: rules.Interval
    currency: str
    confidence_score: Decimal
    method: str
    version: int | None = None
    branch_id: UUID | None = None


@transaction.atomic
def keep_estimates(source_kind: str, taken: Sequence[TakenEstimate], *, actor: Actor) -> None:
    """Keep what was estimated until it is settled. One that the same source took before and that is not is replaced."""
    if not taken:
        return
    ids = [one.source_id for one in taken]
    held = EstimateRecord.objects.select_for_update().filter(source_kind=source_kind, source_id__in=ids).order_by("pk")
    present = {record.source_id: record for record in held}
    records = [_record(source_kind, one) for one in taken if _is_new(one, present.get(one.source_id))]
    replaced = [present[record.source_id].pk for record in records if record.source_id in present]
    if replaced:
        EstimateRecord.objects.filter(pk__in=replaced).delete()
    if records:
        EstimateRecord.objects.bulk_create(records)
        audit.record_many([_taken(record) for record in records], actor=actor)


def _is_new(taken: TakenEstimate, present: EstimateRecord | None) -> bool:
    """Whether it is to be kept: not where it is kept already, and what has been settled stays as it was."""
    if present is None:
        return True
    same = (taken.repair_type_id, taken.part_type_id, taken.interval.price, taken.currency, taken.method)
    return present.settled_at is None and same != (
        present.repair_type_id, present.part_type_id, present.price, present.currency, present.method
    )  # fmt: skip


@transaction.atomic
def settle_estimates(source_kind: str, actual: Mapping[UUID, Decimal], *, actor: Actor) -> int:
    """Somebody set the real price of these sources; the number of estimates that were waiting for it.

    A price of nothing is a gift and says nothing about the estimate, which then waits on.
    """
    ids = [source_id for source_id, price in actual.items() if price > 0]
    if not ids:
        return 0
    waiting = _waiting().filter(source_kind=source_kind, source_id__in=ids)
    return _settle([(record, actual[record.source_id]) for record in waiting], actor)


def follow_prices(prices: Iterable[Price], *, actor: Actor) -> None:
    """What new or changed lines of the list mean for estimates. Runs in the transaction of the change.

    One that is an estimate itself is kept as one. Any other is the real price: it settles the estimates for the same
    model, repair, part, quality and currency, at its branch or everywhere, and the one that it was itself before.
    """
    written = list(prices)
    taken = [_as_taken(price) for price in written if price.is_estimated]
    if taken:
        keep_estimates(PRICE, taken, actor=actor)
    real: dict[Any, list[Price]] = defaultdict(list)
    for price in written:
        if not price.is_estimated:
            real[_job_of(price)].append(price)
    models = sorted({key[0] for key in real}, key=str)
    for first in range(0, len(models), MOST_NAMED):
        found = _waiting().filter(device_model_id__in=models[first : first + MOST_NAMED])
        pairs = [
            (record, price.price)
            for record in found
            for price in real.get(_job_of(record), ())
            if _is_answered_by(record, price)
        ]
        _settle(pairs, actor)


def _job_of(one: Price | EstimateRecord) -> tuple[UUID, UUID, str]:
    return one.device_model_id, one.repair_type_id, one.currency


def _waiting() -> QuerySet[EstimateRecord]:
    # In one order, so that two who settle the same ones wait for each other instead of standing in each other's way.
    return EstimateRecord.objects.select_for_update().filter(settled_at=None).order_by("pk")


def _is_answered_by(record: EstimateRecord, price: Price) -> bool:
    """Whether a price of the same job tells what an estimate should have been."""
    if record.source_kind == PRICE and record.source_id == price.pk:
        return True
    same_part = record.part_quality in {"", price.part_quality} and record.part_type_id == price.part_type_id
    return same_part and (price.branch_id is None or price.branch_id == record.branch_id)


def _settle(pairs: Sequence[tuple[EstimateRecord, Decimal]], actor: Actor) -> int:
    now = timezone.now()
    settled = {record.pk: record for record, _ in pairs}
    for record, actual in pairs:
        record.actual_price, record.settled_at, record.updated_at = actual, now, now
    EstimateRecord.objects.bulk_update(settled.values(), ["actual_price", "settled_at", "updated_at"])
    if settled:
        audit.record_many([_settled(record) for record in settled.values()], actor=actor)
    return len(settled)


def _record(source_kind: str, taken: TakenEstimate) -> EstimateRecord:
    return EstimateRecord(
        source_kind=source_kind,
        source_id=taken.source_id,
        branch_id=taken.branch_id,
        device_model_id=taken.device_model_id,
        repair_type_id=taken.repair_type_id,
        part_type_id=taken.part_type_id,
        part_quality=taken.part_quality,
        price=taken.interval.price,
        low=taken.interval.low,
        high=taken.interval.high,
        currency=taken.currency,
        confidence_score=taken.confidence_score,
        method=taken.method,
        version=taken.version,
    )


def _as_taken(price: Price) -> TakenEstimate:
    return TakenEstimate(
        source_id=price.pk,
        device_model_id=price.device_model_id,
        repair_type_id=price.repair_type_id,
        part_type_id=price.part_type_id,
        part_quality=price.part_quality,
        interval=rules.Interval(price.price, price.price, price.price),
        currency=price.currency,
        confidence_score=price.confidence_score or Decimal(0),
        method=_AS_LISTED,
        branch_id=price.branch_id,
    )


def _taken(record: EstimateRecord) -> events.EstimateTaken:
    return events.EstimateTaken(
        aggregate_id=record.pk,
        source_kind=record.source_kind,
        source_id=record.source_id,
        price=record.price,
        low=record.low,
        high=record.high,
        currency=record.currency,
    )


def _settled(record: EstimateRecord) -> events.EstimateSettled:
    assert record.actual_price is not None
    return events.EstimateSettled(
        aggregate_id=record.pk,
        source_kind=record.source_kind,
        source_id=record.source_id,
        price=record.price,
        actual_price=record.actual_price,
        currency=record.currency,
        error=rules.error_of(record.price, record.actual_price),
    )
