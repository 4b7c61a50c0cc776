"""Jobs of the catalogue."""

import logging

from celery import shared_task

from apps.catalog import services

logger = logging.getLogger(__name__)


# Longer than others may take: it looks at every model.
@shared_task(name="catalog.describe_models", soft_time_limit=1800, time_limit=1830)
def describe_models() -> None:
    found = services.describe_all_models()
    if found:
        logger.warning("%d device models were found by words of yesterday.", found)
