"""The estimates that were used, and how right they were."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.catalog.models import RepairType
from apps.core.actor import Actor
from apps.inventory.selectors import own_branch_ids
from apps.pricing import rules
from apps.pricing.models import EstimateRecord

K = TypeVar("K")


def estimate_records_visible_to(actor: Actor) -> QuerySet[EstimateRecord]:
    """The estimates that were used: all, or those of the own branches and of the list."""
    match reach(actor, Right.ESTIMATES_READ):
        case Reach.ALL:
            return EstimateRecord.objects.all()
        case Reach.NONE:
            return EstimateRecord.objects.none()
        case _:
            own = EstimateRecord.objects.filter(branch_id__in=own_branch_ids(actor))
            return own | EstimateRecord.objects.filter(branch_id=None)


def estimates_taken(
    actor: Actor, *, date_from: date | None = None, date_to: date | None = None, branch_id: UUID | None = None
) -> QuerySet[EstimateRecord]:
    """The estimates within the actor's scope that were taken on these days in UTC, both included, for a branch."""
    records = estimate_records_visible_to(actor)
    if date_from is not None:
        records = records.filter(created_at__gte=datetime.combine(date_from, time.min, UTC))
    if date_to is not None:
        records = records.filter(created_at__lte=datetime.combine(date_to, time.max, UTC))
    return records if branch_id is None else records.filter(branch_id=branch_id)


@dataclass(frozen=True)
class Share(Generic[K]):
    """A part of the estimates, and how right they were."""

    of: K
    accuracy: rules.Accuracy


@dataclass(frozen=True)
class Report:
    """How right the estimates of a period were: all of them, by kind of work, and by how they were made."""

    total: rules.Accuracy
    by_repair_type: "list[Share[RepairType]]"
    by_method: "list[Share[str]]"


def accuracy_report(records: QuerySet[EstimateRecord]) -> Report:
    """The report on these estimates, in two statements."""
    columns = ("repair_type_id", "method", "price", "low", "high", "actual_price")
    rows = [_Row(*row) for row in records.order_by().values_list(*columns)]
    by_type = _grouped(rows, lambda row: row.repair_type_id)
    names = RepairType.objects.filter(pk__in=by_type).order_by("name", "pk")
    by_method = _grouped(rows, lambda row: row.method)
    return Report(
        _accuracy(rows),
        [Share(repair_type, _accuracy(by_type[repair_type.pk])) for repair_type in names],
        [Share(method, _accuracy(by_method[method])) for method in sorted(by_method)],
    )


@dataclass(frozen=True)
class _Row:
    repair_type_id: UUID
    method: str
    price: Decimal
    low: Decimal
    high: Decimal
    actual: Decimal | None


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], K]) -> dict[K, list[_Row]]:
    groups: dict[K, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _accuracy(rows: Sequence[_Row]) -> rules.Accuracy:
    settled = [rules.Settled(row.price, row.low, row.high, row.actual) for row in rows if row.actual]
    return rules.accuracy_of(len(rows), settled)
