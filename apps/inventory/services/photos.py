"""The photo of an item: files under a name that is never used again, and a row that says which name is valid."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import NotFound, Unavailable
from apps.core.ids import new_id
from apps.core.images import Picture
from apps.inventory.models import Item

_FOLDER = "items"
_SMALL = "-small"
_CHUNK = 500
# Of a file that no row names: until then the transaction that will name it may still be on its way.
_SPARED_FOR = timedelta(days=1)


def set_photo(item_id: UUID, picture: Picture, *, actor: Actor) -> None:
    """Give the item this photo instead of the one that it has. Raises ``NotFound`` or ``Unavailable``.

    The files are written first: what fails afterwards leaves files that no row names, and that nobody is shown.
    """
    if not Item.objects.filter(pk=item_id).exists():
        raise NotFound("There is no such item.")
    photo = new_id()
    try:
        for path, content in zip(_paths(photo), (picture.full, picture.thumbnail), strict=True):
            default_storage.save(path, ContentFile(content))
        _point_to(item_id, photo, actor)
    except OSError as error:
        _drop(photo)
        raise Unavailable("Files cannot be kept at the moment; try again.") from error
    except BaseException:
        _drop(photo)
        raise


def remove_photo(item_id: UUID, *, actor: Actor) -> None:
    """Leave the item without a photo. Raises ``NotFound`` where it has none."""
    _point_to(item_id, None, actor)


def open_photo(photo: UUID, *, thumbnail: bool = False) -> IO[bytes]:
    """The file of a photo that an item has. Raises ``NotFound`` if it is gone."""
    full, small = _paths(photo)
    try:
        return default_storage.open(small if thumbnail else full)
    except FileNotFoundError:
        raise NotFound("The file of this photo is missing.") from None


def drop_photo_files(photo: UUID) -> None:
    """Delete the files of a photo that no item has any more, once the transaction has committed."""
    transaction.on_commit(partial(_drop, photo), robust=True)


def drop_orphaned_photos(*, now: datetime) -> int:
    """Delete the files of photos that no item names and that are older than a day; how many. Other files are left alone.

    A process that dies between a file and its row, or between a commit and what follows it, leaves such files.
    """
    names, dropped = iter(_photo_files()), 0
    while chunk := dict(islice(names, _CHUNK)):
        named = set(Item.objects.filter(photo__in=set(chunk.values())).values_list("photo", flat=True))
        orphaned = [path for path, photo in chunk.items() if photo not in named]
        dropped += sum(_drop_if_old(path, now - _SPARED_FOR) for path in orphaned)
    return dropped


def _photo_files() -> Iterator[tuple[str, UUID]]:
    """Path and photo of each file that is called as photos are."""
    try:
        names = default_storage.listdir(_FOLDER)[1]
    except FileNotFoundError:
        return
    for name in names:
        try:
            photo = UUID(name.removesuffix(".jpg").removesuffix(_SMALL))
        except ValueError:
            continue
        if f"{_FOLDER}/{name}" in _paths(photo):
            yield f"{_FOLDER}/{name}", photo


def _drop_if_old(path: str, before: datetime) -> bool:
    try:
        if default_storage.get_modified_time(path) >= before:
            return False
    except FileNotFoundError:
        return False  # someone else was faster
    default_storage.delete(path)
    return True


def _point_to(item_id: UUID, photo: UUID | None, actor: Actor) -> None:
    with audit.changing(Item.objects.all(), item_id, actor=actor) as item:
        if item.photo is None and photo is None:
            raise NotFound("This item has no photo.")
        if item.photo is not None:
            drop_photo_files(item.photo)
        item.photo = photo
        item.save(update_fields=["photo"])


def _paths(photo: UUID) -> tuple[str, str]:
    return f"{_FOLDER}/{photo}.jpg", f"{_FOLDER}/{photo}{_SMALL}.jpg"


def _drop(photo: UUID) -> None:
    for path in _paths(photo):
        default_storage.delete(path)
