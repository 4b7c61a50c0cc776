"""One row of a list of type allocation codes, in the shape of ``tac.csv``: what it says, or why it cannot be taken."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps.catalog.rules.device_rows import RefusedRow
from apps.catalog.rules.imei import TAC_LENGTH

LONGEST_ALSO = 500
# The commas of “SL55,SL56” part names, that of “iPhone 9,1” does not.
_MODEL, _REVISION = re.compile(r"((?:iPhone|iPad|iPod) ?)(\d{1,2})", re.IGNORECASE), re.compile(r"\d{1,2}")
_ASIDE = re.compile(r"\b(?:\d+ ?[GM]B|TD-LTE|LTE|JP|dual sim)\b|\([^()]*\)", re.IGNORECASE)
_CODE = re.compile(r"(?=[A-Za-z-]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SHORTEST_CODE = 5


@dataclass(frozen=True)
class TacRow:
    """A code and what it was given to; ``also`` are the other names, in the order of the list."""

    tac: str
    brand: str
    name: str
    also: tuple[str, ...]

    @property
    def also_known_as(self) -> str:
        """The other names as they are stored: parted by a bar, as many as fit."""
        text = ""
        for name in self.also:
            longer = f"{text}|{name}" if text else name
            if len(longer) > LONGEST_ALSO:
                break
            text = longer
        return text


def parse_tac_row(row: Mapping[str, str | None]) -> TacRow:
    """Raises ``RefusedRow`` for a row without a code of eight digits, brand or model, or with a name that is none."""
    value = {name: " ".join((text or "").split()) for name, text in row.items() if isinstance(name, str)}
    tac = value.get("tac", "")
    if not (len(tac) == TAC_LENGTH and tac.isascii() and tac.isdigit()):
        raise RefusedRow("tac is not eight digits")
    for name, longest in (("brand", 80), ("model", 120)):
        if not value.get(name):
            raise RefusedRow(f"{name} is empty")
        if len(value[name]) > longest:
            raise RefusedRow(f"{name} is longer than {longest} characters")
    for name in ("brand", "model", "aka"):
        if "\ufffd" in value.get(name, ""):
            raise RefusedRow(f"{name} is not readable as UTF-8")
    return TacRow(tac, value["brand"], value["model"], tuple(dict.fromkeys(_names(value.get("aka", "")))))


def names_of(name: str, also_known_as: str) -> tuple[list[str], list[str]]:
    """What a code's model may be called in the catalogue: its name, then whatever else was written down of it."""
    also = [other for other in also_known_as.split("|") if other]
    own = [name, " ".join(_ASIDE.sub(" ", name).split())]
    codes = [code for code in _CODE.findall(name) if len(code) >= _SHORTEST_CODE]
    return _distinct(own), _distinct([*also, *codes])


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _names(text: str) -> Iterator[str]:
    if "|" in text:
        yield from (name.strip() for name in text.split("|") if name.strip())
        return
    parts = [part.strip() for part in text.split(",")]
    position = 0
    while position < len(parts):
        model = _MODEL.fullmatch(parts[position])
        following = parts[position + 1] if position + 1 < len(parts) else ""
        if model and _REVISION.fullmatch(following):
            yield f"{model.group(1).strip()}{model.group(2)},{following}"
            position += 1
        elif parts[position]:
            yield parts[position]
        position += 1
