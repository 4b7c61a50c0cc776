"""Reads docker-compose.yml: what the tests start is what it says, to the letter."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}")


def description() -> dict[str, Any]:
    """The whole file; merge keys are resolved."""
    return yaml.safe_load(FILE.read_text())


def service(name: str) -> dict[str, Any]:
    return description()["services"][name]


def command(name: str) -> list[str]:
    return service(name)["command"]


def environment(name: str, values: dict[str, str]) -> dict[str, str]:
    """The environment of a service, with its variables taken from ``values`` as Compose takes them from ``.env``."""
    return {key: interpolated(str(text), values) for key, text in service(name)["environment"].items()}


def interpolated(text: str, values: dict[str, str]) -> str:
    """Raises ``KeyError`` with the file's own sentence for a required variable that is missing."""

    def fill(found: re.Match[str]) -> str:
        name, operator, rest = found.groups()
        if name is None:
            return "$"
        if values.get(name):
            return values[name]
        if operator == "?":
            raise KeyError(rest)
        return rest or ""

    return _VARIABLE.sub(fill, text)
