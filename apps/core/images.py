"""Pictures that people send: judged before a pixel is decoded, and written anew, so that only the picture is kept."""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import IO

from PIL import Image

from apps.core.foreign import TOO_LARGE, Unreadable, heic_picture

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PIXELS_OF_WEBP = 12_500_000  # its decoder holds four whole pictures, sixteen bytes for each pixel
LONGEST_SIDE = 2048  # pixels of what is kept
THUMBNAIL_SIDE = 256
QUALITY = 85
MEDIA = "image/jpeg"  # of what is kept, whatever was sent
# A progressive JPEG has about ten. Each is a walk over the whole picture, and some bytes are enough for one.
_MOST_SCANS = 32
_START_OF_SCAN = b"\xff\xda"
_HEADER = 64
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_TOO_LARGE = "A {} has at most {:g} megapixels."
_STRIP = 64  # rows of what is kept
# The largest WebP takes 200 MB while it is decoded, the largest PNG 160: one at a time in each process.
_decoding = threading.Lock()

# What Pillow raises for files that are none, cut short or made to harm.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, AttributeError, EOFError, OverflowError,
    MemoryError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip
_PILLOWS_OWN_BOUND = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class ImageRefused(ValueError):
    """The file is no picture that can be taken; the text says why, ``code`` says it to a program."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class FullPicture:
    """What is kept of a picture that was sent: a JPEG without metadata, the right way up."""

    full: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Picture(FullPicture):
    """The same with a small form."""

    thumbnail: bytes


def read_picture(file: IO[bytes], *, longest_side: int = LONGEST_SIDE) -> Picture:
    """Take a JPEG, PNG or HEIC of at most 25 megapixels, or a WebP of 12.5, of at most 10 MiB; of several, the first.

    Transparent places become white. Neither side of ``full`` is longer than ``longest_side``. Raises ``ImageRefused``.
    """
    full = _read(file, longest_side)
    return Picture(_jpeg(full), *full.size, thumbnail=_jpeg(_contained(full, THUMBNAIL_SIDE)))


def read_full_picture(file: IO[bytes]) -> FullPicture:
    """``read_picture`` without the small form, for which ``thumbnail_of`` has time later."""
    full = _read(file, LONGEST_SIDE)
    return FullPicture(_jpeg(full), *full.size)


def thumbnail_of(kept: bytes) -> bytes:
    """The small form of a picture that was kept: of our own writing, never of a stranger's."""
    with Image.open(io.BytesIO(kept), formats=["JPEG"]) as opened:
        return _jpeg(upright(opened, THUMBNAIL_SIDE))


def _read(file: IO[bytes], longest_side: int) -> Image.Image:
    file.seek(0)  # a request that lost a race is worked on again
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ImageRefused(f"A picture has at most {MOST_BYTES // 1024 // 1024} MiB.", "max_size")
    kind = _kind(content)
    if kind == "HEIF":
        return _read_heic(content, longest_side)
    try:
        with _decoding, Image.open(io.BytesIO(content), formats=[kind]) as opened:
            _require_bounded(kind, *opened.size)
            return upright(opened, longest_side)
    except ImageRefused:
        raise
    except _PILLOWS_OWN_BOUND:
        raise _too_large(kind) from None
    except _BROKEN:
        raise ImageRefused("This picture cannot be read.", "invalid_image") from None


def _read_heic(content: bytes, longest_side: int) -> Image.Image:
    try:
        with _decoding:
            return heic_picture(content, most_pixels=MOST_PIXELS, longest_side=longest_side)
    except Unreadable as failure:
        if failure.reason == TOO_LARGE:
            raise _too_large("HEIF") from None
        raise ImageRefused("This picture cannot be read.", "invalid_image") from None


def _kind(content: bytes) -> str:
    """The format by the first bytes; what can be told from them about the costs is judged here."""
    if content.startswith(b"\xff\xd8\xff"):
        if content.count(_START_OF_SCAN) > _MOST_SCANS:
            raise ImageRefused("This picture cannot be read.", "invalid_image")
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        # Pillow makes room for a whole canvas when it opens one.
        _require_bounded("WEBP", *_webp_size(content[:_HEADER]))
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "HEIF"
    raise ImageRefused("A picture is a JPEG, PNG, WebP or HEIC.", "invalid_image")


def _webp_size(header: bytes) -> tuple[int, int]:
    """Width and height from the first chunk of a WebP."""
    chunk, data = header[12:16], header[20:]
    if chunk == b"VP8X" and len(data) >= 10:
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if chunk == b"VP8L" and len(data) >= 5:
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 10:
        width, height = struct.unpack_from("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageRefused("This picture cannot be read.", "invalid_image")


def _require_bounded(kind: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise ImageRefused("This picture cannot be read.", "invalid_image")
    if width * height > _most_pixels(kind):
        raise _too_large(kind)


def _most_pixels(kind: str) -> int:
    return MOST_PIXELS_OF_WEBP if kind == "WEBP" else MOST_PIXELS


def _too_large(kind: str) -> ImageRefused:
    named = "WebP picture" if kind == "WEBP" else "picture"
    return ImageRefused(_TOO_LARGE.format(named, _most_pixels(kind) / 1_000_000), "max_pixels")


def upright(opened: Image.Image, longest_side: int) -> Image.Image:
    """The decoded picture as plain RGB, no larger than it is kept, turned as its EXIF orientation says."""
    orientation = opened.getexif().get(0x0112)
    opened.draft("RGB", (longest_side, longest_side))  # a JPEG is decoded no larger than it needs to be
    opened.load()
    plain = _contained(_reduced(opened, max(opened.size) // longest_side), longest_side)
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return plain.transpose(turn) if turn is not None else plain


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """The picture as RGB with ``factor`` times fewer rows and columns, strip by strip: no second copy of all of it."""
    if factor < 2:
        return _opaque(picture)
    width, height = picture.size
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for row in range(0, small.height, _STRIP):
        strip = picture.crop((0, row * factor, width, min(height, (row + _STRIP) * factor)))
        small.paste(_opaque(strip).reduce(factor), (0, row))
    return small


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are the picture.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _contained(picture: Image.Image, side: int) -> Image.Image:
    """The picture with no side longer than ``side``, and none shorter than a pixel."""
    width, height = picture.size
    longest = max(width, height)
    if longest <= side:
        return picture
    size = max(1, round(width * side / longest)), max(1, round(height * side / longest))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.info = {}  # from which Pillow would take the comment
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
