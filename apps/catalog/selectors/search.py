"""Finding device models: in whatever way people write their names, while they write them, and with small mistakes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, StrIndex, Substr

from apps.catalog.enums import WordKind
from apps.catalog.models import DeviceModel, ModelWord
from apps.catalog.models.devices import MODEL_PARTS
from apps.catalog.rules import essential, search_terms, squeezed, typing
from apps.catalog.rules.search import OFFERED_BELOW
from apps.catalog.selectors import statements
from apps.catalog.selectors.offers import offered_to
from apps.catalog.selectors.statements import HOLDS_PARTS, HOLDS_WORDS, IS_SIMILAR, Condition, Search
from apps.core.actor import Actor
from apps.core.api.pagination import Ranked
from apps.core.search_index import SHORTEST
from apps.core.text import has_trigram, searchable

_EVERYTHING, _NOTHING = Condition("1 = 1"), Condition("1 = 0")
_NONE = statements.all_alike(_NOTHING, HOLDS_WORDS)
_OFFERED = Condition("w.place < %s", (OFFERED_BELOW,))
_LONGEST_BRAND = 3  # words
# So many entries of one search lead to a model on average, at most.
_ENTRIES_EACH = 8
_pk: Any = DeviceModel._meta.pk


@dataclass(frozen=True)
class RankedModels(Ranked):
    """As any search with ranks; but only the index is read, for however many models are found."""

    search: Search

    def counted(self, keys: Any, first: int, limit: int, most: int) -> tuple[list[Any], int]:
        """The ids of some models, and the number of all."""
        sql, parameters = self.search.statement
        columns = "id, (SELECT COUNT(*) FROM found)"
        rows = _rows(f"WITH found AS ({sql}) SELECT {columns} FROM found {_slice(first, limit)}", parameters)
        if not rows and first:
            return [], _rows(f"SELECT COUNT(*) FROM ({sql}) found", parameters)[0][0]
        return [_pk.to_python(row[0]) for row in rows], rows[0][1] if rows else 0


def device_models_matching(text: str, actor: Actor, limit: int) -> list[DeviceModel]:
    """Models that are offered, the best first, with their brands; at most ``limit``.

    First exactly that name, number or alias, then what begins so, then what has words that begin so; only if there is
    nothing, what holds the text anywhere; and if that is nothing, what was probably meant.
    """
    return _first(_ways(text), actor, limit)


def models_holding(text: str, actor: Actor, limit: int) -> list[DeviceModel]:
    """As ``device_models_matching``, but only models of which words begin with every word of ``text``."""
    words = search_terms(text)
    if not words or limit <= 0:
        return []
    return _first([statements.by_words(words, _words_of_brand(words))], actor, limit)


def _first(searches: Iterable[Search], actor: Actor, limit: int) -> list[DeviceModel]:
    """What the first of the searches that finds anything finds first."""
    for search in searches:
        ids = _first_ids(search.within(_OFFERED), limit)
        if ids:
            models = offered_to(actor, DeviceModel).select_related("brand").in_bulk(ids)
            return [models[pk] for pk in ids if pk in models]
    return []


def _first_ids(search: Search, limit: int) -> list[Any]:
    """The ids of the best models. The best entries are read first: to group thousands takes longer than to sort them."""
    most = limit * _ENTRIES_EACH
    sql, parameters = search.by_entry
    rows = _rows(f"{sql} {_slice(0, most)}", parameters)
    found = list(dict.fromkeys(row[0] for row in rows))
    if len(found) < limit and len(rows) == most:
        sql, parameters = search.statement
        found = [row[0] for row in _rows(f"{sql} {_slice(0, limit)}", parameters)]
    return [_pk.to_python(pk) for pk in found[:limit]]


def ranked_models(models: QuerySet[DeviceModel], text: str) -> RankedModels:
    """Those of ``models`` that the text finds, for a list of the interface."""
    search = _best(text, models)
    parts = [models.filter(pk__in=RawSQL(*search.ids_with(rank))) for rank in search.ranks]  # noqa: S611
    return RankedModels(_found(models, search), Value(0), parts, parts, ["place"], search)


def models_found_by(models: QuerySet[DeviceModel], text: str) -> QuerySet[DeviceModel]:
    """Those of ``models`` that the text finds, in no order of its own."""
    return _found(models, _best(text, models))


def models_named(text: str) -> QuerySet[DeviceModel]:
    """Models that hold every word of ``text`` in their names, spelled as they are: nothing is guessed."""
    words = [word for word in searchable(text).split() if any(map(str.isalnum, word))]
    if not words:
        return DeviceModel.objects.none()
    found = MODEL_PARTS.naming(words)
    if has_trigram(squeezed(text)):
        found |= MODEL_PARTS.naming([squeezed(text)])
    return DeviceModel.objects.filter(found)


def best_first(models: QuerySet[DeviceModel], text: str) -> QuerySet[DeviceModel]:
    """Those of ``models`` that the text finds, the best first."""
    search = _best(text, models)
    return _found(models, search).order_by(RawSQL(*search.rank_of_model), "place", "pk")  # noqa: S611


def _found(models: QuerySet[DeviceModel], search: Search) -> QuerySet[DeviceModel]:
    return models.filter(pk__in=RawSQL(*search.ids))  # noqa: S611 – what was typed is a parameter


def _best(text: str, models: QuerySet[DeviceModel]) -> Search:
    """The first way of searching that finds any of ``models``."""
    within = _among(models)
    searches = (search.within(within) for search in _ways(text))
    return next((search for search in searches if _finds_any(search)), _NONE)


def _among(models: QuerySet[DeviceModel]) -> Condition:
    if not models.query.where:
        return _EVERYTHING
    try:
        sql, parameters = models.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # a filter that nothing can meet
        return _NOTHING
    return Condition(f"w.device_model_id IN ({sql})", parameters)


def _finds_any(search: Search) -> bool:
    sql, parameters = search.ids
    return bool(_rows(f"{sql} LIMIT 1", parameters))


def _ways(text: str) -> Iterator[Search]:
    """Ways to look for ``text``, each for when the one before has found nothing."""
    words = search_terms(text)
    if not words:
        return
    heads = _words_of_brand(words)
    yield statements.by_words(words, heads)
    if 0 < heads < len(words) - 1:
        yield statements.joined_after_brand(words, heads)
    if len(words) == 1 and (apart := _brand_and_rest(words[0])):
        yield statements.by_words(apart, 1)
    if (named := essential(words)) and named != words:
        yield statements.by_words(named, heads)
    if parts := _long_enough(text):
        found = MODEL_PARTS.holding(parts) | MODEL_PARTS.holding([squeezed(text)])
        yield statements.all_alike(_one_entry_of(found), HOLDS_PARTS)
    if (meant := _meant(words)) != words:
        yield statements.by_words(meant, _words_of_brand(meant), worse_by=IS_SIMILAR)


def _one_entry_of(found: Q) -> Condition:
    """One or a few entries of each of the models that ``found`` selects."""
    return Condition("w.kind = %s", (int(WordKind.BRAND),)) & _among(DeviceModel.objects.filter(found))


def _rows(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


def _slice(first: int, limit: int) -> str:
    return f"ORDER BY rank, place, id LIMIT {limit:d} OFFSET {first:d}"


def _long_enough(text: str) -> list[str]:
    """The words as they are held; none where no index could look for any of them."""
    words = searchable(text).split()
    return words if any(len(word) >= SHORTEST for word in words) else []


def _words_of_brand(words: Sequence[str]) -> int:
    """How many words at the beginning are the name of a brand, and leave something to look for."""
    beginnings = [" ".join(words[:length]) for length in range(1, min(len(words), _LONGEST_BRAND + 1))]
    if not beginnings:
        return 0
    found = _rows(
        f"SELECT MAX(LENGTH(text)) FROM catalog_modelword WHERE kind = {WordKind.BRAND:d} "
        f"AND text IN ({', '.join(['%s'] * len(beginnings))})",
        beginnings,
    )[0][0]
    return next((len(one.split(" ")) for one in beginnings if len(one) == found), 0)


def _brand_and_rest(word: str) -> list[str]:
    """“samsungs21” is a brand and what follows it."""
    beginnings = [word[:length] for length in range(2, len(word))]
    brands = (
        ModelWord.objects.filter(kind=WordKind.BRAND, text__in=beginnings).order_by().values_list("text", flat=True)
    )
    longest = max(brands.distinct(), key=len, default="")
    return [longest, word[len(longest) :]] if longest else []


def _meant(words: Sequence[str]) -> list[str]:
    """The words without mistakes in typing, as far as they can be told."""
    return [_meant_by(word) if len(word) >= typing.SHORTEST and word.isalpha() else word for word in words]


def _meant_by(word: str) -> str:
    """The known word that is nearest: of those with the same first letter, else of those that begin with the second."""
    if ModelWord.objects.filter(_begins(word)).exists():
        return word
    found = (typing.meant_by(word, _vocabulary(letter)) for letter in dict.fromkeys(word[:2]))
    return next(filter(None, found), word)


def _vocabulary(letter: str) -> dict[str, int]:
    """The words of brands and names that begin with a letter, and how often each one is met."""
    named = ModelWord.objects.filter(_begins(letter)).exclude(kind__in=WordKind.codes())
    first = Substr("text", 1, StrIndex(Concat(F("text"), Value(" ")), Value(" ")) - 1)
    return dict(named.order_by().values_list(first).annotate(times=Count("pk")))


def _begins(text: str) -> Q:
    first, last = statements.begins(text).parameters
    return Q(text__gte=first, text__lt=last)
