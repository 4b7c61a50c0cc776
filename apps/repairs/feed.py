"""Tells the open sockets of this process which orders have changed, within what each may see.

The feed reads the event log, once a second and only while somebody listens. So it needs no message server, tells of what
any process has done, and a change that Redis or a worker missed still shows.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from apps.core.actor import Actor
from apps.repairs import selectors

logger = logging.getLogger(__name__)

EVERY = 1.0
# So often listeners are called up even if nothing changed, to notice that their session has ended.
CALL_UP_AFTER = timedelta(seconds=30)
# A client that does not take its message must not keep the others waiting.
PATIENCE = 10.0
GOING_AWAY = 1011
# A transaction may commit after a later one has been read: so far back is looked again, and what was told is skipped.
OVERLAP = timedelta(seconds=20)
REMEMBERED = 10_000


class Listener(Protocol):
    """An open socket."""

    async def tell(self, order_ids: Sequence[UUID]) -> None: ...

    async def close(self, code: int | None = None) -> None: ...


class Feed:
    """One reader of the event log for all listeners of a process; it looks ``every`` so many seconds."""

    def __init__(self, every: float = EVERY) -> None:
        self.every = every
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

    async def _run(self, start: datetime) -> None:
        read_until = called_up = start
        while self._listeners:
            await asyncio.sleep(self.every)
            now = timezone.now()
            try:
                changed = await self._changed(max(start, read_until - OVERLAP))
            except Exception:
                logger.warning("The event log cannot be read; open sockets will hear later.", exc_info=True)
                continue
            read_until = now
            if changed or now - called_up > CALL_UP_AFTER:
                called_up = now
                await asyncio.gather(*(self._tell(listener, changed) for listener in list(self._listeners)))

    async def _tell(self, listener: Listener, changed: Sequence[UUID]) -> None:
        """Whoever cannot be told is cut off, and reads anew when it comes back: a change is late, never missed."""
        try:
            async with asyncio.timeout(PATIENCE):
                await listener.tell(changed)
        except Exception:
            logger.warning("A socket could not be told of changes; it is closed.", exc_info=True)
            self._listeners.discard(listener)
            with suppress(Exception):
                async with asyncio.timeout(PATIENCE):
                    await listener.close(GOING_AWAY)

    async def _changed(self, since: datetime) -> list[UUID]:
        rows: list[tuple[UUID, UUID]] = await database_sync_to_async(selectors.order_events_since)(since)
        fresh = [(event_id, order_id) for event_id, order_id in rows if event_id not in self._told]
        for event_id, _ in fresh:
            self._told[event_id] = None
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return list(dict.fromkeys(order_id for _, order_id in fresh))


feed = Feed()


def update_messages(order_ids: Sequence[UUID], actor: Actor) -> list[dict[str, str]]:
    """The contract's message for each of the orders that ``actor`` may see, in the order of ``order_ids``."""
    rows = selectors.orders_visible_to(actor).filter(pk__in=order_ids)
    found = {row[0]: row for row in rows.values_list("pk", "order_number", "status", "updated_at")}
    return [_message(*found[order_id]) for order_id in order_ids if order_id in found]


def _message(order_id: UUID, number: str, status: str, updated: datetime) -> dict[str, str]:
    return {
        "type": "repair.updated",
        "id": str(order_id),
        "orderNumber": number,
        "status": status,
        "updatedAt": updated.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
