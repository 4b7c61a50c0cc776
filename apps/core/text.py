"""Text: the form in which it is searched, and plain text out of what people paste."""

import html
import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{3,}")
# Letters or figures of which an index of trigrams knows one, whatever is before and after: three in a row, or some at the
# edge of a word.
_TRIGRAM = re.compile(r"[^\W_]{3}|[\W_][^\W_]|[^\W_]{2}[\W_]")


def searchable(*parts: str | None) -> str:
    """The parts as one string without case, accents and repeated spaces, in any script.

    Stored beside a record and matched with ``contains``: SQLite folds the case of ASCII only, and a collation differs
    from one PostgreSQL to the next.
    """
    joined = " ".join(part for part in parts if part)
    decomposed = unicodedata.normalize("NFKD", joined)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


def has_trigram(word: str) -> bool:
    """Whether an index of trigrams can find the word anywhere in a text; another can be found where words begin."""
    return _TRIGRAM.search(word) is not None


def plain(value: str) -> str:
    """``value`` without markup, entities, control characters and literal ``\\r\\n``; line breaks are kept."""
    unescaped = html.unescape(html.unescape(value)).replace("\\r\\n", "\n").replace("\\n", "\n").replace("\r\n", "\n")
    untagged = _TAG.sub(" ", _BREAK.sub("\n", unescaped))
    printable = "".join(char for char in untagged if char == "\n" or not unicodedata.category(char).startswith("C"))
    lines = (_SPACES.sub(" ", line).strip() for line in printable.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
