"""Files that wait between the preview of an import and its confirmation: for their sender, for an hour."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.ids import new_id

FOLDER = "imports"
LIFETIME = timedelta(hours=1)
_SALT = "core.kept_files"


def keep(content: bytes, kind: str, called: str, *, actor: Actor) -> str:
    """Keep a file; the token under which its sender finds it again. Files that nobody asked for are removed by the way."""
    _sweep()
    name = default_storage.save(f"{FOLDER}/{new_id()}", ContentFile(content))
    return signing.dumps([name, kind, called, str(actor.id)], salt=_SALT)


def kept(token: str, *, actor: Actor) -> tuple[str, str, bytes]:
    """Kind, name and content. Raises ``NotFound`` for another's token, and after an hour."""
    name, kind, called = _read(token, actor)
    try:
        with default_storage.open(name) as file:
            return kind, called, file.read()
    except FileNotFoundError:
        raise NotFound("The file is no longer there. Choose it once more.") from None


def forget(token: str, *, actor: Actor) -> None:
    """Remove a file that has served."""
    name, *_ = _read(token, actor)
    default_storage.delete(name)


def _read(token: str, actor: Actor) -> tuple[str, str, str]:
    try:
        name, kind, called, owner = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        raise NotFound("The file is no longer there. Choose it once more.") from None
    if actor.id is None or UUID(owner) != actor.id:
        raise NotFound("The file is no longer there. Choose it once more.")
    return name, kind, called


def _sweep() -> None:
    # Storages without folders have none to be missing; and two who sweep at once may find a file gone.
    with suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            _remove_if_old(f"{FOLDER}/{name}")


def _remove_if_old(path: str) -> None:
    with suppress(FileNotFoundError):
        if default_storage.get_modified_time(path) < timezone.now() - 2 * LIFETIME:
            default_storage.delete(path)
