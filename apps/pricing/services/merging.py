"""What becomes of prices when a model is merged into another one."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from apps.audit import services as audit
from apps.catalog.registry import Merging, Part
from apps.core.ids import new_id
from apps.pricing.models import Price
from apps.pricing.rules.periods import Period, uncovered

_KEY = ("repair_type_id", "part_type_id", "part_quality", "branch_id")
_TABLE = "pricing.price"


def _hold(merging: Merging) -> None:
    """A price that is changed is locked before its model."""
    _locked(merging.source_id)
    _locked(merging.target_id)


def _move(merging: Merging) -> dict[str, int]:
    """Every price of the source becomes one of the target for the days that the target has no price of its own.

    One whose days are all covered is taken off the list; where the target has a price in the midst, the rest is a new
    line. What each was stays in its history.
    """
    taken: dict[tuple[Any, ...], list[Period]] = defaultdict(list)
    for price in _locked(merging.target_id):
        taken[_key(price)].append((price.valid_from, price.valid_until))
    counts = {_TABLE: 0, f"{_TABLE} shortened": 0, f"{_TABLE} dropped": 0}
    for price in _locked(merging.source_id):
        left = uncovered((price.valid_from, price.valid_until), taken[_key(price)])
        shortened = left != [(price.valid_from, price.valid_until)]
        counts[_TABLE] += bool(left)
        counts[f"{_TABLE} shortened"] += bool(left) and shortened
        counts[f"{_TABLE} dropped"] += not left
        _place(price, left, merging)
    return counts


def _place(price: Price, periods: list[Period], merging: Merging) -> None:
    said: dict[str, Any] = {"actor": merging.actor, "reason": merging.reason or "device models merged"}
    if not periods:
        audit.delete(Price.objects.all(), price.pk, **said)
        return
    with audit.changing(Price.objects.all(), price.pk, **said) as held:
        held.device_model_id = merging.target_id
        held.valid_from, held.valid_until = periods[0]
        held.save()
    for valid_from, valid_until in periods[1:]:
        with audit.creating(**said) as created:
            held.pk, held.valid_from, held.valid_until = new_id(), valid_from, valid_until
            held.save(force_insert=True)
            created.append(held)


def _key(price: Price) -> tuple[Any, ...]:
    return tuple(getattr(price, name) for name in _KEY)


def _locked(model_id: UUID) -> list[Price]:
    return list(
        Price.objects.select_for_update(of=("self",)).filter(device_model=model_id).order_by("valid_from", "pk")
    )


MERGED_PRICES = Part(relations=(_TABLE,), hold=_hold, move=_move)
