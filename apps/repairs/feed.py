"""Tells the open sockets of this process which orders have changed, within what each may see.

The feed reads the event log, once a second and only while somebody listens. So it needs no message server, tells of what
any process has done, and a change that Redis or a worker missed still shows.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from apps.repairs import selectors

logger = logging.getLogger(__name__)

EVERY = 1.0
# A transaction may commit after a later one has been read: so far back is looked again, and what was told is skipped.
OVERLAP = timedelta(seconds=20)
REMEMBERED = 10_000


class Listener(Protocol):
    """An open socket."""

    async def tell(self, order_ids: Iterable[UUID]) -> None: ...


class Feed:
    """One reader of the event log for all listeners of a process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._told: OrderedDict[UUID, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    def join(self, listener: Listener) -> None:
        """Start telling ``listener``; from now on."""
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(timezone.now()))

    def leave(self, listener: Listener) -> None:
        """Stop telling ``listener``; the last one ends the reading."""
        self._listeners.discard(listener)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, since: datetime) -> None:
        while self._listeners:
            await asyncio.sleep(EVERY)
            now = timezone.now()
            try:
                changed = await self._changed(max(since, now - OVERLAP))
            except Exception:
                logger.warning("The event log cannot be read; open sockets will hear later.", exc_info=True)
                continue
            if changed:
                listeners = list(self._listeners)
                await asyncio.gather(*(listener.tell(changed) for listener in listeners), return_exceptions=True)

    async def _changed(self, since: datetime) -> list[UUID]:
        rows: list[tuple[UUID, UUID]] = await database_sync_to_async(selectors.order_events_since)(since)
        fresh = [(event_id, order_id) for event_id, order_id in rows if event_id not in self._told]
        for event_id, _ in fresh:
            self._told[event_id] = None
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return list(dict.fromkeys(order_id for _, order_id in fresh))


feed = Feed()


def update_messages(order_ids: Iterable[UUID], actor: Any) -> list[dict[str, str]]:
    """The contract's message for each of the orders that ``actor`` may see."""
    rows = selectors.orders_visible_to(actor).filter(pk__in=list(order_ids))
    return [
        {
            "type": "repair.updated",
            "id": str(pk),
            "orderNumber": number,
            "status": status,
            "updatedAt": updated.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        for pk, number, status, updated in rows.values_list("pk", "order_number", "status", "updated_at")
    ]
