"""From whom an item is bought first: one supplier at most."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.inventory.models import Item, SupplierItem


@contextmanager
def preferring(item_id: UUID, but: UUID | None, *, actor: Actor) -> Iterator[None]:
    """Take the mark off the item's other supplier, so that the body can give it to ``but``; one transaction.

    The item's row is held, so that of two who give the mark at the same moment one comes after the other.
    """
    with transaction.atomic():
        list(Item.objects.select_for_update(no_key=True).filter(pk=item_id).values_list("pk"))
        marked = SupplierItem.objects.filter(item_id=item_id, is_preferred=True)
        for pk in [pk for pk in marked.values_list("pk", flat=True) if pk != but]:
            with audit.changing(SupplierItem.objects.all(), pk, actor=actor) as other:
                other.is_preferred = False
                other.save()
        yield


@transaction.atomic
def save_offer(offer: SupplierItem, fields: Sequence[str], *, actor: Actor) -> None:
    """Save what a supplier sells: a new row, or these ``fields`` of one that there is; the preferred mark moves to it."""
    with preferring(offer.item_id, offer.pk, actor=actor) if offer.is_preferred else transaction.atomic():
        if offer._state.adding:
            with audit.creating(actor=actor) as created:
                offer.save(force_insert=True)
                created.append(offer)
            return
        with audit.changing(SupplierItem.objects.all(), offer.pk, actor=actor) as held:
            for name in fields:
                setattr(held, name, getattr(offer, name))
            held.save()


def remove_offer(offer_id: UUID, *, actor: Actor) -> None:
    """Take an item off a supplier's list. Raises ``NotFound``."""
    audit.delete(SupplierItem.objects.all(), offer_id, actor=actor)
