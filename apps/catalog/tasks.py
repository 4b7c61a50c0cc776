"""Jobs of the catalogue."""

import logging

from celery import shared_task

from apps.catalog import services
from apps.core.actor import Actor

logger = logging.getLogger(__name__)


# Longer than others may take: it looks at every model.
@shared_task(name="catalog.describe_models", soft_time_limit=1800, time_limit=1830)
def describe_models() -> None:
    found = services.describe_all_models()
    if found:
        logger.warning("%d device models were found by words of yesterday.", found)


# Longer than others may take: it looks at every code without a model.
@shared_task(name="catalog.link_allocations", soft_time_limit=1800, time_limit=1830)
def link_allocations() -> None:
    linked = services.link_allocations(actor=Actor.system("IMEI types"))
    if linked:
        logger.info("%d IMEI types lead to a model now.", linked)


# Longer than others may take: it looks at every table.
@shared_task(name="catalog.move_leftovers", soft_time_limit=1800, time_limit=1830)
def move_leftovers() -> None:
    moved = services.move_all_leftovers(actor=Actor.system("merged models"))
    if moved:
        logger.warning("%d rows still referred to a merged device model.", moved)
