"""Which model a phone is, as far as its number tells."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.catalog.models import DeviceModel, TypeAllocation
from apps.catalog.rules.imei import TAC_LENGTH, Imei, parse_imei
from apps.catalog.rules.tac_rows import names_of
from apps.catalog.selectors.offers import offered_to
from apps.catalog.selectors.search import models_holding
from apps.core.actor import Actor

MOST_PROPOSED = 8
_SHORTEST_CODE = 5  # fewer digits are part of a name


@dataclass(frozen=True)
class ImeiProposals:
    """What is known of a number: its type allocation, if any, and the models that it may be, the best first.

    ``is_certain`` where the allocation leads to exactly the first of them.
    """

    imei: Imei
    allocation: TypeAllocation | None
    models: list[DeviceModel]
    is_certain: bool = False

    @property
    def also_known_as(self) -> list[str]:
        return [name for name in (self.allocation.also_known_as if self.allocation else "").split("|") if name]


def proposals_for_imei(text: str, actor: Actor) -> ImeiProposals:
    """The models that a phone with this number may be, for ``actor`` to choose from. Raises ``NotAnImei``.

    A number of a type that is not known proposes nothing; lists of types that may be passed on end before 2018.
    """
    imei = parse_imei(text)
    allocation = TypeAllocation.objects.filter(tac=imei.tac).first()
    if allocation is None:
        return ImeiProposals(imei, None, [])
    if allocation.device_model_id is not None:
        models = list(offered_to(actor, DeviceModel).select_related("brand").filter(pk=allocation.device_model_id))
        return ImeiProposals(imei, allocation, models, is_certain=bool(models))
    return ImeiProposals(imei, allocation, _called_alike(allocation, actor))


def allocation_figures() -> tuple[int, int]:
    """How many type allocations lead to a model, and how many there are."""
    return TypeAllocation.objects.exclude(device_model=None).count(), TypeAllocation.objects.count()


def allocations_found_by(allocations: QuerySet[TypeAllocation], text: str) -> QuerySet[TypeAllocation]:
    """By the code, or an IMEI that begins with it, and by words of brand and names."""
    digits = "".join(char for char in text if char not in " -./")
    if digits.isascii() and digits.isdigit() and len(digits) > _SHORTEST_CODE:
        return allocations.filter(tac__startswith=digits[:TAC_LENGTH])
    for word in text.split():
        allocations = allocations.filter(
            Q(brand__icontains=word) | Q(name__icontains=word) | Q(also_known_as__icontains=word)
        )
    return allocations


def _called_alike(allocation: TypeAllocation, actor: Actor) -> list[DeviceModel]:
    """Models of the brand that are called as the type is, or may be what it is short for."""
    own, also = names_of(allocation.name, allocation.also_known_as)
    found: dict[UUID, DeviceModel] = {}
    for name in [*own, *also][:MOST_PROPOSED]:
        for model in models_holding(f"{allocation.brand} {name}", actor, MOST_PROPOSED - len(found)):
            found.setdefault(model.pk, model)
        if len(found) >= MOST_PROPOSED:
            break
    return list(found.values())
