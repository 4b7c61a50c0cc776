"""When to order a part again, and how much: (R, s, Q) with unmet demand waiting, every number kept beside its result.

A review every ``review_period`` looks at the position: available + incoming − what repairs wait for. At the reorder
point ``s`` or below it, at least ``Q`` is ordered, in whole packs. As the order after this one comes only
``lead_time + review_period`` later, what is there now must last that long.

- Silver, E. A., Pyke, D. F., Thomas, D. J. (2017): Inventory and Production Management in Supply Chains, 4th edition
  (cycle service, safety stock, economic order quantity, demand during a lead time that varies).
- Teunter, R. H., Babai, M. Z., Syntetos, A. A. (2010): ABC classification: service levels and inventory costs.
  Production and Operations Management 19(3) (service levels from the cost of a shortage).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.inventory.rules.balances import LARGEST_QUANTITY
from apps.inventory.rules.demand import Forecast, Forecasting, Method, Pattern, Peers, forecast, forecast_from
from apps.inventory.rules.negative_binomial import quantile

NOT_KEPT = -1  # the reorder point of a part that is bought only when a repair waits for it
HIGHEST_SERVICE = 0.9999
LEAST_PERIODS = 8  # a shorter history says less than the person who set the reorder level
QUIET_PERIODS = 26  # peers are asked only for a part that had as long a time to be asked for


class Basis(StrEnum):
    """Where the numbers of a plan come from."""

    HISTORY = "HISTORY"  # the part's own demand
    PEERS = "PEERS"  # the parts of the shop that nobody had asked for either
    KEPT = "KEPT"  # the reorder level and quantity kept on the item
    NOTHING = "NOTHING"  # nothing is known, so nothing is proposed for the shelf


@dataclass(frozen=True)
class CycleService:
    """The probability that no repair waits for the part between a review and the arrival of the next order."""

    level: float


@dataclass(frozen=True)
class ShortageCost:
    """What it costs that one demand, of whatever size, finds the shelf empty; in the currency of the costs.

    The service level follows from it: ``1 − h·Q/(b·D)`` with ``h`` the cost to hold a unit for a year, ``D`` the yearly
    demand and ``b`` the cost per unit short (Teunter, Babai and Syntetos 2010), here the cost of a demand over its mean
    size. Parts that are cheap to hold and asked for often are hardly ever missing; dear and rare ones may be.
    """

    amount: Decimal


@dataclass(frozen=True)
class Supply:
    """How a part is bought and what that costs.

    ``lead_time`` and its standard deviation ``lead_time_deviation`` are in periods, so is ``review_period``;
    ``holding_cost`` is for one unit and year, ``order_cost`` for one order. Raises ``ValueError`` for what cannot be.
    """

    lead_time: float
    unit_holding_cost: Decimal
    order_cost: Decimal
    pack_size: int = 1
    minimum_order: int = 1
    review_period: float = 1
    lead_time_deviation: float = 0
    periods_per_year: float = 52

    def __post_init__(self) -> None:
        if min(self.lead_time, self.lead_time_deviation) < 0 or min(self.unit_holding_cost, self.order_cost) < 0:
            raise ValueError("Times and costs are not negative.")
        if self.pack_size < 1 or self.minimum_order < 0 or self.review_period <= 0 or self.periods_per_year <= 0:
            raise ValueError("A pack holds at least one unit, and reviews and years take time.")


@dataclass(frozen=True)
class Kept:
    """The reorder level and quantity that somebody set on the item; 0 for none."""

    reorder_level: int = 0
    reorder_quantity: int = 0


@dataclass(frozen=True)
class ReorderPlan:
    """The reorder point and quantity of a part, and every number that led to them.

    ``mean`` and ``deviation`` are of the demand in one period, ``protected_demand`` and ``protected_deviation`` of that
    in the ``protected_periods`` until the next order could arrive. ``safety_stock`` is what lies above the expected
    demand. ``economic_quantity`` is the quantity before packs and the minimum. What is not known is ``None``.
    """

    basis: Basis
    reorder_point: int
    order_quantity: int
    method: Method | None = None
    pattern: Pattern = Pattern.NONE
    periods: int = 0
    demand_periods: int = 0
    mean: float | None = None
    deviation: float | None = None
    mean_size: float | None = None
    protected_periods: float | None = None
    protected_demand: float | None = None
    protected_deviation: float | None = None
    service_level: float | None = None
    safety_stock: float | None = None
    economic_quantity: float | None = None


@dataclass(frozen=True)
class Proposal:
    """``quantity`` to order, 0 for none, at this ``position``, by this ``plan``."""

    quantity: int
    position: int
    plan: ReorderPlan


def in_lots(quantity: float, supply: Supply) -> int:
    """The least number of whole packs that is ``quantity``, and the minimum order, or more; in units, at least one."""
    packs = math.ceil(max(quantity, supply.minimum_order, 1) / supply.pack_size)
    return packs * supply.pack_size


def economic_quantity(mean: float, supply: Supply) -> float:
    """``√(2·D·K/h)``: yearly demand, cost of an order, cost to hold a unit for a year (Harris 1913).

    A year's demand where holding costs nothing.
    """
    yearly = mean * supply.periods_per_year
    if not supply.unit_holding_cost:
        return yearly
    return math.sqrt(2 * yearly * float(supply.order_cost) / float(supply.unit_holding_cost))


def service_level(target: CycleService | ShortageCost, expected: Forecast, quantity: int, supply: Supply) -> float:
    """The cycle service level to keep for this part, from 0 to ``HIGHEST_SERVICE``."""
    if isinstance(target, CycleService):
        return min(max(target.level, 0.0), HIGHEST_SERVICE)
    per_unit = float(target.amount) / max(expected.size, 1.0)
    saved = per_unit * expected.mean * supply.periods_per_year
    if saved <= 0:
        return 0.0
    return min(max(1 - float(supply.unit_holding_cost) * quantity / saved, 0.0), HIGHEST_SERVICE)


def expectation(history: Sequence[int], how: Forecasting, peers: Peers | None = None) -> Forecast | None:
    """What to expect of a part from its demand by period, oldest first, quiet periods as 0; ``None`` if none can say.

    A history of fewer than ``LEAST_PERIODS``, or without any demand, says nothing; ``peers`` speak for a part that
    nobody asked for in at least ``QUIET_PERIODS``.
    """
    if any(history):
        return forecast(history, how) if len(history) >= LEAST_PERIODS else None
    return forecast_from(peers, len(history)) if peers is not None and len(history) >= QUIET_PERIODS else None


def plan_reorder(
    expected: Forecast | None, supply: Supply, target: CycleService | ShortageCost, kept: Kept | None = None
) -> ReorderPlan:
    """The plan for a part: from its own demand; else from what is kept on the item; else from its peers; else nothing."""
    is_own = expected is not None and expected.method is not Method.PEERS
    if kept is not None and not is_own and (kept.reorder_level or kept.reorder_quantity):
        return ReorderPlan(Basis.KEPT, kept.reorder_level, in_lots(kept.reorder_quantity, supply))
    if expected is None:
        return ReorderPlan(Basis.NOTHING, NOT_KEPT, in_lots(0, supply))
    return plan_from(expected, supply, target)


def plan_from(expected: Forecast, supply: Supply, target: CycleService | ShortageCost) -> ReorderPlan:
    """The plan that follows from a forecast.

    Demand over ``T = lead time + review period`` has mean ``μ·T`` and variance ``σ²·T + μ²·σ_L²`` and is taken as
    negative binomial. Right after a review the position is at least ``s + 1``, so ``s`` is one less than the stock
    that lasts with the probability of the service level.
    """
    time = supply.lead_time + supply.review_period
    demand = expected.mean * time
    spread = expected.variance * time + (expected.mean * supply.lead_time_deviation) ** 2
    best = economic_quantity(expected.mean, supply)
    quantity = in_lots(best, supply)
    level = service_level(target, expected, quantity, supply)
    point = min(quantile(demand, spread, level), LARGEST_QUANTITY) - 1
    return ReorderPlan(
        basis=Basis.PEERS if expected.method is Method.PEERS else Basis.HISTORY,
        reorder_point=point,
        order_quantity=quantity if point > NOT_KEPT else in_lots(0, supply),
        method=expected.method,
        pattern=expected.pattern,
        periods=expected.periods,
        demand_periods=expected.demand_periods,
        mean=expected.mean,
        deviation=math.sqrt(expected.variance),
        mean_size=expected.size,
        protected_periods=time,
        protected_demand=demand,
        protected_deviation=math.sqrt(spread),
        service_level=level,
        safety_stock=point + 1 - demand,
        economic_quantity=best,
    )


def propose(plan: ReorderPlan, supply: Supply, *, available: int, incoming: int, waiting: int = 0) -> Proposal:
    """What to order now: nothing above the reorder point, else ``Q`` or what it takes to get above it, in packs.

    ``waiting`` counts the units that repairs wait for and that nothing on hand is reserved for.
    """
    position = available + incoming - waiting
    if position > plan.reorder_point:
        return Proposal(0, position, plan)
    needed = plan.reorder_point + 1 - position
    return Proposal(in_lots(max(plan.order_quantity, needed), supply), position, plan)
