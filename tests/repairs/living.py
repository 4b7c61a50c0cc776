"""Lives that are drawn by a seed: which steps, with what; lived one after the other, and shortened when one goes wrong.

A class marks its steps by ``happens``. It has ``open``, which begins a life, ``prove``, which is asked after each step, and
``close``, which is asked at the end.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

Draw = Callable[[random.Random], Any]


def whole(least: int, most: int) -> Draw:
    return lambda chance: chance.randint(least, most)


def among(values: Sequence[Any]) -> Draw:
    return lambda chance: chance.choice(values)


def maybe(draw: Draw) -> Draw:
    """Nothing, in half of the cases."""
    return lambda chance: draw(chance) if chance.random() < 0.5 else None


def happens(*draws: Draw, weight: int = 1) -> Callable[[Any], Any]:
    """A step that may be part of a life, so often beside the others, with what is drawn for it."""

    def mark(method: Any) -> Any:
        method.draws, method.weight = draws, weight
        return method

    return mark


def life_of(kind: type[Any], seed: int, steps: int) -> tuple[Any, list[Any]]:
    """How a workshop opens, and so many steps: each its name and what was drawn for it. The same for the same seed."""
    chance = random.Random(seed)
    methods = [(name, getattr(kind, name)) for name in dir(kind)]
    known = [(name, method.draws, method.weight) for name, method in methods if getattr(method, "weight", 0)]
    opening = tuple(draw(chance) for draw in kind.open.draws)
    chosen = chance.choices(known, [weight for _, _, weight in known], k=steps)
    return opening, [(name, *(draw(chance) for draw in draws)) for name, draws, _ in chosen]


def live(kind: type[Any], opening: Any, life: list[Any]) -> None:
    """Live a life, and prove after each of its steps that the books are right. Nothing of it stays."""
    with transaction.atomic():
        bench = kind()
        bench.open(*opening)
        for name, *drawn in life:
            getattr(bench, name)(*drawn)
            bench.prove()
        bench.close()
        transaction.set_rollback(True)


def live_many(kind: type[Any], lives: int, steps: int) -> None:
    """So many lives, always the same ones; ``LONG_PROPERTY=500`` lives that many others each time.

    One in which something is wrong is told with as few of its steps as are needed for that.
    """
    long = int(os.environ.get("LONG_PROPERTY", "0"))
    seeds = [random.randrange(10**9) for _ in range(long)] or range(lives)
    for seed in seeds:
        opening, life = life_of(kind, seed, steps)
        if _what_is_wrong(kind, opening, life) is not None:
            short = _shortened(kind, opening, life)
            told = "\n".join(map(repr, [opening, *short]))
            raise AssertionError(f"With seed {seed}, in {len(short)} steps:\n{told}") from _what_is_wrong(
                kind, opening, short
            )


def _what_is_wrong(kind: type[Any], opening: Any, life: list[Any]) -> Exception | None:
    try:
        live(kind, opening, life)
    except Exception as error:
        return error
    return None


def _shortened(kind: type[Any], opening: Any, life: list[Any]) -> list[Any]:
    """What is left of a life when everything without which it still goes wrong is left out, many steps at a time."""
    size = len(life) // 2
    while size:
        at = 0
        while at < len(life):
            without = life[:at] + life[at + size :]
            if _what_is_wrong(kind, opening, without) is not None:
                life = without
            else:
                at += size
        size //= 2
    return life
