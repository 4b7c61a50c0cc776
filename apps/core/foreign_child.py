"""The process in which a stranger's HEIC or PDF is opened: it gives up its rights to memory and time before it reads.

Started by `apps.core.foreign`, which gives it the file and reads the answer. Knows neither settings nor database.
"""

import io
import resource
import struct
import sys

import pillow_heif
import pypdfium2
from PIL import Image

from apps.core.foreign import LOCKED, TOO_LARGE
from apps.core.images import upright

_MEMORY = 1024 * 1024 * 1024  # of addresses: the largest picture that is taken needs half of it
_SECONDS = 20  # of the processor
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def heic(content: bytes, most_pixels: int, longest_side: int) -> bytes:
    """Width, height and pixels of the upright picture, with no side longer than ``longest_side``."""
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(content), formats=["HEIF"]) as opened:
        claimed = opened.size
        _require(claimed[0] * claimed[1] <= most_pixels)
        opened.load()
        # A file can say one size and hold a stream of another.
        _require(opened.size == claimed)
        picture = upright(opened, longest_side)
    return struct.pack(">II", *picture.size) + picture.tobytes()


def pdf(content: bytes, most_pages: int, longest_side: int) -> bytes:
    """The number of pages."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        sys.exit(LOCKED if getattr(error, "err_code", None) == _PASSWORD else 1)
    _require(0 < len(document) <= most_pages)
    for number in range(len(document)):
        _require(max(document.get_page_size(number)) <= longest_side)
    return str(len(document)).encode()


def _require(bounded: bool) -> None:
    if not bounded:
        sys.exit(TOO_LARGE)


def main(what: str, first: int, second: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    content = sys.stdin.buffer.read()
    sys.stdout.buffer.write({"heic": heic, "pdf": pdf}[what](content, first, second))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
