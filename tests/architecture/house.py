"""Reads the house as text and syntax trees, for the tests that measure it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@cache
def modules(*roots: str) -> tuple[Path, ...]:
    """Python files below ``roots``, without migrations."""
    found = (path for root in roots for path in (ROOT / root).rglob("*.py"))
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


def name(path: Path) -> str:
    """The path as it is written in a message."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def attributes(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each ``something.name`` in the module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def rooms(*names: str) -> list[Path]:
    """Modules of the apps that are, or lie in, a room of one of ``names`` (``rules`` finds rules.py and rules/*.py)."""
    found = []
    for path in modules("apps"):
        room = path.relative_to(ROOT).with_suffix("").parts[2:]
        if room and room[0] in names:
            found.append(path)
    return found
