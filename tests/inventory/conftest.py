"""An item with a history, at both branches."""

from __future__ import annotations

import pytest

from apps.core.actor import Actor
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item
from apps.inventory.services import MovementRequest, Need, record_movement, reserve
from tests.factories import stocked

SYSTEM = Actor.system("test")


@pytest.fixture
def item(branch: Branch, other_branch: Branch) -> Item:
    """Ten at Harbour, two of them promised; three at Station."""
    part = stocked(10, branch, sku="LCD-1", name="Display")
    request = MovementRequest(part.pk, MovementType.IN, 3, to_branch_id=other_branch.pk)
    record_movement(request, actor=SYSTEM)
    reserve("test", [Need(new_id(), part.pk, branch.pk, 2, new_id(), "R-1")], actor=SYSTEM)
    return part
