"""Jobs of the workshop."""

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.core.actor import Actor
from apps.repairs import services
from apps.repairs.services import attachments
from apps.repairs.services.wiping import wipe_passwords as wipe

logger = logging.getLogger(__name__)
PASSWORDS = Actor.system("password expiry")
THUMBNAILS = Actor.system("thumbnails")


@shared_task(name="repairs.make_thumbnail")
def make_thumbnail(attachment_id: str) -> None:
    attachments.make_thumbnail(UUID(attachment_id), actor=THUMBNAILS)


@shared_task(name="repairs.make_lost_thumbnails")
def make_lost_thumbnails() -> None:
    attachments.make_lost_thumbnails(actor=THUMBNAILS, now=timezone.now())


# Longer than others may take: it looks at every file.
@shared_task(name="repairs.drop_orphaned_attachments", soft_time_limit=1800, time_limit=1830)
def drop_orphaned_attachments() -> None:
    dropped = attachments.drop_orphaned_attachments(now=timezone.now())
    if dropped:
        logger.info("%d files belonged to no attachment.", dropped)


# Longer than others may take: after a change of the settings there may be many.
@shared_task(name="repairs.wipe_passwords", soft_time_limit=1800, time_limit=1830)
def wipe_passwords() -> None:
    wiped = wipe(actor=PASSWORDS, now=timezone.now())
    if wiped:
        logger.info("%d device passwords were kept for long enough.", wiped)


@shared_task(name="repairs.tell_delays")
def tell_delays() -> None:
    services.tell_delays(actor=Actor.system("promises"), now=timezone.now())


@shared_task(name="repairs.remind_unclaimed")
def remind_unclaimed() -> None:
    services.remind_unclaimed(actor=Actor.system("unclaimed devices"), now=timezone.now())


@shared_task(name="repairs.remind_bookings")
def remind_bookings() -> None:
    services.remind_bookings(timezone.now(), actor=Actor.system("reminders"))


@shared_task(name="repairs.expire_quotes")
def expire_quotes() -> None:
    expired = services.expire_quotes(actor=Actor.system("quote expiry"), now=timezone.now())
    if expired:
        logger.info("%d quotes had expired.", expired)
