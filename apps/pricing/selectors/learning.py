"""What the estimator learns from: the shop's prices, what was charged, and what is known of the models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q, Sum

from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core.db import MOST_NAMED
from apps.pricing.enums import PriceSource
from apps.pricing.models import Price
from apps.pricing.registry import PastPrice, past_prices

if TYPE_CHECKING:
    from apps.pricing.estimator import DeviceFacts, Job, KnownPrice

LATELY = timedelta(days=365)  # prices that ended since are still worth something
PAST = timedelta(days=730)  # so are those that were charged since
MOST_LINES = 20_000
# What a price counts beside one of the list that holds today.
OF_A_BRANCH, ENDED, CHARGED = 0.5, 0.5, 0.25
_COLUMNS = (
    "pk", "device_model_id", "repair_type_id", "part_type_id", "part_quality", "branch_id", "price", "valid_until",
)  # fmt: skip
LINE = "line:"  # before the ids of what was charged: those are no prices of the list


@cache
def core() -> Any:
    """The package that learns and estimates. Imported when it is first needed: most processes never estimate."""
    return import_module(settings.PRICE_ESTIMATOR)


@dataclass(frozen=True)
class Known:
    """Everything that is to be learnt for a currency, in an order that depends on nothing but the rows."""

    prices: "list[KnownPrice]"
    lines: int

    def fingerprint(self, today: date) -> str:
        """A text that is another one when there is something else to be learnt. That a price holds on today is no news."""
        digest = sha256(settings.VERSION.encode())
        for known in self.prices:
            digest.update(repr(replace(known, day=None) if known.day == today.toordinal() else known).encode())
        return digest.hexdigest()


def currencies_priced() -> list[str]:
    """The currencies that there are prices in."""
    return list(Price.objects.order_by("currency").values_list("currency", flat=True).distinct())


def look_of_prices(today: date) -> dict[str, str]:
    """For each currency that there are prices in, a short text that is another one when prices were changed.

    One statement. It also changes with the version of Mendery, whose estimator may have changed, and with the month.
    """
    rows = _prices().values_list("currency").annotate(Count("pk"), Sum("price"), Max("updated_at")).order_by("currency")
    return {
        currency: f"{settings.VERSION} {today:%Y-%m} {number} {amount} {changed.isoformat()}"
        for currency, number, amount, changed in rows
    }


def known_prices(currency: str, today: date) -> Known:
    """What there is to learn for ``currency``: prices of the list and of branches, and what was charged."""
    listed = _listed(currency, today)
    lines = past_prices(currency, today - PAST, MOST_LINES)
    lines.sort(key=lambda line: str(line.source_id))
    facts = _facts({row[1] for row in listed} | {line.device_model_id for line in lines})
    kinds = _Kinds()
    prices = [_of_list(row, facts, kinds, today) for row in listed]
    charged = [_of_line(line, facts, kinds) for line in lines if line.device_model_id in facts]
    return Known([*prices, *charged], len(charged))


def known_few(
    currency: str, today: date, most: int, repair_type_id: UUID | None, since: datetime | None
) -> Known | None:
    """What there is to learn from a short list: the whole of one of at most ``most`` prices, else those of the repair.

    With ``since`` only those of the repair, and ``None`` where none of them was changed since. No statement reads more
    than ``most`` and one of them.
    """
    prices = _recent(currency, today).order_by("-valid_from", "-pk")
    of_repair = prices.filter(repair_type=repair_type_id)
    if since is not None and not of_repair.filter(updated_at__gte=since).exists():
        return None
    rows = [] if since is not None else list(prices.values_list(*_COLUMNS)[: most + 1])
    if since is not None or (len(rows) > most and repair_type_id is not None):
        rows = list(of_repair.values_list(*_COLUMNS)[:most])
    latest = _latest(reversed(rows[:most]))
    facts, kinds = _facts({row[1] for row in latest}), _Kinds()
    return Known([_of_list(row, facts, kinds, today) for row in latest], 0)


def facts_of(model: DeviceModel) -> "DeviceFacts":
    """What the estimator is told of a model."""
    return core().DeviceFacts(  # type: ignore[no-any-return]
        key=str(model.pk),
        brand=model.brand.name,
        name=model.name,
        device_type=model.device_type,
        release_year=model.release_year,
        screen_size=None if model.screen_size is None else float(model.screen_size),
        launch_price=None if model.launch_price is None else float(model.launch_price),
        tier=model.tier_level,
    )


def job_of(facts: "DeviceFacts", repair: tuple[UUID, str], part: str, quality: str) -> "Job":
    """A job as the estimator knows it. Parts of one name are the same kind of part, in several qualities."""
    pk, name = repair
    return core().Job(  # type: ignore[no-any-return]
        device=facts, repair=str(pk), repair_name=name, part=part.casefold(), part_name=part, quality=quality
    )


class _Kinds:
    """The names of all kinds of work and of part."""

    def __init__(self) -> None:
        self.repairs: Mapping[UUID, str] = dict(RepairType.objects.order_by().values_list("pk", "name"))
        parts = PartType.objects.order_by().values_list("pk", "name", "quality")
        self.parts: Mapping[UUID | None, tuple[str, str]] = {pk: (name, quality) for pk, name, quality in parts}

    def job(self, facts: "DeviceFacts", repair: UUID, part: UUID | None, quality: str | None = None) -> "Job":
        """``quality`` is that of the part where none is said."""
        name, its = self.parts.get(part, ("", ""))
        return job_of(facts, (repair, self.repairs[repair]), name, its if quality is None else quality)


def _prices() -> Any:
    """Prices that somebody set; what was estimated teaches nothing."""
    return Price.objects.filter(is_estimated=False).exclude(source=PriceSource.ESTIMATE)


def _listed(currency: str, today: date) -> list[tuple[Any, ...]]:
    """The latest price of each key that has begun and not long ended."""
    return _latest(_recent(currency, today).order_by("valid_from", "pk").values_list(*_COLUMNS))


def _recent(currency: str, today: date) -> Any:
    """Prices that have begun and not long ended."""
    recent = Q(valid_until=None) | Q(valid_until__gte=today - LATELY)
    return _prices().filter(recent, currency=currency, valid_from__lte=today)


def _latest(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The last of the rows of each key."""
    return sorted({row[1:6]: row for row in rows}.values(), key=lambda row: str(row[0]))


def _facts(ids: Iterable[UUID]) -> "dict[UUID, DeviceFacts]":
    wanted = list(ids)
    found: dict[UUID, DeviceFacts] = {}
    for first in range(0, len(wanted), MOST_NAMED):
        models = (
            DeviceModel.objects.filter(pk__in=wanted[first : first + MOST_NAMED]).select_related("brand").order_by()
        )
        found |= {model.pk: facts_of(model) for model in models.defer("search_text", "aliases")}
    return found


def _of_list(row: tuple[Any, ...], facts: "Mapping[UUID, DeviceFacts]", kinds: _Kinds, today: date) -> "KnownPrice":
    pk, model, repair, part, quality, branch, price, until = row
    weight = OF_A_BRANCH if branch is not None else 1.0
    ended = until is not None and until < today
    return core().KnownPrice(  # type: ignore[no-any-return]
        id=str(pk),
        job=kinds.job(facts[model], repair, part, quality),
        price=float(price),
        weight=weight * (ENDED if ended else 1.0),
        day=(until if ended else today).toordinal(),
    )


def _of_line(line: PastPrice, facts: "Mapping[UUID, DeviceFacts]", kinds: _Kinds) -> "KnownPrice":
    return core().KnownPrice(  # type: ignore[no-any-return]
        id=f"{LINE}{line.source_id}",
        job=kinds.job(facts[line.device_model_id], line.repair_type_id, line.part_type_id),
        price=float(line.unit_price),
        weight=CHARGED,
        day=line.on.toordinal(),
    )
