"""What is kept of a picture, and at what cost one is refused."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from apps.core.images import ImageRefused, read_full_picture, read_picture, thumbnail_of
from tests.pictures import BOMBS, drawn

_JUDGE = """
import re, sys, time
from pathlib import Path
from typing import Any
from apps.core.images import ImageRefused, read_picture
from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin
worst, taken = 0.0, 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        read_picture(path.open("rb"))
    except ImageRefused:
        pass
    else:
        taken += 1
    worst = max(worst, time.process_time() - started)
# The high-water mark of this program alone; that of getrusage begins with the one that started it.
print(taken, worst, int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def judged(folder: Path) -> tuple[float, float, float]:
    """How many of the files are taken, the seconds of CPU of the slowest, and the megabytes of a process for all."""
    done = subprocess.run(
        [sys.executable, "-c", _JUDGE, str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    taken, seconds, megabytes = map(float, done.stdout.split())
    return taken, seconds, megabytes


@pytest.mark.exhaustive
def test_bombs_are_refused_in_five_seconds_and_200_megabytes(tmp_path: Path) -> None:
    for number, (content, _) in enumerate(BOMBS.values()):
        (tmp_path / f"{number:02}").write_bytes(content)

    taken, seconds, megabytes = judged(tmp_path)

    assert taken == 0
    assert seconds < 5
    assert megabytes < 200


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("WEBP", (4096, 3050), {}),
        ("WEBP", (4096, 3050), {"lossless": True, "mode": "RGBA"}),
        ("PNG", (5000, 5000), {"mode": "RGBA"}),
        ("JPEG", (5000, 5000), {"progressive": True}),
    ],
    ids=["webp", "lossless webp with transparency", "png with transparency", "progressive jpeg"],
)
def test_largest_pictures_are_taken_in_250_megabytes(
    tmp_path: Path, kind: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    (tmp_path / "picture").write_bytes(drawn(kind, size, **options))

    taken, _, megabytes = judged(tmp_path)

    assert taken == 1
    assert megabytes < 250


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("kind", "size", "message"),
    [
        ("WEBP", (5000, 2501), "A WebP picture has at most 12.5 megapixels."),
        ("PNG", (5000, 5001), "A picture has at most 25 megapixels."),
    ],
)
def test_picture_of_a_row_too_many_is_refused(kind: str, size: tuple[int, int], message: str) -> None:
    with pytest.raises(ImageRefused, match=message) as refused:
        read_picture(io.BytesIO(drawn(kind, size)))

    assert refused.value.code == "max_pixels"


def test_picture_keeps_no_metadata_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where it was taken"  # turned a quarter
    content = drawn(exif=exif.tobytes(), comment=b"secret")

    kept = read_picture(io.BytesIO(content))

    assert {b"where it was taken" in content, b"secret" in content} == {True}
    picture = Image.open(io.BytesIO(kept.full))
    assert (kept.width, kept.height, picture.size) == (200, 300, (200, 300))
    assert (dict(picture.getexif()), "comment" in picture.info, "icc_profile" in picture.info) == ({}, False, False)
    red, black = picture.getpixel((100, 30)), picture.getpixel((100, 270))
    assert red == pytest.approx((254, 0, 0), abs=2)
    assert black == pytest.approx((0, 0, 0), abs=2)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("size", "full", "small"),
    [
        ((100, 50), (100, 50), (100, 50)),
        ((4000, 1000), (2048, 512), (256, 64)),
        ((1000, 4500), (455, 2048), (57, 256)),
        ((1, 5000), (1, 2048), (1, 256)),
        ((5000, 5000), (2048, 2048), (256, 256)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_is_kept_no_larger_than_it_is_shown(
    kind: str, size: tuple[int, int], full: tuple[int, int], small: tuple[int, int]
) -> None:
    kept = read_picture(io.BytesIO(drawn(kind, size)))

    assert Image.open(io.BytesIO(kept.full)).size == full
    assert Image.open(io.BytesIO(kept.thumbnail)).size == small


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (drawn("PNG", mode="RGBA"), 255),
        (drawn("PNG", mode="LA"), 255),
        (drawn("PNG", mode="P", transparency=0), 255),
        (drawn("WEBP", mode="RGBA", lossless=True), 255),
        (drawn("PNG", mode="L"), 0),
        (drawn("PNG", mode="1"), 0),
        (drawn("PNG", mode="I;16"), 0),
        (drawn("PNG", mode="RGBA", size=(4200, 10)), 255),
        (drawn("JPEG", mode="CMYK"), 255),
        (drawn("JPEG", mode="L"), 0),
    ],
    ids=["rgba", "la", "palette", "webp", "grey", "bits", "sixteen bits", "large rgba", "cmyk", "grey jpeg"],
)
def test_picture_of_any_kind_becomes_plain_with_white_behind_it(content: bytes, colour: int) -> None:
    picture = Image.open(io.BytesIO(read_picture(io.BytesIO(content)).full))

    assert picture.mode == "RGB"
    assert picture.getpixel((1, 1)) == pytest.approx((colour,) * 3, abs=2)


def test_picture_that_another_program_reads_ahead_of_is_read_from_its_beginning() -> None:
    file = io.BytesIO(drawn())
    file.read()

    assert read_picture(file).width == 300


def test_picture_of_a_telephone_keeps_no_metadata_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where it was taken"  # turned a quarter
    content = drawn("HEIF", exif=exif.tobytes())

    kept = read_picture(io.BytesIO(content))

    picture = Image.open(io.BytesIO(kept.full))
    assert b"where it was taken" in content
    assert (kept.width, kept.height, picture.size, picture.format) == (200, 300, (200, 300), "JPEG")
    assert (dict(picture.getexif()), "icc_profile" in picture.info) == ({}, False)
    assert picture.getpixel((100, 30)) == pytest.approx((254, 0, 0), abs=3)


def test_small_form_that_is_made_later_is_the_same() -> None:
    content = drawn(size=(900, 600))

    kept = read_full_picture(io.BytesIO(content))

    assert (kept.width, kept.height) == (900, 600)
    assert Image.open(io.BytesIO(thumbnail_of(kept.full))).size == (256, 171)


def test_longest_side_is_the_callers() -> None:
    assert read_picture(io.BytesIO(drawn(size=(900, 600))), longest_side=90).height == 60
    with pytest.raises(ImageRefused):
        read_picture(io.BytesIO(b""))
