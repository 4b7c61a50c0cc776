"""What was learned, to bytes and back: arrays in NumPy's archive and the words as JSON. Nothing in it can be run.

The SHA-256 of the archive stands before it. The archive's own sums are of its members only: one broken byte in its table
of contents can hide members, and an archive without arrays is that of an estimator that knows nothing.
"""

import json
from dataclasses import fields
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np

from apps.pricing.estimator.features import Devices, Encoder
from apps.pricing.estimator.gaussian import Known
from apps.pricing.estimator.kernel import OTHERS, PARTS, SCALES, Rows
from apps.pricing.estimator.learned import Learned, Vocabulary
from apps.pricing.estimator.rounding import Habit

# Goes up with each change of what the parameters mean, so that an old blob is refused and learned anew.
VERSION = 1
_SUM = 32  # bytes
_ROWS = [field.name for field in fields(Rows)]
_DEVICES = [field.name for field in fields(Devices)]
_ENCODER = [field.name for field in fields(Encoder)]
_OWN = ("prices", "reliable", "packed", "misses", "widths")


def to_bytes(learned: Learned | None) -> bytes:
    """A blob that ``from_bytes`` understands."""
    words: dict[str, Any] = {"version": VERSION}
    arrays: dict[str, Any] = {}
    if learned:
        known, vocabulary = learned.known, learned.vocabulary
        words["habit"] = [learned.habit.step, list(learned.habit.endings), learned.habit.digits]
        words |= {"ids": learned.ids, "suspicious": learned.suspicious, "mean": known.mean}
        words |= {"repairs": vocabulary.repairs, "parts": vocabulary.parts}
        words["encoder"] = {name: getattr(vocabulary.encoder, name) for name in _ENCODER}
        arrays |= {f"row_{name}": getattr(known.rows, name) for name in _ROWS}
        arrays |= {f"device_{name}": getattr(known.devices, name) for name in _DEVICES}
        arrays |= {"logs": known.logs, "noise": known.noise}
        arrays |= {name: getattr(learned, name) for name in _OWN}
    text = np.frombuffer(json.dumps(words).encode(), dtype=np.uint8)
    out = BytesIO()
    np.savez_compressed(out, words=text, **arrays)
    archive = out.getvalue()
    return sha256(archive).digest() + archive


def from_bytes(blob: bytes) -> Learned | None:
    """Raises ``ValueError`` for what ``to_bytes`` of this version did not write."""
    archived = blob[_SUM:]
    if sha256(archived).digest() != blob[:_SUM]:
        raise ValueError("This is no stored estimator: it is not as it was written")
    try:
        with np.load(BytesIO(archived), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        words = json.loads(arrays["words"].tobytes())
        return {VERSION: _learned}[words["version"]](words, arrays) if len(arrays) > 1 else None
    except Exception as error:  # of the archive, its compression, NumPy's headers and JSON: each has kinds of its own
        raise ValueError(f"This is no stored estimator: {error}") from None


def _learned(words: dict[str, Any], arrays: dict[str, Any]) -> Learned:
    rows = Rows(**{name: arrays[f"row_{name}"] for name in _ROWS})
    devices = Devices(**{name: arrays[f"device_{name}"] for name in _DEVICES})
    vocabulary = Vocabulary(Encoder(**words["encoder"]), words["repairs"], words["parts"])
    step, endings, digits = words["habit"]
    learned = Learned(
        habit=Habit(int(step), tuple(int(ending) for ending in endings), int(digits)),
        vocabulary=vocabulary,
        known=Known(rows, devices, arrays["logs"], arrays["noise"], float(words["mean"])),
        ids=tuple(words["ids"]),
        suspicious=tuple(words["suspicious"]),
        **{name: arrays[name] for name in _OWN},
    )
    _check(learned)
    return learned


def _check(learned: Learned) -> None:
    """Raises ``ValueError`` where the pieces do not belong together."""
    jobs, settled = len(learned.ids), 2 * len(PARTS) + len(OTHERS) + len(SCALES)
    known = learned.known
    columns = [known.logs, known.noise, learned.prices, learned.reliable, learned.misses]
    columns += [getattr(known.rows, name) for name in _ROWS]
    sound = (
        all(len(column) == jobs for column in columns)
        and len(learned.packed) == settled + len(learned.vocabulary.repairs)
        and len(learned.widths) == len(learned.vocabulary.repairs)
        and len({len(getattr(known.devices, name)) for name in _DEVICES}) == 1
        and known.rows.device.max(initial=0) < len(known.devices)
    )
    if not sound:
        raise ValueError("its pieces do not fit together")
