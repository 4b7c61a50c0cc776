"""Pictures as people send them, and as those do who mean harm."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
import pypdfium2
from PIL import Image

pillow_heif.register_heif_opener()  # to draw them; the program itself opens them in a process of their own


def drawn(kind: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red, where it has colours."""
    picture = Image.new(mode, size)
    if mode == "RGB":
        picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def png(width: int, height: int, rows: int = 0, extra: bytes = b"") -> bytes:
    """A PNG that says it has this size, with so many rows of black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    compressed = zlib.compressobj(9)
    body = b"".join([*(compressed.compress(b"\0" * (1 + 3 * width)) for _ in range(rows)), compressed.flush()])
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def heic(size: tuple[int, int] = (300, 200), says: tuple[int, int] | None = None) -> bytes:
    """A picture as telephones send it; it may say that it has another size than it has."""
    content = bytearray(drawn("HEIF", size))
    if says is not None:
        at = content.index(b"ispe") + 8
        content[at : at + 8] = struct.pack(">II", *says)
    return bytes(content)


def pdf(pages: int = 1, side: int = 200) -> bytes:
    """A document of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(side, side)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def bombs() -> dict[str, tuple[bytes, str]]:
    jpeg = bytearray(drawn(size=(64, 64)))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    frames = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(
        frames, "WEBP", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")]
    )
    webp = bytearray(frames.getvalue())
    at = webp.index(b"VP8X")
    webp[at + 12 : at + 18] = (16_383).to_bytes(3, "little") * 2
    progressive = drawn(size=(2000, 2000), progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    text = b"a\0\0" + zlib.compress(b"\0" * 50_000_000, 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    return {
        "png of 900 megapixels": (png(30_000, 30_000, rows=300), "max_pixels"),
        "png of 26 megapixels": (png(5_200, 5_001), "max_pixels"),
        "png of the largest size": (png(2**31 - 1, 2**31 - 1), "max_pixels"),
        "png with much text": (png(10, 10, 10, chunk), "invalid_image"),
        "png cut short": (drawn("PNG")[:-40], "invalid_image"),
        "png without a row": (png(0, 10), "invalid_image"),
        "jpeg of 4 gigapixels": (bytes(jpeg), "max_pixels"),
        "jpeg of 5,000 scans": (progressive[:-2] + scan * 5_000 + b"\xff\xd9", "invalid_image"),
        "jpeg cut short": (drawn()[:300], "invalid_image"),
        "webp of 268 megapixels": (bytes(webp), "max_pixels"),
        "webp of nothing": (b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0", "invalid_image"),
        "heic of 26 megapixels": (heic(says=(5_200, 5_001)), "max_pixels"),
        "heic of a terapixel": (heic(says=(2**20, 2**20)), "invalid_image"),
        "heic that says it is small": (heic(says=(64, 64)), "invalid_image"),
        "heic cut short": (heic()[:-100], "invalid_image"),
        "heic of nothing": (heic()[:24], "invalid_image"),
        "gif": (drawn("GIF"), "invalid_image"),
        "tiff": (drawn("TIFF"), "invalid_image"),
        "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "invalid_image"),
        "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "invalid_image"),
        "page": (b"<html>", "invalid_image"),
        "more than 10 MiB": (b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "max_size"),
    }


BOMBS = bombs()
