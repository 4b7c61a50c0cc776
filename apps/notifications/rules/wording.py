"""The language of message templates: Liquid with variables, conditions and a few filters, and nothing else.

Liquid (https://shopify.github.io/liquid/) was made for templates that strangers write: it reads what it is given and
calls nothing. What could run long (loops, includes, assignments) is taken out, and all words are plain texts.
"""

import re
from collections.abc import Collection, Mapping

from liquid import Environment, Mode, StrictUndefined
from liquid.exceptions import LiquidError

TAGS = frozenset({"content", "output", "illegal", "comment", "#", "if", "unless", "case"})
FILTERS = frozenset(
    {"capitalize", "downcase", "upcase", "default", "strip", "truncate", "replace", "append", "prepend"}
)
LONGEST_RENDERED = 20_000
_EMPTY_LINES = re.compile(r"\n{3,}")


class _Language(Environment):
    """Liquid cut down to ``TAGS`` and ``FILTERS``."""

    output_stream_limit = LONGEST_RENDERED

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, tolerance=Mode.STRICT, autoescape=False)
        for name in set(self.tags) - TAGS:
            del self.tags[name]
        for name in set(self.filters) - FILTERS:
            del self.filters[name]


_language = _Language()


def problems(text: str, variables: Collection[str]) -> list[str]:
    """What keeps ``text`` from being a template of these variables, in words for who wrote it; empty if nothing does."""
    try:
        template = _language.from_string(text)
        used = template.analyze().globals
    except (LiquidError, RecursionError) as error:
        return [_said(error)]
    unknown = sorted(str(variable) for found in used.values() for variable in found if str(variable) not in variables)
    if unknown:
        return [
            f"There is no “{name}” here; there are: {', '.join(sorted(variables))}." for name in dict.fromkeys(unknown)
        ]
    try:
        template.render(**dict.fromkeys(variables, "x"))
    except LiquidError as error:
        return [_said(error)]
    return []


def rendered(text: str, words: Mapping[str, str | None]) -> str:
    """``text`` with the words in it. Raises ``LiquidError`` for what ``problems`` would have named."""
    return _EMPTY_LINES.sub("\n\n", _language.from_string(text).render(**words)).strip()


def one_line(text: str, words: Mapping[str, str | None]) -> str:
    """The same on one line: a subject, into which no line break of a name may get."""
    return " ".join(rendered(text, words).split())


def _said(error: Exception) -> str:
    return "This is nested too deeply." if isinstance(error, RecursionError) else str(error).partition("\n")[0]
