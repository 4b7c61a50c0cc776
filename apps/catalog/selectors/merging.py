"""What refers to a model, and which models are likely to be one and the same."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Field, Model

from apps.catalog.enums import WordKind
from apps.catalog.models import DeviceModel, ModelWord
from apps.catalog.rules.search import OFFERED_BELOW

# What follows the model's own facts, and is not worth telling.
_INDEX = "catalog.modelword"


@dataclass(frozen=True)
class LikelyDuplicates:
    """Models of one brand that share names or numbers. Perhaps they are different all the same: a person decides."""

    models: tuple[DeviceModel, ...]
    shared: tuple[str, ...]


def referring_fields() -> Iterator["Field[Any, Any]"]:
    """The columns of all tables, in whichever app, that hold the id of a model."""
    for relation in DeviceModel._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield relation.field  # type: ignore[union-attr]


def references_to(model_ids: Sequence[UUID]) -> dict[str, dict[UUID, int]]:
    """How many rows of each kind refer to each of these models, by the kind's name for people; kinds without any too."""
    counts: dict[str, dict[UUID, int]] = {}
    for field in referring_fields():
        if field.model._meta.label_lower == _INDEX:
            continue
        rows = field.model._default_manager.filter(**{f"{field.attname}__in": list(model_ids)}).order_by()
        found = dict(rows.values_list(field.attname).annotate(Count("pk")))
        counts[_name_of(field.model)] = found
    return counts


def _name_of(model: type[Model]) -> str:
    """For people. The table of a many-to-many field has no name of its own: what is meant is whose field it is."""
    owner: Any = model._meta.auto_created
    return str((owner or model)._meta.verbose_name_plural)


def likely_duplicates(most: int, first: int = 0) -> list[LikelyDuplicates]:
    """Models in use that have the same name but for case, signs and spaces, or a number in common; by brand and name."""
    entries = ModelWord.objects.filter(kind__in=(WordKind.NAME, WordKind.CODE), place__lt=OFFERED_BELOW)
    shared = entries.exclude(text__contains=" ").order_by().values("device_model__brand", "text")
    several = shared.annotate(models=Count("device_model")).filter(models__gt=1)
    groups: dict[frozenset[UUID], list[str]] = defaultdict(list)
    by_text: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    texts = {(row["device_model__brand"], row["text"]) for row in several}
    rows = entries.filter(text__in={text for _, text in texts}).values_list(
        "device_model__brand", "text", "device_model"
    )
    for brand_id, text, model_id in rows:
        by_text[brand_id, text].add(model_id)
    for key in sorted(texts, key=lambda one: one[1]):
        groups[frozenset(by_text[key])].append(key[1])
    return _shown(groups)[first : first + most]


def _shown(groups: dict[frozenset[UUID], list[str]]) -> list[LikelyDuplicates]:
    ids = {pk for group in groups for pk in group}
    models = DeviceModel.objects.select_related("brand").in_bulk(list(ids))
    found = [
        LikelyDuplicates(tuple(sorted((models[pk] for pk in group), key=lambda one: (one.name, one.pk))), tuple(texts))
        for group, texts in groups.items()
    ]
    return sorted(found, key=lambda one: (one.models[0].brand.name, one.models[0].name, one.models[0].pk))
