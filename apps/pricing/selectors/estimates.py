"""What a repair costs that may not be on the list: the listed price, else an estimate with what it leans on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.catalog.models import DeviceModel, PartType, RepairType
from apps.core import money
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.inventory.selectors import own_branch_ids
from apps.pricing import rules
from apps.pricing.models import EstimateRecord, EstimatorVersion, Price
from apps.pricing.selectors.learning import core, facts_of, job_of
from apps.pricing.selectors.prices import prices_visible_to

if TYPE_CHECKING:
    from apps.pricing.estimator import Comparable, Estimated, Estimator

LISTED, NONE = "listed", "none"
_UNTRAINED = "There is no listed price for this model and repair, and nothing comparable to estimate from."


@dataclass(frozen=True)
class Asked:
    """A repair that somebody wants to know the price of; ``quality`` is that of the part where one is named."""

    device_model: DeviceModel
    repair_type: RepairType
    part_type: PartType | None = None
    quality: str = ""
    branch: Branch | None = None

    @property
    def currency(self) -> str:
        return self.branch.currency if self.branch else settings.CURRENCY


@dataclass(frozen=True)
class Basis:
    """A price of the list that an answer leans on; ``similarity`` is from 0 to 1."""

    listing: Price
    similarity: float


@dataclass(frozen=True)
class Answer:
    """What a repair costs. With nothing to go on there are no amounts, and ``reason`` says why."""

    price: Decimal | None
    low: Decimal | None
    high: Decimal | None
    currency: str
    confidence_score: Decimal
    is_estimated: bool
    method: str
    basis: tuple[Basis, ...] = ()
    reason: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Loaded:
    """A version of the estimator, as this process has it in memory."""

    id: UUID
    number: int
    suspicious: frozenset[UUID]
    estimator: "Estimator"


_loaded: dict[str, Loaded] = {}
_loading = Lock()


def estimate(asked: Asked, *, actor: Actor, on: date) -> Answer:
    """The listed price of a repair on a day if there is one, else what the estimator thinks.

    Of several listed qualities the best one counts, and the others are in the basis and the interval. Customers see no
    price in the basis that they cannot see in the list.
    """
    listed = _listed(asked, on)
    chosen = [price for price in listed if _is_asked_for(price, asked)]
    if chosen:
        return _from_list(chosen)
    return _estimated(asked, listed, actor, on)


def current_estimator(currency: str) -> Loaded | None:
    """The newest version, one small statement if it is in memory; ``None`` where nothing has been learnt yet."""
    newest = EstimatorVersion.objects.filter(currency=currency).order_by("-number").values_list("pk", flat=True).first()
    present = _loaded.get(currency)
    if newest is None or (present and present.id == newest):
        return None if newest is None else present
    with _loading:
        version = EstimatorVersion.objects.filter(currency=currency).order_by("-number").first()
        if version is None:
            return None
        return _loaded.setdefault(currency, _load(version)) if currency not in _loaded else _renewed(version)


def _renewed(version: EstimatorVersion) -> Loaded:
    present = _loaded[version.currency]
    if present.id != version.pk:
        _loaded[version.currency] = present = _load(version)
    return present


def _load(version: EstimatorVersion) -> Loaded:
    estimator = core().Estimator.from_bytes(bytes(version.content))
    return Loaded(version.pk, version.number, frozenset(map(UUID, version.suspicious)), estimator)


def newest_versions() -> list[EstimatorVersion]:
    """The version that is asked now, of each currency; without what it has learnt."""
    found: dict[str, EstimatorVersion] = {}
    for version in EstimatorVersion.objects.defer("content").order_by("number"):
        found[version.currency] = version
    return [found[currency] for currency in sorted(found)]


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


def _listed(asked: Asked, on: date) -> list[Price]:
    """The prices of the model and repair that hold on the day, of every part and quality; the best quality first."""
    prices = Price.objects.valid_on(on).filter(device_model=asked.device_model, repair_type=asked.repair_type)
    if asked.branch is not None:
        prices = prices.filter(currency=asked.currency)
    found = prices.select_related("part_type").order_by()
    return sorted(found, key=lambda price: (rules.quality_rank(price.part_quality), price.price, price.pk))


def _is_asked_for(price: Price, asked: Asked) -> bool:
    right_part = asked.part_type is None or price.part_type_id == asked.part_type.pk
    return right_part and (not asked.quality or price.part_quality == asked.quality)
