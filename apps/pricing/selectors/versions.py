"""Which version of the estimator is in use, and the one that this process has in memory."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from apps.core.actor import Actor
from apps.core.db import MOST_NAMED
from apps.pricing.models import EstimatorState, EstimatorVersion, Price
from apps.pricing.selectors.learning import core
from apps.pricing.selectors.prices import prices_visible_to

if TYPE_CHECKING:
    from apps.pricing.estimator import Estimator

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """A version of the estimator, as this process has it in memory."""

    id: UUID | None
    number: int | None
    suspicious: frozenset[UUID]
    estimator: "Estimator"
    since: datetime | None = None  # what was changed before that it knows


_loaded: dict[str, Loaded] = {}
_loading = Lock()


def current_estimator(currency: str) -> Loaded | None:
    """The newest version, one small statement if it is in memory; ``None`` where nothing has been learnt yet."""
    versions = EstimatorVersion.objects.filter(currency=currency).order_by("-number")
    newest = versions.values_list("pk", flat=True).first()
    if newest is None or _in_memory(currency, newest):
        return None if newest is None else _loaded[currency]
    with _loading:  # once, however many threads ask
        if not _in_memory(currency, newest):
            _loaded[currency] = _load(versions[0])
        return _loaded[currency]


def _in_memory(currency: str, version_id: UUID) -> bool:
    return currency in _loaded and _loaded[currency].id == version_id


def _load(version: EstimatorVersion) -> Loaded:
    try:
        estimator = core().Estimator.from_bytes(bytes(version.content))
    except ValueError:
        # Of another version of Mendery, until the next training: what can be learnt at once has to do.
        logger.warning("Estimator %s cannot be read; the prices have to be learnt again.", version, exc_info=True)
        estimator = core().Estimator.fit([])
        return Loaded(version.pk, version.number, frozenset(), estimator)
    since = version.created_at - timedelta(seconds=version.seconds)
    return Loaded(version.pk, version.number, frozenset(map(UUID, version.suspicious)), estimator, since)


def can_be_read(version: EstimatorVersion) -> bool:
    """Whether the estimator of today understands what the one of then has written."""
    try:
        core().Estimator.from_bytes(bytes(version.content))
    except ValueError:
        return False
    return True


def estimator_versions() -> QuerySet[EstimatorVersion]:
    """All versions that are kept, without what they have learnt."""
    return EstimatorVersion.objects.defer("content")


def newest_versions() -> list[EstimatorVersion]:
    """The version that is asked now, of each currency; without what it has learnt."""
    found: dict[str, EstimatorVersion] = {}
    for version in estimator_versions().order_by("number"):
        found[version.currency] = version
    return [found[currency] for currency in sorted(found)]


def training_errors(currencies: Sequence[str] | None = None) -> dict[str, str]:
    """Why the last training failed, for the currencies in which it did."""
    states = EstimatorState.objects.exclude(last_error="")
    if currencies is not None:
        states = states.filter(pk__in=currencies)
    return dict(states.values_list("pk", "last_error"))


def suspicious_prices(version: EstimatorVersion, *, actor: Actor) -> QuerySet[Price]:
    """The prices that looked like typing errors to a version, as far as they are still on the list."""
    prices = prices_visible_to(actor).filter(pk__in=version.suspicious[:MOST_NAMED])
    return prices.select_related("device_model__brand", "repair_type", "part_type").order_by("pk")
