"""Waking the job workers. The wake-up may be lost: what must happen stands in the database, and a sweeper looks there."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

from apps.core.breaker import Breaker
from apps.core.queues import QUEUES

logger = logging.getLogger(__name__)
ANSWERS_WITHIN = 1.0  # seconds
_broker = Breaker(rest=10.0)
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="broker")


def enqueue(name: str, *args: Any) -> None:
    """Send the task ``name`` with plain JSON ``args`` once the transaction has committed; never raises.

    A broker that is down costs the first caller its short time-out and the next ones nothing.
    """
    transaction.on_commit(partial(_send, name, args), robust=True)


def _send(name: str, args: tuple[Any, ...]) -> None:
    if _broker.is_open:
        return
    try:
        current_app.send_task(name, args=args, ignore_result=True, retry=False)
    except Exception:
        _broker.trip()
        logger.warning("The broker did not take %s; the sweeper will find its work.", name, exc_info=True)


def lengths() -> dict[str, int | None]:
    """How many calls wait in each queue at the broker; ``None`` where it does not say so within a second."""
    try:
        return dict(_pool.submit(_lengths).result(timeout=ANSWERS_WITHIN))
    except Exception:
        logger.info("The broker did not say how much waits.", exc_info=True)
        return dict.fromkeys(QUEUES)


def _lengths() -> dict[str, int]:
    with current_app.connection_for_write() as broker:
        channel = broker.default_channel
        queues: Any = current_app.amqp.queues
        declared: dict[str, Any] = {name: queues[name].bind(channel) for name in QUEUES}
        return {name: int(queue.queue_declare().message_count) for name, queue in declared.items()}
