"""What a device model is found by, and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.catalog.enums import WordKind
from apps.catalog.rules.spelling import (
    distinguishing,
    inner_words,
    is_code,
    loose_spellings,
    names_itself_by_code,
    spellings,
    words_of,
)
from apps.core.text import searchable

LONGEST = 150  # characters of one entry
_MOST_WORDS = 12
_SHORTEST_REST = 3  # the 3 of “iPhone10,3” says nothing
# The place of a model among others that are found as well: what is in use, has a name, a short one, and is new.
_WITHDRAWN, _CODED, _WORDS, _AGE = 22, 21, 16, 8
OFFERED_BELOW = 1 << _WITHDRAWN
_NEWEST, _UNKNOWN_AGE = 2100, 255


@dataclass(frozen=True)
class Described:
    """The facts of a model that decide what it is found by."""

    brand: str
    name: str
    model_number: str
    aliases: Sequence[str]
    release_year: int | None
    is_offered: bool = True


def brand_search_text(name: str) -> str:
    """The form in which a brand is found; its column takes 200 characters, which a few letters can grow beyond."""
    return searchable(name)[:200]


def model_search_text(
    name: str, model_number: str, aliases: Iterable[str], release_year: int | None = None, brand: str = ""
) -> str:
    """Everything that a model can be found by, spelled out and run together."""
    names = [name, model_number, *aliases]
    model = Described(brand, name, model_number, list(aliases), release_year)
    together = {text for text, kind in entries(model).items() if kind in WordKind.whole() and " " not in text}
    return " ".join(filter(None, [searchable(brand), searchable(*names), *sorted(together)]))


def entries(model: Described) -> dict[str, int]:
    """The index entries of a model: texts that begin where a word of it begins, and what each of them is."""
    found: dict[str, int] = {}
    brand, words = words_of(model.brand), words_of(model.name)[:_MOST_WORDS]
    numbers = [model.model_number, *model.aliases]
    codes = [number for number in numbers if is_code(number)]
    named = [words_of(text)[:_MOST_WORDS] for text in numbers if text and text not in codes]
    own_kind = WordKind.CODE if names_itself_by_code(model.name, numbers) else WordKind.NAME
    _add_name(found, words, own_kind)
    for other in named:
        _add_name(found, other, WordKind.ALIAS)
    same = spellings(words, model.release_year, brand)
    for other in same:
        _add_whole(found, other, WordKind.SPELLING)
    for other in (one for name in named for one in spellings(name, model.release_year, brand)):
        _add_whole(found, other, WordKind.ALIAS)
    for other in loose_spellings([words, *same]):
        _add_whole(found, other, WordKind.LOOSE)
    _add_codes(found, [*codes, model.name])
    _add_tails(found, brand, WordKind.BRAND)
    return {text[:LONGEST]: int(kind) for text, kind in found.items()}


def place(model: Described) -> int:
    """A number by which models that are found equally well stand in order, the first lowest.

    Those that are not offered any more come last, before them those that nobody has named; then few words before many,
    new before old, short before long.
    """
    words = distinguishing(words_of(model.name))
    coded = names_itself_by_code(model.name, [model.model_number, *model.aliases])
    age = _NEWEST - model.release_year if model.release_year else _UNKNOWN_AGE
    return (
        (not model.is_offered) << _WITHDRAWN
        | coded << _CODED
        | min(max(words, 2), 31) << _WORDS
        | min(max(age, 0), _UNKNOWN_AGE) << _AGE
        | min(len(model.name), 255)
    )


def is_unnamed(place_of_model: int) -> bool:
    """Whether a model at this place is called by one of its numbers only."""
    return bool(place_of_model >> _CODED & 1)


def search_terms(text: str) -> list[str]:
    """The words of a search; none for text without a letter or digit."""
    return [word[:LONGEST] for word in words_of(text)[:_MOST_WORDS]]


def _add(found: dict[str, int], text: str, kind: WordKind) -> None:
    """The clearest of the kinds that a text is of several."""
    if text and found.get(text, kind) >= kind:
        found[text] = kind


def _add_whole(found: dict[str, int], words: Sequence[str], kind: WordKind) -> None:
    _add(found, " ".join(words), kind)
    _add(found, "".join(words), kind)


def _add_tails(found: dict[str, int], words: Sequence[str], kind: WordKind) -> None:
    for start in range(len(words)):
        _add(found, " ".join(words[start:]), kind)


def _add_name(found: dict[str, int], words: Sequence[str], kind: WordKind) -> None:
    _add_whole(found, words, kind)
    _add_tails(found, words, WordKind.NAME_PART)


def _add_codes(found: dict[str, int], codes: Iterable[str]) -> None:
    for code in codes:
        if is_code(code):
            _add(found, "".join(words_of(code)), WordKind.CODE)
        for rest in inner_words(code):
            if len(rest) >= _SHORTEST_REST:
                _add(found, rest, WordKind.CODE_PART)
