"""Jobs of the inventory."""

import logging

from celery import shared_task
from django.utils import timezone

from apps.core.actor import Actor
from apps.inventory import services

logger = logging.getLogger(__name__)


# Longer than others may take: it reads every movement.
@shared_task(name="inventory.verify_stock", soft_time_limit=1800, time_limit=1830)
def verify_stock() -> None:
    found = services.verify_stock()
    if found:
        logger.error("Stock verification found %d differences.", len(found))
        services.report_discrepancies(found)


@shared_task(name="inventory.release_expired")
def release_expired() -> None:
    released = services.release_expired(actor=Actor.system("reservation expiry"), now=timezone.now())
    if released:
        logger.info("%d reservations had expired.", released)


# Longer than others may take: it looks at every item.
@shared_task(name="inventory.describe_items", soft_time_limit=1800, time_limit=1830)
def describe_items() -> None:
    found = services.describe_all_items()
    if found:
        logger.warning("%d items were found by words of yesterday.", found)


# Longer than others may take: it looks at every file.
@shared_task(name="inventory.drop_orphaned_photos", soft_time_limit=1800, time_limit=1830)
def drop_orphaned_photos() -> None:
    dropped = services.drop_orphaned_photos(now=timezone.now())
    if dropped:
        logger.info("%d files of photos belonged to no item.", dropped)


# Longer than others may take: it reads the movements of two years.
@shared_task(name="inventory.compute_reorder_points", soft_time_limit=1800, time_limit=1830)
def compute_reorder_points() -> None:
    services.compute_reorder_points(actor=Actor.system("reordering"), now=timezone.now())
