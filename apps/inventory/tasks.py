"""Jobs of the inventory."""

import logging

from celery import shared_task

from apps.inventory import services

logger = logging.getLogger(__name__)


@shared_task(name="inventory.verify_stock")
def verify_stock() -> None:
    found = services.verify_stock()
    if found:
        logger.error("Stock verification found %d differences.", len(found))
        services.report_discrepancies(found)
