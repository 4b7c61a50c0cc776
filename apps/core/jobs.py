"""Waking the job workers. The wake-up may be lost: what must happen stands in the database, and a sweeper looks there."""

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

from apps.core.breaker import Breaker

logger = logging.getLogger(__name__)
_broker = Breaker(rest=10.0)


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
