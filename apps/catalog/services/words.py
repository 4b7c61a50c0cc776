"""Keeps the search index of models in line with the models."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Brand, DeviceModel, ModelWord
from apps.catalog.rules import entries

CHUNK = 500
_WRITTEN_AT_ONCE = 2000
_DESCRIBED = ["search_text", "place"]


@transaction.atomic
def index_models(models: Sequence[DeviceModel], *, fresh: bool = False) -> int:
    """Make the entries of these models what their facts say; of how many they were not. ``fresh`` ones have none yet."""
    present: dict[UUID, dict[str, ModelWord]] = {model.pk: {} for model in models}
    for entry in () if fresh else ModelWord.objects.filter(device_model__in=list(present)):
        present[entry.device_model_id][entry.text] = entry
    missing: list[ModelWord] = []
    outdated: list[int] = []
    for model in models:
        added, removed = _differences(model, present[model.pk])
        missing += added
        outdated += removed
    if outdated:
        ModelWord.objects.filter(pk__in=outdated).delete()
    ModelWord.objects.bulk_create(missing, batch_size=_WRITTEN_AT_ONCE)
    return len({entry.device_model_id for entry in missing})


def _differences(model: DeviceModel, present: dict[str, ModelWord]) -> tuple[list[ModelWord], list[int]]:
    wanted = entries(model.described)
    same = {text for text, entry in present.items() if wanted.get(text) == entry.kind and entry.place == model.place}
    missing = [
        ModelWord(device_model=model, text=text, kind=kind, place=model.place)
        for text, kind in wanted.items()
        if text not in same
    ]
    return missing, [entry.pk for text, entry in present.items() if text not in same]


def describe_brand(brand: Brand) -> int:
    """``describe_models`` for all of a brand's."""
    return describe_models(DeviceModel.objects.filter(brand=brand).values_list("pk", flat=True))


@transaction.atomic
def describe_models(model_ids: Iterable[UUID]) -> int:
    """Bring what these models are found by in line with their facts and their brand's name; how many were not.

    Neither their ``updated_at`` nor their ETag changes, as nothing that is answered does.
    """
    ids = sorted(model_ids)
    return sum(_describe(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def describe_all_models() -> int:
    """``describe_models`` for every model, in chunks that are transactions of their own.

    For what was written past the services, and for models that were made while their brand was renamed.
    """
    ids = list(DeviceModel.objects.order_by("pk").values_list("pk", flat=True))
    return sum(describe_models(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _describe(ids: list[UUID]) -> int:
    locked = DeviceModel.objects.select_for_update(of=("self",), no_key=True).select_related("brand")
    models = list(locked.filter(pk__in=ids).order_by("pk"))
    outdated = []
    for model in models:
        before = [getattr(model, name) for name in _DESCRIBED]
        model.describe()
        if before != [getattr(model, name) for name in _DESCRIBED]:
            outdated.append(model)
    DeviceModel.objects.bulk_update(outdated, _DESCRIBED, batch_size=100)
    return max(len(outdated), index_models(models))
