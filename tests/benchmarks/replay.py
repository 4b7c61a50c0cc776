"""A stock room that lives through the recorded demand of its parts, week by week, under one way to order again."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from apps.inventory.rules.reordering import NOT_KEPT, ReorderPlan, Supply, propose

PlanOf = Callable[["Part", int], ReorderPlan]


@dataclass(frozen=True, eq=False)
class Part:
    """A part and its demand in each week of the record; hashed by identity, as plans are remembered by part."""

    number: str
    unit_cost: Decimal
    supply: Supply
    demand: tuple[int, ...]


@dataclass(frozen=True)
class Span:
    """From which week on the stock room lives, from which it is measured, and how often plans are made anew."""

    begins: int
    measured: int
    renewed_every: int


@dataclass(frozen=True)
class Tally:
    """What happened in the measured weeks; ``value`` is the mean stock at cost, ``yearly_cost`` holding and ordering.

    ``opening``, ``received``, ``demanded_in_all`` and ``closing`` are of the whole life: units neither appear nor
    vanish, so ``opening + received − demanded_in_all = closing``, which is negative where repairs wait.
    """

    demanded: int = 0
    served: int = 0
    demand_weeks: int = 0
    full_weeks: int = 0
    part_weeks: int = 0
    short_weeks: int = 0
    value: float = 0.0
    orders: int = 0
    yearly_cost: float = 0.0
    opening: int = 0
    received: int = 0
    demanded_in_all: int = 0
    closing: int = 0


def total(tallies: Iterable[Tally]) -> Tally:
    columns = zip(*(astuple(tally) for tally in tallies), strict=True)
    return Tally(**{each.name: sum(column) for each, column in zip(fields(Tally), columns, strict=True)})


@dataclass
class Shelf:
    """A part's stock, negative where repairs wait, and what is on its way by the week of its arrival."""

    stock: int
    incoming: int = 0
    received: int = 0
    coming: Counter[int] = field(default_factory=Counter)

    def receive(self, week: int) -> None:
        arrived = self.coming.pop(week, 0)
        self.stock += arrived
        self.incoming -= arrived
        self.received += arrived

    def review(self, week: int, part: Part, plan: ReorderPlan) -> bool:
        """Whether something was ordered."""
        # Almost every week nothing is due: the position is looked at here, and the rule decides where it is low.
        if self.stock + self.incoming > plan.reorder_point:
            return False
        on_shelf, waiting = max(self.stock, 0), max(-self.stock, 0)
        quantity = propose(plan, part.supply, available=on_shelf, incoming=self.incoming, waiting=waiting).quantity
        self.incoming += quantity
        self.coming[week + math.ceil(part.supply.lead_time)] += quantity
        self.receive(week)
        return quantity > 0


def live(part: Part, plan_of: PlanOf, span: Span) -> Tally:
    """Begin with ``s + Q`` on the shelf; each week receive, review, then serve; what is not there waits.

    A plan made in week ``t`` may look at the demand before ``t`` only: ``plan_of`` is given the part and ``t``.
    """
    plan = plan_of(part, span.begins)
    opening = plan.reorder_point + plan.order_quantity if plan.reorder_point > NOT_KEPT else 0
    shelf = Shelf(opening)
    demanded = served = demand_weeks = full_weeks = short_weeks = orders = 0
    unit_weeks = 0.0
    for week in range(span.begins, len(part.demand)):
        if week > span.begins and (week - span.begins) % span.renewed_every == 0:
            plan = plan_of(part, week)
        shelf.receive(week)
        ordered = shelf.review(week, part, plan)
        wanted, on_shelf = part.demand[week], max(shelf.stock, 0)
        shelf.stock -= wanted
        if week >= span.measured:
            demanded += wanted
            served += min(wanted, on_shelf)
            demand_weeks += wanted > 0
            full_weeks += 0 < wanted <= on_shelf
            short_weeks += shelf.stock < 0
            orders += ordered
            unit_weeks += (on_shelf + max(shelf.stock, 0)) / 2
    weeks, supply = len(part.demand) - span.measured, part.supply
    held = unit_weeks / weeks
    yearly = (
        held * float(supply.unit_holding_cost) + orders * float(supply.order_cost) * supply.periods_per_year / weeks
    )
    return Tally(
        demanded, served, demand_weeks, full_weeks, weeks, short_weeks, held * float(part.unit_cost), orders, yearly,
        opening, shelf.received, sum(part.demand[span.begins :]), shelf.stock,
    )  # fmt: skip


def read_parts(folder: Path, *, whole_packs: bool) -> list[Part]:
    """The parts of ``stock_parts.csv`` with their ``stock_demand.csv``; raises ``FileNotFoundError`` without them.

    Some quantities are fractions of a unit: they are rounded to whole ones, at least one. Without ``whole_packs`` a
    pack holds one unit; the minimum order stays.
    """
    with (folder / "stock_parts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {row["part_id"]: _monday(row["first_period"]) for row in rows}
    demand: dict[str, Counter[int]] = {number: Counter() for number in first}
    with (folder / "stock_demand.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            week = (_monday(row["period"]) - first[row["part_id"]]).days // 7
            demand[row["part_id"]][week] += max(1, math.floor(float(row["quantity"]) + 0.5))
    return [_part(row, demand[row["part_id"]], whole_packs=whole_packs) for row in rows]


def _part(row: dict[str, str], demand: Counter[int], *, whole_packs: bool) -> Part:
    supply = Supply(
        lead_time=float(row["lead_time_weeks"]),
        unit_holding_cost=Decimal(row["holding_cost_per_year"]),
        order_cost=Decimal(row["order_cost"]),
        pack_size=math.ceil(float(row["pack_size"])),
        minimum_order=math.ceil(float(row["min_order_qty"])),
    )
    if not whole_packs:
        supply = replace(supply, pack_size=1)
    weeks = tuple(demand[week] for week in range(int(row["n_periods"])))
    return Part(row["part_id"], Decimal(row["unit_cost"]), supply, weeks)


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def value_at(curve: Sequence[tuple[float, float]], service: float) -> float | None:
    """The stock value at which a curve of (service, value) reaches ``service``; ``None`` where it never does."""
    points = sorted(curve)
    for (low, below), (high, above) in pairwise(points):
        if low <= service <= high:
            return below if high == low else below + (above - below) * (service - low) / (high - low)
    return None
