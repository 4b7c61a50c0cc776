"""The statement that finds device models by the beginnings of words, and says how well.

Written out, as it is asked with every letter that somebody types: to compose it anew takes longer than to run it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.catalog.enums import WordKind

# How well a model is found. Below are the kinds of a whole text that is exactly what was asked for.
BEGINS_WITH_WORDS, BEGINS, HOLDS_WORDS, HOLDS_PARTS, IS_SIMILAR = 5, 6, 7, 8, 9
# What follows every text that starts with another one: the last character of Unicode.
_LAST = "\U0010ffff"
# Words that are shorter do not look for numbers: thousands begin with “SM”.
_SHORTEST_OF_CODES = 3


@dataclass(frozen=True)
class Condition:
    """A piece of SQL about an entry ``w`` of the index, and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.sql} AND {other.sql})", self.parameters + other.parameters)

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.sql} OR {other.sql})", self.parameters + other.parameters)


@dataclass(frozen=True)
class Search:
    """Entries of the index, the rank that each gives its model, and the ranks that there may be."""

    entries: Condition
    rank: Condition
    ranks: Sequence[int]

    def within(self, condition: Condition) -> "Search":
        return replace(self, entries=self.entries & condition)

    @property
    def statement(self) -> tuple[str, tuple[Any, ...]]:
        """Id, best rank and place of each model that is found."""
        return (
            (
                f"SELECT w.device_model_id AS id, MIN({self.rank.sql}) AS rank, MIN(w.place) AS place "
                f"FROM catalog_modelword w WHERE {self.entries.sql} GROUP BY w.device_model_id"
            ),
            self.rank.parameters + self.entries.parameters,
        )

    @property
    def by_entry(self) -> tuple[str, tuple[Any, ...]]:
        """As ``statement``, but once for each entry of a model."""
        return (
            (
                f"SELECT w.device_model_id AS id, {self.rank.sql} AS rank, w.place AS place FROM catalog_modelword w "
                f"WHERE {self.entries.sql}"
            ),
            self.rank.parameters + self.entries.parameters,
        )

    @property
    def ids(self) -> tuple[str, tuple[Any, ...]]:
        """The ids of the models that are found."""
        return f"SELECT w.device_model_id FROM catalog_modelword w WHERE {self.entries.sql}", self.entries.parameters

    @property
    def rank_of_model(self) -> tuple[str, tuple[Any, ...]]:
        """The best rank of the model of the row around it."""
        return (
            (
                f"SELECT MIN({self.rank.sql}) FROM catalog_modelword w "
                f"WHERE w.device_model_id = catalog_devicemodel.id AND {self.entries.sql}"
            ),
            self.rank.parameters + self.entries.parameters,
        )

    def ids_with(self, rank: int) -> tuple[str, tuple[Any, ...]]:
        """The ids of the models that have this rank."""
        sql, parameters = self.statement
        return f"SELECT id FROM ({sql}) ranked WHERE rank = %s", (*parameters, rank)


def by_words(words: Sequence[str], heads: int = 0, *, worse_by: int = 0) -> Search:
    """Models that hold every word at the beginning of one of theirs, or all of them run together.

    The first ``heads`` of the words may be their brand: then what follows may be all of their name.
    """
    rests = [words, words[heads:]] if 0 < heads < len(words) else [words]
    if len(words) == 1:
        return _ranked(_word(words[0]), rests, worse_by)
    together = "".join(words)
    # Ranges alone at the top, and each alone: SQLite uses its index for an OR only if it finds it in every part. Not all
    # entries of a model are needed, but those that tell how well it matches, and one that it surely has.
    texts = [together, *map(" ".join, rests)]
    told = _any([*map(_told_by, texts), *([] if _is_searched_for(rests[-1]) else [_word(_rarest(words))])])
    joined = begins(together) & _NO_CODE | Condition("w.text = %s", (together,))
    return _ranked(told & (_of_model_with(words) | joined), rests, worse_by)


def joined_after_brand(words: Sequence[str], heads: int) -> Search:
    """Models that begin with the words after the brand run together: “samsung galaxy s 21”."""
    rest = words[heads:]
    return _ranked(begins("".join(rest)) & _of_model_with(words[:heads]), [words, rest], 0)


def all_alike(entries: Condition, rank: int) -> Search:
    """Models that are found equally well."""
    return Search(entries, Condition("%s", (rank,)), (rank,))


def begins(text: str) -> Condition:
    """Entries that start with ``text``."""
    return Condition("(w.text >= %s AND w.text < %s)", (text, text + _LAST))


def _in(kinds: Iterable[int]) -> Condition:
    return Condition(f"w.kind IN ({', '.join(str(int(kind)) for kind in kinds)})")


_NO_CODE = _in(kind for kind in WordKind if kind not in WordKind.codes())
_WHOLE, _NAMED = _in(WordKind.whole()), _in(WordKind.named())
_BRAND, _REST = _in([WordKind.BRAND]), _in([WordKind.NAME_PART])


def _any(conditions: Sequence[Condition]) -> Condition:
    parameters = tuple(value for one in conditions for value in one.parameters)
    return Condition(f"({' OR '.join(one.sql for one in conditions)})", parameters)


def _word(word: str) -> Condition:
    if len(word) >= _SHORTEST_OF_CODES:
        return begins(word)
    return begins(word) & (_NO_CODE | Condition("w.text = %s", (word,)))


def _of_model_with(words: Sequence[str]) -> Condition:
    """Entries of models that hold each of ``words``.

    Looked up for each entry: to gather all models that hold a word takes SQLite longer, as thousands hold a frequent one.
    """
    each = [_word(word) for word in words]
    holding = [
        f"({one.sql} OR EXISTS (SELECT 1 FROM catalog_modelword o WHERE o.device_model_id = w.device_model_id AND "
        f"{one.sql.replace('w.', 'o.')}))"
        for one in each
    ]
    return Condition(f"({' AND '.join(holding)})", tuple(value for one in each for value in one.parameters * 2))


def _told_by(rest: str) -> Condition:
    return begins(rest) if len(rest) >= _SHORTEST_OF_CODES else Condition("w.text = %s", (rest,))


def _is_searched_for(rest: Sequence[str]) -> bool:
    """Whether what follows the brand is one word, of which every model that is found has an entry."""
    return len(rest) == 1 and len(rest[0]) >= _SHORTEST_OF_CODES


def _rarest(words: Sequence[str]) -> str:
    """The word that is likely to be the rarest: one with figures, and a long one."""
    return max(words, key=lambda word: (any(map(str.isdigit, word)) and len(word) > 1, len(word)))


def _ranked(entries: Condition, rests: Sequence[Sequence[str]], worse_by: int) -> Search:
    asked = " ".join(rests[0])
    exactly = tuple(dict.fromkeys(text for rest in rests for text in (" ".join(rest), "".join(rest))))
    whole = Condition(f"{_WHOLE.sql} AND w.text IN ({', '.join(['%s'] * len(exactly))})", exactly)
    followed = _BRAND & Condition("w.text = %s", (asked,)) | _NAMED & _any(
        [begins(" ".join(one) + " ") for one in rests]
    )
    # All of a name from a word on, as “XR” is of the iPhone XR, says more than the beginning of a longer word.
    followed |= _REST & Condition(f"w.text IN ({', '.join(['%s'] * len(exactly))})", exactly)
    begun = _BRAND & begins(asked) | _NAMED & _any([begins(text) for text in exactly])
    if len(rests) == len(rests[0]) == 1:
        begun = _BRAND | _NAMED  # by all that is looked at
    rank = Condition(
        f"CASE WHEN {whole.sql} THEN w.kind + {worse_by:d} WHEN {followed.sql} THEN {BEGINS_WITH_WORDS + worse_by:d} "
        f"WHEN {begun.sql} THEN {BEGINS + worse_by:d} ELSE {HOLDS_WORDS + worse_by:d} END",
        whole.parameters + followed.parameters + begun.parameters,
    )
    return Search(entries, rank, range(worse_by, HOLDS_WORDS + worse_by + 1))
