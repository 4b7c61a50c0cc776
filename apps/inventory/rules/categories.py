"""The tree of categories."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from uuid import UUID


def would_cycle(category_id: UUID, parent_id: UUID | None, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether hanging a category under ``parent_id`` would put it above itself; ``parents`` is the tree as it is."""
    seen = {category_id}
    while parent_id is not None:
        if parent_id in seen:
            return True
        seen.add(parent_id)
        parent_id = parents.get(parent_id)
    return False


def category_and_below(category_id: UUID, parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    """The category and everything below it; ``parents`` is the tree."""
    children = defaultdict(list)
    for pk, parent_id in parents.items():
        children[parent_id].append(pk)
    found: set[UUID] = set()
    waiting = [category_id]
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += children[pk]
    return found


def totals_below(own: Mapping[UUID, int], parents: Mapping[UUID, UUID | None]) -> dict[UUID, int]:
    """For every category the sum of ``own`` over itself and everything below it; every category is visited once."""
    totals = {pk: own.get(pk, 0) for pk in parents}
    missing = Counter(parent_id for parent_id in parents.values() if parent_id is not None)
    complete = [pk for pk in parents if not missing[pk]]
    while complete:
        pk = complete.pop()
        above = parents[pk]
        if above is not None:
            totals[above] += totals[pk]
            missing[above] -= 1
            if not missing[above]:
                complete.append(above)
    return totals
