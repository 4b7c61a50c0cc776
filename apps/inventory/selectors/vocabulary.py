"""What categories, part types and device models are called in files, and which is meant by a name."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from apps.catalog.models import DeviceModel, PartType
from apps.inventory.models import Category

Path = tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """Names with the id of what they stand for; a name that stands for several is ``ambiguous``."""

    ids: dict[str, UUID]
    ambiguous: frozenset[str]


def category_paths() -> dict[UUID, Path]:
    """Every category with its names from the top of the tree."""
    rows = {pk: (name, parent) for pk, name, parent in Category.objects.values_list("pk", "name", "parent_id")}
    paths: dict[UUID, Path] = {}
    for pk in rows:
        above: list[str] = []
        at: UUID | None = pk
        while at is not None and len(above) <= len(rows):
            name, at = rows[at]
            above.append(name)
        paths[pk] = tuple(reversed(above))
    return paths


def part_type_names() -> dict[UUID, str]:
    """Every part type by its name, with its quality where another one has the same name."""
    kinds = list(PartType.objects.all())
    times = Counter(kind.name.lower() for kind in kinds)
    return {kind.pk: str(kind) if times[kind.name.lower()] > 1 else kind.name for kind in kinds}


def part_types_by_name() -> Names:
    """By name, and by name with quality: “Display (original)”."""
    return by_name([(kind.pk, name) for kind in PartType.objects.all() for name in {kind.name, str(kind)}])


def model_names() -> dict[UUID, str]:
    """Every device model by its brand and name."""
    rows = DeviceModel.objects.values_list("pk", "brand__name", "name")
    return {pk: f"{brand} {name}" for pk, brand, name in rows}


def models_by_name() -> Names:
    """By brand and name."""
    return by_name(list(model_names().items()))


def folded(name: str) -> str:
    """As names are compared: without case and repeated spaces."""
    return " ".join(name.lower().split())


def by_name(pairs: list[tuple[UUID, str]]) -> Names:
    """Records by what they are called; each name of one stands with its id."""
    times = Counter(folded(name) for _, name in pairs)
    return Names(
        {folded(name): pk for pk, name in pairs}, frozenset(name for name, number in times.items() if number > 1)
    )
