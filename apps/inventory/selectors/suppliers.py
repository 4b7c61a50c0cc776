"""Questions about who sells what."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from apps.core.db import MOST_NAMED
from apps.core.imports import chunks
from apps.inventory.models import SupplierItem


def preferred_offers(item_ids: Collection[UUID]) -> dict[UUID, SupplierItem]:
    """From whom each item is bought: the preferred supplier, or the only one."""
    offers: dict[UUID, list[SupplierItem]] = defaultdict(list)
    sold = SupplierItem.objects.filter(supplier__is_active=True).select_related("supplier")
    for chunk in chunks(iter(item_ids), MOST_NAMED):
        for offer in sold.filter(item_id__in=chunk).order_by("-is_preferred", "pk"):
            offers[offer.item_id].append(offer)
    return {item_id: found[0] for item_id, found in offers.items() if found[0].is_preferred or len(found) == 1}
