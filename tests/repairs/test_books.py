"""Whatever is done to orders and their parts, in whatever sequence: stock, lines and history tell the same story."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.repairs.living import live_many
from tests.repairs.workbench import Workbench


class Parts(Workbench):
    """Orders and their parts alone, so that much happens to each."""

    done = Counter()


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_the_books_stay_right_whatever_happens() -> None:
    live_many(Parts, lives=8, steps=40)

    reached = {
        "move to delivered",
        "move to cancelled",
        "return a part",
        "replace a part",
        "reserve a part",
        "delivery",
    }
    assert Parts.done.keys() >= reached
