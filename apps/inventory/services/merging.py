"""What becomes of the models that items fit when one is merged into another."""

from uuid import UUID

from django.utils import timezone

from apps.catalog.registry import Merging, Part
from apps.inventory.models import Item
from apps.inventory.services.words import CHUNK, describe_items

_Fit = Item.compatible_models.through


def _hold(merging: Merging) -> None:
    """An item that is changed is locked before the models that it is given."""
    items = Item.objects.filter(compatible_models=merging.source_id).order_by("pk")
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=items.values("pk")).order_by("pk").values_list("pk"))


def _move(merging: Merging) -> dict[str, int]:
    """Items that fit the source fit the target, once, and are found by its words."""
    fitting = _Fit.objects.filter(devicemodel=merging.source_id)
    ids = sorted(fitting.values_list("item_id", flat=True))
    both = _Fit.objects.filter(devicemodel=merging.target_id, item__in=ids)
    fitting.filter(item__in=list(both.values_list("item_id", flat=True))).delete()
    fitting.update(devicemodel=merging.target_id)
    Item.objects.filter(pk__in=ids).update(updated_at=timezone.now())
    _describe(ids)
    return {"inventory.item": len(ids)}


def _describe(ids: list[UUID]) -> None:
    for start in range(0, len(ids), CHUNK):
        describe_items(ids[start : start + CHUNK])


MERGED_MODELS = Part(relations=(_Fit._meta.label_lower,), hold=_hold, move=_move)
