"""Teaching the estimator the shop's prices of today."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core import jobs, money
from apps.core.actor import Actor
from apps.core.db import snapshot
from apps.core.ids import new_id
from apps.core.numbering import counted_up
from apps.pricing import events, rules, selectors
from apps.pricing.models import EstimatorState, EstimatorVersion, today

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=12)  # longer than the job that trains may take


def refresh_estimators(*, actor: Actor) -> list[EstimatorVersion]:
    """Train the estimators of the currencies whose prices look different from when they were learnt last.

    Not sooner after the last training than ``rules.rest_after``. The versions that came of it.
    """
    looks, states = selectors.look_of_prices(today()), EstimatorState.objects.in_bulk()
    due = []
    for currency in sorted({*looks, *states}):
        state = states.get(currency) or EstimatorState(currency=currency)
        look = looks.get(currency, "")
        if rules.is_due(seen=state.seen, now_seen=look, rests_until=state.rests_until, now=timezone.now()):
            due.append(currency)
    return _trained(due, actor=actor)


def train_estimators(*, actor: Actor, currencies: Iterable[str] | None = None) -> list[EstimatorVersion]:
    """Train the estimator of each currency that has prices, or of these, if there is anything new to be learnt.

    The versions that came of it; a currency that somebody else trains at this moment is left to them.
    """
    if currencies is None:
        currencies = sorted({*selectors.currencies_priced(), *EstimatorState.objects.values_list("pk", flat=True)})
    return _trained(currencies, actor=actor)


@transaction.atomic
def request_training(*, actor: Actor) -> None:
    """Have every estimator look at the prices again, as soon as a worker is free. Raises ``Forbidden``."""
    require(actor, Right.PRICES_WRITE)
    EstimatorState.objects.update(seen="", rests_until=None)
    for version in selectors.newest_versions():
        event = events.TrainingRequested(aggregate_id=version.pk, currency=version.currency)
        audit.record(event, actor=actor)
    jobs.enqueue("pricing.train_estimators")


def _trained(currencies: Iterable[str], *, actor: Actor) -> list[EstimatorVersion]:
    made = [_train(currency, actor) for currency in currencies]
    return [version for version in made if version is not None]


def _train(currency: str, actor: Actor) -> EstimatorVersion | None:
    """Learn outside of any transaction, for others go on writing; what was learnt is stored in one, or not at all."""
    lease, day = new_id(), today()
    if not _claim(currency, lease, timezone.now()):
        return None
    started = time.perf_counter()
    try:
        look = selectors.look_of_prices(day).get(currency, "")
        with snapshot():
            known = selectors.known_prices(currency, day)
        fingerprint = known.fingerprint(day)
        if not _is_news(currency, known, fingerprint):
            _release(currency, lease, seen=look, seconds=time.perf_counter() - started)
            return None
        estimator = selectors.core().Estimator.fit(known.prices, digits=money.digits(currency))
        version = EstimatorVersion(
            currency=currency,
            fingerprint=fingerprint,
            known_prices=len(known.prices) - known.lines,
            known_lines=known.lines,
            suspicious=[pk for pk in estimator.suspicious if not pk.startswith(selectors.LINE)],
            seconds=round(time.perf_counter() - started, 3),
            content=estimator.to_bytes(),
        )
    except Exception as error:
        # The version before stays in use; the price list must not wait for this, so it is said and tried again later.
        logger.exception("The estimator for %s could not be trained.", currency)
        _give_up(currency, lease, error)
        return None
    return _store(version, lease, look, actor)


def _claim(currency: str, lease: UUID, now: datetime) -> bool:
    EstimatorState.objects.bulk_create([EstimatorState(currency=currency)], ignore_conflicts=True)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    claimed = EstimatorState.objects.filter(free, pk=currency).update(lease_owner=lease, lease_until=now + LEASE)
    return bool(claimed)


def _is_news(currency: str, known: selectors.Known, fingerprint: str) -> bool:
    newest = EstimatorVersion.objects.filter(currency=currency).order_by("-number").first()
    if newest is None:
        return bool(known.prices)
    return newest.fingerprint != fingerprint or not selectors.can_be_read(newest)


@transaction.atomic
def _store(version: EstimatorVersion, lease: UUID, look: str, actor: Actor) -> EstimatorVersion | None:
    """Put a version into use, unless the lease has run out and somebody else has trained meanwhile."""
    if not EstimatorState.objects.select_for_update().filter(pk=version.currency, lease_owner=lease).exists():
        return None
    version.number = counted_up(EstimatorState, version.currency)
    version.save(force_insert=True)
    kept = settings.ESTIMATOR_VERSIONS_KEPT
    EstimatorVersion.objects.filter(currency=version.currency, number__lte=version.number - kept).delete()
    event = events.EstimatorTrained(
        aggregate_id=version.pk,
        currency=version.currency,
        number=version.number,
        known_prices=version.known_prices,
        known_lines=version.known_lines,
        suspicious=len(version.suspicious),
        seconds=version.seconds,
    )
    audit.record(event, actor=actor)
    _release(version.currency, lease, seen=look, seconds=version.seconds)
    return version


def _release(currency: str, lease: UUID, *, seen: str, seconds: float) -> None:
    rests_until = timezone.now() + rules.rest_after(seconds)
    _held(currency, lease).update(seen=seen, rests_until=rests_until, lease_owner=None, lease_until=None, last_error="")


def _give_up(currency: str, lease: UUID, error: Exception) -> None:
    words = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    rests_until = timezone.now() + rules.RETRY_AFTER
    _held(currency, lease).update(rests_until=rests_until, lease_owner=None, lease_until=None, last_error=words)


def _held(currency: str, lease: UUID) -> Any:
    return EstimatorState.objects.filter(pk=currency, lease_owner=lease)
