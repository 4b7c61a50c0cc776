"""``python -m tests.benchmarks.reorder`` replays recorded demand under several ways to order parts again.

The first weeks are history, the next fill the pipeline, the rest are measured. Constants of the forecasts and the
settings compared are chosen on one half of the parts, drawn by seed, and everything printed is of the other half.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import islice, repeat
from pathlib import Path

from apps.inventory.rules.demand import Forecast, Forecasting, Method, Peers, moving_average, peers_of
from apps.inventory.rules.reordering import (
    NOT_KEPT,
    Basis,
    CycleService,
    ReorderPlan,
    ShortageCost,
    economic_quantity,
    expectation,
    in_lots,
    plan_reorder,
)
from tests.benchmarks.replay import Part, PlanOf, Span, Tally, live, read_parts, total, value_at

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
FACTORS = (1.0, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0)
LEVELS = (0.75, 0.9, 0.95, 0.98, 0.99, 0.997, 0.9995)
COARSE = (0.9, 0.98, 0.997)  # is enough to choose constants by
SHORTAGES = (20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1280.0)
SERVICES = (0.80, 0.85, 0.90)
REACHED = 0.90  # of the demand weeks of the tuning half: the setting that is shown

CONSTANTS: dict[Method, tuple[Forecasting, ...]] = {
    Method.MOVING_AVERAGE: tuple(Forecasting(Method.MOVING_AVERAGE, window=window) for window in (13, 26, 52)),
    Method.SES: tuple(Forecasting(Method.SES, weight) for weight in (0.03, 0.05, 0.1)),
    Method.CROSTON: tuple(Forecasting(Method.CROSTON, weight, weight) for weight in (0.05, 0.1, 0.2)),
    Method.SBA: tuple(Forecasting(Method.SBA, weight, weight) for weight in (0.05, 0.1, 0.2)),
    Method.TSB: tuple(Forecasting(Method.TSB, 0.1, weight) for weight in (0.02, 0.05, 0.1)),
}


@dataclass(frozen=True)
class Policy:
    """A way to order again; without ``how`` it is the level that a shop sets once."""

    how: Forecasting | None = None
    by_cost: bool = False
    with_peers: bool = False

    @property
    def settings(self) -> tuple[float, ...]:
        return FACTORS if self.how is None else SHORTAGES if self.by_cost else LEVELS

    def __str__(self) -> str:
        if self.how is None:
            return "fixed level"
        constants = {
            Method.MOVING_AVERAGE: f"{self.how.window}",
            Method.SES: f"{self.how.size_weight}",
            Method.TSB: f"{self.how.size_weight}/{self.how.interval_weight}",
        }.get(self.how.method, f"{self.how.interval_weight}")
        return f"{self.how.method} {constants}{', by cost' * self.by_cost}{', peers' * self.with_peers}"


@dataclass(frozen=True)
class Trial:
    """A policy under its own settings, on one half of the parts."""

    policy: Policy
    tallies: tuple[tuple[float, Tally], ...]

    def value_for(self, service: float, *, of_units: bool = False) -> float | None:
        curve = [(units_served(t) if of_units else weeks_served(t), t.value) for _, t in self.tallies]
        return value_at(curve, service)


@dataclass(frozen=True)
class StockRoom:
    """The parts of one half, the weeks, and what its quiet parts began to need before each renewal of the plans."""

    parts: tuple[Part, ...]
    span: Span
    peers: dict[int, Peers | None]


def stock_room(parts: Sequence[Part], span: Span) -> StockRoom:
    weeks = range(span.begins, max(len(part.demand) for part in parts), span.renewed_every)
    return StockRoom(tuple(parts), span, {week: peers_of(part.demand[:week] for part in parts) for week in weeks})


def fixed_plan(part: Part, warm_up: int, factor: float) -> ReorderPlan:
    """As many units as a lead time took so far, on average, times ``factor``; and the economic quantity."""
    mean = moving_average(part.demand[:warm_up], warm_up)
    level = math.ceil(mean * part.supply.lead_time * factor) if mean else NOT_KEPT
    return ReorderPlan(Basis.KEPT, level, in_lots(economic_quantity(mean, part.supply) if mean else 0, part.supply))


def planner(policy: Policy, room: StockRoom) -> Callable[[float], PlanOf]:
    """For a setting, what plans each part in each week; what is expected depends on no setting and is found once."""
    how = policy.how
    if how is None:
        return lambda setting: lambda part, _: fixed_plan(part, room.span.begins, setting)

    @cache
    def expected(part: Part, week: int) -> Forecast | None:
        return expectation(part.demand[:week], how, room.peers[week] if policy.with_peers else None)

    def under(setting: float) -> PlanOf:
        target = ShortageCost(Decimal(setting)) if policy.by_cost else CycleService(setting)
        return lambda part, week: plan_reorder(expected(part, week), part.supply, target)

    return under


def trial(policy: Policy, settings: Sequence[float], room: StockRoom) -> Trial:
    under = planner(policy, room)
    tallies = [total(live(part, under(setting), room.span) for part in room.parts) for setting in settings]
    return Trial(policy, tuple(zip(settings, tallies, strict=True)))


def trials(jobs: Sequence[tuple[Policy, Sequence[float]]], room: StockRoom, processes: int) -> list[Trial]:
    policies, settings = zip(*jobs, strict=True)
    if processes == 1:
        return [trial(*job, room) for job in jobs]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(trial, policies, settings, repeat(room)))


def units_served(tally: Tally) -> float:
    return tally.served / tally.demanded if tally.demanded else 1.0


def weeks_served(tally: Tally) -> float:
    return tally.full_weeks / tally.demand_weeks if tally.demand_weeks else 1.0


def cheapest(candidates: Sequence[Trial]) -> Trial:
    """The one that needs the least stock for the service aimed at; the first of equals."""
    return min(candidates, key=lambda trial: trial.value_for(REACHED) or math.inf)


def chosen_by(tuning: StockRoom, processes: int) -> list[Policy]:
    """The constants of each forecast that do best under one cycle service level, then the further steps with them."""
    candidates = [Policy(how) for constants in CONSTANTS.values() for how in constants]
    tried = iter(trials([(policy, COARSE) for policy in candidates], tuning, processes))
    plain = [cheapest(list(islice(tried, len(constants)))).policy for constants in CONSTANTS.values()]
    by_cost = [replace(policy, by_cost=True) for policy in plain]
    return [Policy(), *plain, by_cost[-1], *(replace(policy, with_peers=True) for policy in by_cost)]


def setting_of(trial: Trial) -> float:
    """The lowest setting that served as many weeks as aimed at; the highest if none did."""
    enough = [setting for setting, tally in trial.tallies if weeks_served(tally) >= REACHED]
    return min(enough) if enough else trial.tallies[-1][0]


def report(tuned: Sequence[Trial], measured: Sequence[Trial]) -> Iterator[str]:
    """Two tables in Markdown: each policy at one setting, and the stock value that each needs for equal service."""
    yield f"Best on the tuning half: {cheapest(tuned).policy}. What follows is of the other half.\n"
    yield "| policy | setting | units served | weeks served | weeks not short | stock value | orders | cost a year |"
    yield "|---|---|---|---|---|---|---|---|"
    for before, trial in zip(tuned, measured, strict=True):
        setting = setting_of(before)
        yield _row(trial, setting, dict(trial.tallies)[setting])
    yield (
        "\n| stock value for | "
        + " | ".join(f"{service:.0%} of {what}" for what in ("weeks", "units") for service in SERVICES)
        + " |"
    )
    yield "|---" * (1 + 2 * len(SERVICES)) + "|"
    for trial in measured:
        values = [trial.value_for(service, of_units=units) for units in (False, True) for service in SERVICES]
        yield f"| {trial.policy} | " + " | ".join("—" if v is None else f"{v:,.0f}" for v in values) + " |"


def _row(trial: Trial, setting: float, tally: Tally) -> str:
    not_short = 1 - tally.short_weeks / tally.part_weeks if tally.part_weeks else 1.0
    cells = [
        str(trial.policy), f"{setting:g}", f"{units_served(tally):.1%}", f"{weeks_served(tally):.1%}",
        f"{not_short:.2%}", f"{tally.value:,.0f}", f"{tally.orders:,}", f"{tally.yearly_cost:,.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reorder", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of stock_parts.csv and stock_demand.csv")
    parser.add_argument("--warm-up", type=int, default=52, help="weeks that are history when the replay begins")
    parser.add_argument("--run-in", type=int, default=17, help="weeks after those that are lived but not measured")
    parser.add_argument("--renewed-every", type=int, default=13, help="weeks between one plan of a part and the next")
    parser.add_argument("--parts-seed", type=int, default=1, help="draws the half on which constants are chosen")
    parser.add_argument("--packs", choices=("whole", "single"), default="whole", help="single: packs are opened")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    given = arguments(words)
    try:
        parts = read_parts(given.data, whole_packs=given.packs == "whole")
    except FileNotFoundError as missing:
        print(f"Nothing to replay: {Path(missing.filename).name} is not in the folder that --data names.")
        return
    random.Random(given.parts_seed).shuffle(parts)
    span = Span(given.warm_up, given.warm_up + given.run_in, given.renewed_every)
    tuning, measured = (stock_room(half, span) for half in (parts[: len(parts) // 2], parts[len(parts) // 2 :]))
    jobs = [(policy, policy.settings) for policy in chosen_by(tuning, given.processes)]
    tuned = trials(jobs, tuning, given.processes)
    print(f"{len(measured.parts)} parts, constants chosen on {len(tuning.parts)} others, packs: {given.packs}.")
    for line in report(tuned, trials(jobs, measured, given.processes)):
        print(line)


if __name__ == "__main__":
    main()
