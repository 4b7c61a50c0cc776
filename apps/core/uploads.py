"""Files that people attach: judged before they are taken, and kept as what they were judged to be."""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from apps.core.foreign import LOCKED, TOO_LARGE, Unreadable, pdf_pages
from apps.core.images import MEDIA, ImageRefused, read_full_picture

PDF = "application/pdf"
PICTURE = MEDIA
MOST_PAGES = 200
LONGEST_PAGE = 14_400  # points: PDF's own bound, five metres
LONGEST_NAME = 150
_UNNAMED = "file"


class FileRefused(ValueError):
    """The file cannot be taken; the text says why, ``code`` says it to a program."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Upload:
    """What is kept of a file that was sent. ``sha256`` is of what was sent, so that the same one is known again."""

    content: bytes
    media: str
    name: str
    sha256: str
    width: int | None = None
    height: int | None = None


def read_upload(file: IO[bytes], called: str) -> Upload:
    """Take a picture as ``core.images`` does, or a PDF of at most 200 pages. Raises ``FileRefused``."""
    file.seek(0)  # a request that lost a race is worked on again
    content = file.read(settings.UPLOAD_LIMIT + 1)
    if len(content) > settings.UPLOAD_LIMIT:
        raise FileRefused(f"A file has at most {settings.UPLOAD_LIMIT // 1024 // 1024} MiB.", "max_size")
    name, digest = clean_name(called), hashlib.sha256(content).hexdigest()
    if content.startswith(b"%PDF-"):
        _require_readable(content)
        return Upload(content, PDF, name, digest)
    try:
        picture = read_full_picture(file)
    except ImageRefused as refusal:
        words = "Send a JPEG, PNG, WebP or HEIC picture, or a PDF." if _is_of_no_kind(refusal) else str(refusal)
        raise FileRefused(words, refusal.code) from None
    return Upload(picture.full, PICTURE, name, digest, picture.width, picture.height)


def _is_of_no_kind(refusal: ImageRefused) -> bool:
    return str(refusal).startswith("A picture is a")


def _require_readable(content: bytes) -> None:
    try:
        pdf_pages(content, most_pages=MOST_PAGES, longest_side=LONGEST_PAGE)
    except Unreadable as failure:
        if failure.reason == TOO_LARGE:
            raise FileRefused(f"A PDF has 1 to {MOST_PAGES} pages of an ordinary size.", "max_pages") from None
        words = "This PDF is locked by a password." if failure.reason == LOCKED else "This PDF cannot be read."
        raise FileRefused(words, "invalid_pdf") from None


def clean_name(called: str) -> str:
    """What a file was called, as one line of text without folders; never the name under which it is kept."""
    last = called.replace("\\", "/").rpartition("/")[2]
    visible = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return " ".join(visible.split())[:LONGEST_NAME].strip() or _UNNAMED
