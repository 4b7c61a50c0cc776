"""Jobs of the price list."""

import logging

from celery import shared_task

from apps.core.actor import Actor
from apps.pricing import services

logger = logging.getLogger(__name__)
ESTIMATOR = Actor.system("estimator")


# Longer than others may take: training grows with the price list. Within the lease of `services.training`.
@shared_task(name="pricing.refresh_estimators", soft_time_limit=600, time_limit=630)
def refresh_estimators() -> None:
    for version in services.refresh_estimators(actor=ESTIMATOR):
        logger.info("Estimator %s was trained in %.1f s.", version, version.seconds)


@shared_task(name="pricing.train_estimators", soft_time_limit=600, time_limit=630)
def train_estimators() -> None:
    for version in services.train_estimators(actor=ESTIMATOR):
        logger.info("Estimator %s was trained in %.1f s.", version, version.seconds)
