"""Whatever is done to orders and their parts, in whatever sequence: stock, lines and history tell the same story."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given

from tests.repairs.workbench import OPENINGS, Workbench, live, lives, thorough


class Parts(Workbench):
    """Orders and their parts alone, so that much happens to each."""

    done = Counter()


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_the_books_stay_right_whatever_happens() -> None:
    @thorough(examples=6)
    @given(OPENINGS, lives(Parts, 50))
    def whatever_happens(opening: tuple[Any, ...], life: list[Any]) -> None:
        live(Parts, opening, life)

    whatever_happens()

    assert {"move to delivered", "move to cancelled", "replace a part", "pick units", "delivery"} <= Parts.done.keys()
