"""Which records the words in a file of prices stand for, and by which words an export names them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.catalog.models import DeviceModel, RepairType
from apps.catalog.selectors import ModelNames, NamedModel
from apps.core.actor import Actor
from apps.inventory.selectors.vocabulary import Names, by_name, folded
from apps.pricing.selectors.prices import branches_priced_by


class Unnamed(Exception):
    """The words stand for no record, or for several; ``code`` says which, ``column`` where."""

    def __init__(self, column: str, code: str, message: str) -> None:
        super().__init__(message)
        self.column, self.code, self.message = column, code, message


class ModelBook:
    """All models of the catalogue by what they are called. One that was merged stands for the one that it went into."""

    def __init__(self) -> None:
        self._into: dict[UUID, UUID | None] = {}
        # As an export writes them; no two have the same, whatever signs and spaces they differ in.
        self._exact: dict[tuple[str, str], UUID] = {}
        for pk, target, brand, name in DeviceModel.objects.values_list("pk", "merged_into", "brand__name", "name"):
            self._into[pk] = target
            self._exact[folded(brand), folded(name)] = pk
        self._names = ModelNames()

    def model(self, values: Mapping[str, Any]) -> UUID:
        """The one model that the columns of a row name: by id, else by name, else by number or another name.

        The number decides between several of one name. Raises ``Unnamed``.
        """
        if "deviceModelId" in values:
            return self._by_id(values["deviceModelId"])
        column = "model" if "model" in values else "modelNumber"
        if column not in values:
            raise Unnamed("model", "required", "This row names no model.")
        brand, text = values.get("brand", ""), values[column]
        exact = self._exact.get((folded(brand), folded(text)))
        if exact is not None:
            return self._final(exact)
        found = self._names.find(brand, text)
        if found.candidates and column == "model" and "modelNumber" in values:
            found = self._narrowed(found, brand, values["modelNumber"])
        if found.id is None:
            raise _none_or_several(column, f"{brand} {text}".strip(), several=bool(found.candidates))
        return found.id

    def _narrowed(self, found: NamedModel, brand: str, number: str) -> NamedModel:
        by_number = self._names.find(brand, number)
        return by_number if by_number.id in found.candidates else found

    def _by_id(self, pk: UUID) -> UUID:
        if pk not in self._into:
            raise Unnamed("deviceModelId", "does_not_exist", "There is no device model with this id.")
        return self._final(pk)

    def _final(self, pk: UUID) -> UUID:
        seen = {pk}
        while (target := self._into.get(pk)) is not None and target not in seen:
            seen.add(target)
            pk = target
        return pk


def _none_or_several(column: str, text: str, *, several: bool) -> Unnamed:
    if several:
        return Unnamed(
            column, "ambiguous", f"More than one device model is called “{text[:60]}”. Name its brand or id."
        )
    return Unnamed(column, "does_not_exist", f"There is no device model “{text[:60]}”.")


def meant(names: Names, column: str, text: str, what: str) -> UUID:
    """The one record that ``text`` stands for. Raises ``Unnamed``."""
    key = folded(text)
    if key in names.ambiguous:
        raise Unnamed(column, "ambiguous", f"More than one {what} is called “{text[:60]}”.")
    if key not in names.ids:
        raise Unnamed(column, "does_not_exist", f"There is no {what} “{text[:60]}”.")
    return names.ids[key]


def repair_types_by_name() -> Names:
    """By name."""
    return by_name(list(RepairType.objects.values_list("pk", "name")))


def branches_by_code(actor: Actor) -> Names:
    """Those whose prices ``actor`` sets, by code."""
    return by_name(list(branches_priced_by(actor).values_list("pk", "code")))
