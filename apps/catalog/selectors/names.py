"""Which models are meant by the names in a file: looked up thousands of times, so read once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from apps.catalog.enums import WordKind
from apps.catalog.models import Brand, DeviceModel, ModelWord
from apps.catalog.rules import squeezed
from apps.catalog.rules.search import OFFERED_BELOW, is_unnamed

_ASIDE = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class NamedModel:
    """What a name stands for: one model, or none, and then perhaps several that it could be."""

    id: UUID | None
    candidates: tuple[UUID, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return len(self.candidates) > 1


UNKNOWN = NamedModel(None)


class ModelNames:
    """The catalogue by brand and name as it was when this was made.

    A name is a model's name, another spelling of it, one of its numbers or an alias, with or without its brand, and
    compared without case, signs and spaces; the clearest of these decides, and of models that it fits equally well none
    is guessed. Models that are not offered any more count only where no other fits, and one that nobody has named yet
    only where no named one has its number; merged ones not at all. Unless ``loose``, a Galaxy S21 is no Galaxy S21 5G.
    """

    def __init__(self, *, loose: bool = True) -> None:
        self._brands: dict[str, set[UUID]] = defaultdict(set)
        self._models: dict[str, list[tuple[tuple[bool, int, bool], UUID, UUID]]] = defaultdict(list)
        for brand_id, name in Brand.objects.values_list("pk", "name"):
            self._brands[squeezed(name)].add(brand_id)
        current = DeviceModel.objects.filter(merged_into=None)
        brands = dict(current.values_list("pk", "brand_id"))
        kinds = [kind for kind in WordKind.whole() if loose or kind != WordKind.LOOSE]
        entries = ModelWord.objects.filter(kind__in=kinds).exclude(text__contains=" ").order_by()
        rows = entries.values_list("text", "kind", "place", "device_model")
        for text, kind, place, model_id in rows.iterator(chunk_size=5000):
            if model_id in brands:
                clearness = place >= OFFERED_BELOW, kind, is_unnamed(place)
                self._models[text].append((clearness, brands[model_id], model_id))

    def find(self, brand: str, name: str) -> NamedModel:
        """The model of this name; a blank brand is found in the name, or is that of any."""
        for text in dict.fromkeys((name, _ASIDE.sub(" ", name))):
            for brand_ids, rest in self._readings(squeezed(brand), squeezed(text)):
                found = self._best(rest, brand_ids)
                if found is not UNKNOWN:
                    return found
        return UNKNOWN

    def find_all(self, brand: str, names: Iterable[str]) -> NamedModel:
        """The one model that names of the same thing lead to, as far as they lead anywhere."""
        found = [self.find(brand, name) for name in names]
        ids = tuple(dict.fromkeys(pk for one in found for pk in (one.candidates or ([one.id] if one.id else []))))
        return NamedModel(ids[0]) if len(ids) == 1 else NamedModel(None, ids)

    def _readings(self, brand: str, text: str) -> Iterable[tuple[set[UUID] | None, str]]:
        """Ways to tell brand and name apart: as they were given, then with the brand once more in the name."""
        if brand:
            known = self._brands.get(brand, set())
            yield known, text
            if text.startswith(brand):
                yield known, text[len(brand) :]
            return
        yield None, text
        for length in range(len(text) - 1, 1, -1):
            if text[:length] in self._brands:
                yield self._brands[text[:length]], text[length:]

    def _best(self, text: str, brand_ids: set[UUID] | None) -> NamedModel:
        fitting = [one for one in self._models.get(text, ()) if brand_ids is None or one[1] in brand_ids]
        if not fitting:
            return UNKNOWN
        clearest = min(one[0] for one in fitting)
        ids = tuple(dict.fromkeys(one[2] for one in fitting if one[0] == clearest))
        return NamedModel(ids[0]) if len(ids) == 1 else NamedModel(None, ids)
