"""Questions about the files of an order, and the way to what is in them."""

from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from apps.accounts.enums import Role
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.uploads import PDF, PICTURE
from apps.repairs.models import Attachment, RepairOrder

FOLDER = "attachments"
SMALL = "-small"
_ENDINGS = {PICTURE: ".jpg", PDF: ".pdf"}


def attachments_of(order: RepairOrder) -> QuerySet[Attachment]:
    """The files of an order that are there."""
    return Attachment.objects.filter(order=order, removed_at=None)


def customer_attachments(order: RepairOrder) -> QuerySet[Attachment]:
    """Those that are meant for the customer."""
    return attachments_of(order).filter(for_customer=True)


def attachments_visible_to(order: RepairOrder, actor: Actor) -> QuerySet[Attachment]:
    """The files of an order that ``actor``, who may read the order, may see."""
    return customer_attachments(order) if actor.role == Role.CUSTOMER else attachments_of(order)


def open_attachment(
    attachments: QuerySet[Attachment], pk: UUID, *, thumbnail: bool = False
) -> tuple[Attachment, IO[bytes]]:
    """One of ``attachments`` and its file, or its small form, to be closed by the caller.

    Raises ``NotFound`` for one that is not among them, whose small form is not made, or whose file is gone.
    """
    found = attachments.filter(pk=pk).first()
    if found is None or (thumbnail and not found.has_thumbnail):
        raise NotFound("There is no such file.")
    try:
        return found, default_storage.open(small_path(found.pk) if thumbnail else path_of(found))
    except FileNotFoundError:
        raise NotFound("This file is missing.") from None


def path_of(attachment: Attachment) -> str:
    """Where its file lies: under a name of our own."""
    return f"{FOLDER}/{attachment.pk}{_ENDINGS[attachment.media]}"


def small_path(pk: UUID) -> str:
    return f"{FOLDER}/{pk}{SMALL}.jpg"


def paths_of(pk: UUID) -> tuple[str, ...]:
    """Every path at which a file of an attachment may lie."""
    return (*(f"{FOLDER}/{pk}{ending}" for ending in _ENDINGS.values()), small_path(pk))


def download_name(attachment: Attachment, order_number: str) -> str:
    """What a download is called: plain letters, whatever the sender's name was."""
    return f"{order_number}-{attachment.kind}-{attachment.pk.hex[-8:]}{_ENDINGS[attachment.media]}"


def without_thumbnail(now: datetime) -> QuerySet[Attachment]:
    """Pictures whose job to make the small form was lost; one that cannot be made is given up after a day."""
    since, until = now - timedelta(days=1), now - timedelta(seconds=30)
    missing = Attachment.objects.filter(has_thumbnail=False, removed_at=None, media=PICTURE)
    return missing.filter(created_at__range=(since, until)).order_by("created_at", "pk")
