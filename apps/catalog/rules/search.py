"""How a device model is found: in whatever way people write its name."""

from collections.abc import Iterable

from apps.core.text import searchable


def squeezed(text: str) -> str:
    """``text`` as it is searched, without anything but letters and digits: “iPhone X” and “iPhoneX” become one."""
    return "".join(char for char in searchable(text) if char.isalnum())


def brand_search_text(name: str) -> str:
    """The form in which a brand is found; its column takes 200 characters, which a few letters can grow beyond."""
    return searchable(name)[:200]


def model_search_text(name: str, model_number: str, aliases: Iterable[str]) -> str:
    """Everything that a model can be found by beside its brand, spelled out and run together."""
    names = [name, model_number, *aliases]
    together = {squeezed(alias) for alias in names} - {""}
    return " ".join([searchable(*names), *sorted(together)])


def search_terms(text: str) -> tuple[list[str], str]:
    """The words of a search, and all of it run together; for text without a letter or digit, that text itself."""
    words = searchable(text).split()
    return words, squeezed(text) or searchable(text)
