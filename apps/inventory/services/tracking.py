"""Whether the units of an item are known one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from apps.inventory.models import Item, StockLevel


@contextmanager
def holding_stock_of(item_id: UUID, *, tracked: object) -> Iterator[None]:
    """Hold an item while the body writes it; and if it is to be ``tracked`` otherwise than before, all stock as well.

    One transaction. What comes in at the same moment without serial numbers would have none afterwards.
    """
    with transaction.atomic():
        held = Item.objects.select_for_update(no_key=True).filter(pk=item_id).values_list("tracks_serials", flat=True)
        if any(present is not tracked for present in held):
            _hold_stock()
        yield


def _hold_stock() -> None:
    """Wait until no other transaction is about to move stock, and let none begin.

    Locks of the item's levels are not enough: it may have none yet, and who waits for them has read the item already.
    On SQLite any transaction that writes is the only one.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{StockLevel._meta.db_table}" IN EXCLUSIVE MODE')
