"""How people write the name of a device: in words without case, signs and spaces, and in other ways than its maker."""

import re
from collections.abc import Sequence

from apps.core.text import searchable

# As “Galaxy S21” is called S21; without it a name must still say something.
_FAMILIES = frozenset({"galaxy", "moto", "blade"})
_NETWORKS = frozenset({"3g", "4g", "5g", "lte"})
_SIZES = frozenset({"gb", "tb"})
_SIZE = re.compile(r"\d{1,4}(?:gb|tb)")
# What the maker of the iPhone writes in Roman numerals.
_ROMAN = {"x": "10", "xs": "10s", "xr": "10r"}
_ARABIC = {arabic: roman for roman, arabic in _ROMAN.items()}
_FIRST_OF_THEIR_LINE = frozenset({("iphone", "se")})
_GENERATION = re.compile(r"(?:gen(?:eration|eracion|erazione)?|generation)")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|a|e)?")
_JOINED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?(?:gen|generation)|(?:gen|generation)(\d{1,2}))")
_INNER = re.compile(r"[^\W_]+")
# “iPhone1,2” is the identifier of an iPhone 3G, and no iPhone 12.
_IDENTIFIER = re.compile(r"[a-z]+\d{1,2},\d{1,2}")


def squeezed(text: str) -> str:
    """``text`` as it is searched, without anything but letters and digits: “iPhone X” and “iPhoneX” become one."""
    return "".join(words_of(text))


def words_of(text: str) -> list[str]:
    """The words of a name or of a search: a plus is a word, and so is the number of a generation, before its “gen”.

    “S21+” → s21 plus; “SM-G991B” → smg991b; “SE (2nd generation)”, “SE gen. 2” and “SE 2ndGen” → se 2 gen.
    """
    apart = searchable(text).replace("+", " plus ").split()
    return _generations([word for word in map(_bare, apart) if word])


def inner_words(text: str) -> list[str]:
    """What a word can be entered from, besides its beginning: “SM-G991B” → g991b."""
    rests = []
    for word in searchable(text).split():
        parts = [] if _IDENTIFIER.fullmatch(word) else _INNER.findall(word)
        rests += ["".join(parts[start:]) for start in range(1, len(parts))]
    return rests


def spellings(words: Sequence[str], release_year: int | None, brand: Sequence[str] = ()) -> list[list[str]]:
    """Other ways to write the name of these words that mean the same model, itself not among them."""
    found = [list(words)]
    if brand and len(words) > len(brand) and list(words[: len(brand)]) == list(brand):
        found.append(list(words[len(brand) :]))
    found += [other for name in found for other in _numerals(name)]
    found += [other for name in found for other in _of_generation(name, release_year)]
    found += [name[1:] for name in found if len(name) > 1 and name[0] in _FAMILIES]
    return _others(found, [list(words)])


def loose_spellings(names: Sequence[Sequence[str]]) -> list[list[str]]:
    """Names that leave out what a model without it might have as well: “Galaxy S21” for the Galaxy S21 5G."""
    return _others([list(name[:-1]) for name in names if len(name) > 1 and name[-1] in _NETWORKS], names)


def essential(words: Sequence[str]) -> list[str]:
    """The words without what people add and few models are named by: network and memory, as in “S23 5G 256 GB”."""
    following = [*words[1:], ""]
    return [
        word
        for word, after in zip(words, following, strict=True)
        if not (word in _NETWORKS | _SIZES or _SIZE.fullmatch(word) or (word.isdecimal() and after in _SIZES))
    ]


def is_code(text: str) -> bool:
    """Whether this is a number that a maker gives, such as “SM-G991B” or “iPhone10,3”, and no name."""
    words = searchable(text).split()
    return bool(words) and all(any(char.isdigit() for char in word) for word in words)


def names_itself_by_code(name: str, numbers: Sequence[str]) -> bool:
    """Whether the name of a model is only one of its numbers: somebody knew no better."""
    digits = sum(char.isdigit() for char in name)
    return digits >= 3 and len(name.split()) == 1 and squeezed(name) in {squeezed(number) for number in numbers}


def distinguishing(words: Sequence[str]) -> int:
    """How many words set a name apart from others of its family."""
    return sum(1 for word in words if word not in _NETWORKS)


def _bare(word: str) -> str:
    return word if _IDENTIFIER.fullmatch(word) else "".join(char for char in word if char.isalnum())


def _generations(words: list[str]) -> list[str]:
    found: list[str] = []
    position = 0
    while position < len(words):
        word, after = words[position], words[position + 1] if position + 1 < len(words) else ""
        ordinal, following = _ORDINAL.fullmatch(word), _ORDINAL.fullmatch(after)
        joined = _JOINED.fullmatch(word)
        if joined:
            found += [joined.group(1) or joined.group(2), "gen"]
        elif ordinal and after and _GENERATION.fullmatch(after):
            found += [ordinal.group(1), "gen"]
            position += 1
        elif _GENERATION.fullmatch(word) and following and found:
            found += [following.group(1), "gen"]
            position += 1
        else:
            found.append(word)
        position += 1
    return found


def _numerals(words: list[str]) -> list[list[str]]:
    if len(words) < 2 or words[0] != "iphone":
        return []
    other = _ROMAN.get(words[1]) or _ARABIC.get(words[1])
    return [[words[0], other, *words[2:]]] if other else []


def _of_generation(words: list[str], year: int | None) -> list[list[str]]:
    """“SE 2 gen” is also called SE 2 and, by its year, SE 2020; the first of its line had no number."""
    base, number = (words[:-2], words[-2]) if words[-1:] == ["gen"] and len(words) > 2 else (words, "1")
    if base == words and tuple(words) not in _FIRST_OF_THEIR_LINE:
        return []
    found = [[*base, number], [*base, number, "gen"]]
    return [*found, [*base, str(year)]] if year else found


def _others(names: Sequence[Sequence[str]], known: Sequence[Sequence[str]]) -> list[list[str]]:
    seen = {tuple(name) for name in known}
    fresh = dict.fromkeys(tuple(name) for name in names)
    return [list(name) for name in fresh if name and name not in seen]
