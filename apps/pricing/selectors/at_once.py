"""What an estimator can learn while somebody waits: new prices of a short list count before the next training."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, timedelta
from threading import Lock
from uuid import UUID

from apps.core import money
from apps.pricing.models import today
from apps.pricing.selectors.learning import Known, core, known_few
from apps.pricing.selectors.versions import Loaded

logger = logging.getLogger(__name__)
MOST = 300  # prices; learning from them without a search takes some tenths of a second
_KEPT = 8
_MARGIN = timedelta(seconds=2)  # of the clocks of two machines

_learnt: "OrderedDict[tuple[str, str], Loaded | None]" = OrderedDict()
_learning = Lock()


def learnt_at_once(currency: str, repair_type_id: UUID | None, on: date, trained: Loaded | None) -> Loaded | None:
    """An estimator of up to ``MOST`` prices of the list as it is now: all of a short one, else those of the repair.

    ``None`` where nothing has been learnt that ``trained`` could not know. Kept in memory only, until the prices change.
    """
    since = trained.since - _MARGIN if trained is not None and trained.since is not None else None
    day = max(on, today())
    known = known_few(currency, day, MOST, repair_type_id, since)
    if known is None or not known.prices:
        return None
    return _remembered((currency, known.fingerprint(day)), lambda: _learn(currency, known))


def _remembered(key: tuple[str, str], learn: Callable[[], Loaded | None]) -> Loaded | None:
    with _learning:  # once, however many threads ask
        if key not in _learnt:
            _learnt[key] = learn()
        _learnt.move_to_end(key)
        while len(_learnt) > _KEPT:
            _learnt.popitem(last=False)
        return _learnt[key]


def _learn(currency: str, known: Known) -> Loaded | None:
    try:
        estimator = core().Estimator.fit(known.prices, digits=money.digits(currency), searching=False)
    except Exception:
        # As when a training fails: who asks is told that nothing can be told, and the next training says why.
        logger.exception("The prices in %s could not be learnt at once.", currency)
        return None
    return Loaded(None, None, frozenset(map(UUID, estimator.suspicious)), estimator)
