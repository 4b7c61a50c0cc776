"""The files of an order: written before the row that names them, deleted after the commit that gives them up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.rules import Right, require
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound, Unavailable
from apps.core.ids import new_id
from apps.core.images import thumbnail_of
from apps.core.jobs import enqueue
from apps.core.uploads import PICTURE, Upload
from apps.repairs import events
from apps.repairs.enums import AttachmentKind, OrderStatus
from apps.repairs.models import Attachment, RepairOrder
from apps.repairs.selectors.attachments import (
    FOLDER,
    attachments_of,
    path_of,
    paths_of,
    small_path,
    without_thumbnail,
)
from apps.repairs.selectors.orders import get_order
from apps.repairs.services.locking import actor_columns, locked, locked_for

MOST = 50
_CHUNK = 500
# Of a file that no row names: until then the transaction that will name it may still be on its way.
_SPARED_FOR = timedelta(days=1)
_AT_ONCE = 50
_CHANGEABLE = ("kind", "for_customer")


def add_attachment(
    order_id: UUID, upload: Upload, *, actor: Actor, kind: str = AttachmentKind.DOCUMENT, for_customer: bool = False
) -> tuple[Attachment, bool]:
    """Keep a file with an order; and whether it is a new one: what is there already is answered, and stays as it is.

    Raises ``NotFound`` outside the actor's scope, ``Conflict`` for one file too many, ``Unavailable`` where files cannot
    be kept. What fails after the file was written leaves a file that no row names, and that nobody is shown.
    """
    require(actor, Right.ORDERS_NOTE)
    # Without the order's lock, which nobody is to wait for while a file is written; it is all asked again under it.
    order = get_order(order_id, actor=actor, right=Right.ORDERS_NOTE)
    if same := attachments_of(order).filter(sha256=upload.sha256).first():
        return same, False
    attachment = _drafted(order_id, upload, actor)
    attachment.kind, attachment.for_customer = kind, for_customer
    try:
        default_storage.save(path_of(attachment), ContentFile(upload.content))
        return _kept(attachment, actor)
    except OSError as error:
        _drop(attachment.pk)
        raise Unavailable("Files cannot be kept at the moment; try again.") from error
    except BaseException:
        _drop(attachment.pk)
        raise


@transaction.atomic
def change_attachment(order_id: UUID, attachment_id: UUID, changes: dict[str, object], *, actor: Actor) -> Attachment:
    """Say anew of which kind a file is, and whether it is for the customer. Raises ``NotFound``."""
    order = locked_for(actor, Right.ORDERS_NOTE, order_id)
    attachment = _of(order, attachment_id)
    changed = [name for name in _CHANGEABLE if name in changes and getattr(attachment, name) != changes[name]]
    if changed:
        for name in changed:
            setattr(attachment, name, changes[name])
        attachment.save(update_fields=changed)
        order.save(update_fields=["updated_at"])
        event = events.AttachmentChanged(
            aggregate_id=order.pk, attachment_id=attachment.pk, changed=tuple(changed)
        )  # fmt: skip
        audit.record(event, actor=actor)
    return attachment


@transaction.atomic
def remove_attachment(order_id: UUID, attachment_id: UUID, *, actor: Actor) -> None:
    """Take a file away: it is deleted after the commit, and its row says that there was one.

    Raises ``NotFound``, and ``Conflict`` after the hand-over unless a manager does it.
    """
    order = locked_for(actor, Right.ORDERS_NOTE, order_id)
    attachment = _of(order, attachment_id)
    may_always = actor.is_system or actor.role in {Role.ADMIN, Role.MANAGER}
    if order.status == OrderStatus.DELIVERED and not may_always:
        raise Conflict("The files of an order that was handed over are removed by a manager.")
    attachment.removed_at, attachment.has_thumbnail = timezone.now(), False
    attachment.save(update_fields=["removed_at", "has_thumbnail"])
    order.save(update_fields=["updated_at"])
    audit.record(events.AttachmentRemoved(aggregate_id=order.pk, attachment_id=attachment.pk), actor=actor)
    transaction.on_commit(partial(_drop, attachment.pk), robust=True)


def make_thumbnail(attachment_id: UUID, *, actor: Actor) -> bool:
    """Make the small form of a picture, once; whether there is one now that was not there before."""
    attachment = Attachment.objects.filter(pk=attachment_id, removed_at=None, has_thumbnail=False).first()
    if attachment is None or attachment.media != PICTURE:
        return False
    try:
        with default_storage.open(path_of(attachment)) as file:
            small = thumbnail_of(file.read())
    except FileNotFoundError:
        return False
    path = small_path(attachment.pk)
    default_storage.delete(path)  # what an earlier try has left
    written = default_storage.save(path, ContentFile(small))
    if written != path:
        default_storage.delete(written)  # somebody else was at it, and was faster
    return _point_to_thumbnail(attachment, actor)


def make_lost_thumbnails(*, actor: Actor, now: datetime) -> int:
    """Make the small forms whose jobs were lost, some at a time; how many."""
    lost = list(without_thumbnail(now).values_list("pk", flat=True)[:_AT_ONCE])
    return sum(make_thumbnail(pk, actor=actor) for pk in lost)


def drop_orphaned_attachments(*, now: datetime) -> int:
    """Delete files that no attachment has, or has any more, and that are older than a day; how many.

    A process that dies between a file and its row, or between a commit and what follows it, leaves such files. Files that
    are not called as ours are left alone.
    """
    names, dropped = iter(_files()), 0
    while chunk := dict(islice(names, _CHUNK)):
        there = Attachment.objects.filter(pk__in=set(chunk.values()), removed_at=None)
        kept = set(there.values_list("pk", flat=True))
        orphaned = [path for path, pk in chunk.items() if pk not in kept]
        dropped += sum(_drop_if_old(path, now - _SPARED_FOR) for path in orphaned)
    return dropped


def _drafted(order_id: UUID, upload: Upload, actor: Actor) -> Attachment:
    return Attachment(
        id=new_id(),
        order_id=order_id,
        name=upload.name,
        media=upload.media,
        size=len(upload.content),
        sha256=upload.sha256,
        width=upload.width,
        height=upload.height,
        **actor_columns(actor),
    )


@transaction.atomic
def _kept(attachment: Attachment, actor: Actor) -> tuple[Attachment, bool]:
    order = locked_for(actor, Right.ORDERS_NOTE, attachment.order_id)
    there = attachments_of(order)
    if same := there.filter(sha256=attachment.sha256).first():
        transaction.on_commit(partial(_drop, attachment.pk), robust=True)
        return same, False
    if there.count() >= MOST:
        raise Conflict(f"An order has at most {MOST} files.")
    attachment.save(force_insert=True)
    order.save(update_fields=["updated_at"])
    event = events.AttachmentAdded(
        aggregate_id=order.pk,
        attachment_id=attachment.pk,
        kind=attachment.kind,
        media=attachment.media,
        for_customer=attachment.for_customer,
    )
    audit.record(event, actor=actor)
    if attachment.media == PICTURE:
        enqueue("repairs.make_thumbnail", str(attachment.pk))
    return attachment, True


@transaction.atomic
def _point_to_thumbnail(attachment: Attachment, actor: Actor) -> bool:
    order = locked(attachment.order_id)
    held = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    if held.removed_at is not None:
        transaction.on_commit(partial(_drop, held.pk), robust=True)
        return False
    if held.has_thumbnail:
        return False
    held.has_thumbnail = True
    held.save(update_fields=["has_thumbnail"])
    audit.record(events.ThumbnailMade(aggregate_id=order.pk, attachment_id=held.pk), actor=actor)
    return True


def _of(order: RepairOrder, attachment_id: UUID) -> Attachment:
    found = attachments_of(order).filter(pk=attachment_id).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def _files() -> Iterator[tuple[str, UUID]]:
    """Path and attachment of each file that is called as ours are."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return
    for name in names:
        try:
            pk = UUID(name[:36])
        except ValueError:
            continue
        if f"{FOLDER}/{name}" in paths_of(pk):
            yield f"{FOLDER}/{name}", pk


def _drop_if_old(path: str, before: datetime) -> bool:
    try:
        if default_storage.get_modified_time(path) >= before:
            return False
    except FileNotFoundError:
        return False  # someone else was faster
    default_storage.delete(path)
    return True


def _drop(pk: UUID) -> None:
    for path in paths_of(pk):
        default_storage.delete(path)
