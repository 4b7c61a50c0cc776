"""What the pages of the intake ask for: whose device it is, which model, and what can be done to it for how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.accounts.models import Customer
from apps.accounts.rules import Right
from apps.accounts.selectors import customers_visible_to
from apps.catalog.models import DeviceModel, ModelNotice, PartType, RepairType
from apps.catalog.rules.imei import NotAnImei
from apps.catalog.selectors import device_models_matching, notices_for, proposals_for_imei
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.text import searchable
from apps.dashboard.rules import phone_digits
from apps.inventory.models import Branch, Item, StockLevel
from apps.inventory.selectors import branches_within, home_branch
from apps.pricing.selectors import Answer, Effective, effective_prices, estimates_for
from apps.repairs.selectors import orders_visible_to

MATCHES = 20


@dataclass(frozen=True)
class Phone:
    """What a number that was typed or scanned says of the phone; ``problem`` is why it is no IMEI."""

    imei: str
    models: Sequence[DeviceModel] = ()
    type_name: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Offer:
    """A repair of a device model at its price, with the part from stock that fits it best.

    With an ``estimate`` it is not listed, and its price is what the estimator thinks.
    """

    key: str
    repair_type: RepairType
    part_type: PartType | None
    amount: Decimal
    currency: str
    part: Item | None
    estimate: Answer | None = None

    @property
    def interval(self) -> tuple[Decimal | None, Decimal | None]:
        """Of the estimate: where four of five such prices are."""
        return (self.estimate.low, self.estimate.high) if self.estimate else (None, None)


def customers_matching(text: str, actor: Actor) -> list[Customer]:
    """Customers by name, e-mail or phone, however the number is written; at most ``MATCHES``."""
    visible = customers_visible_to(actor)
    found = Q(search_text__contains=searchable(text))
    digits = phone_digits(text)
    if digits:
        found |= Q(phone__contains=digits)
    return list(visible.filter(found).order_by("last_name", "first_name", "pk")[:MATCHES])


def is_customer(customer_id: UUID, actor: Actor) -> bool:
    """Whether ``actor`` may see a customer of this id."""
    return customers_visible_to(actor).filter(pk=customer_id).exists()


def models_matching(text: str, actor: Actor) -> list[DeviceModel]:
    """Device models that are offered, by however people call them, the best first; at most ``MATCHES``."""
    return device_models_matching(text, actor, MATCHES)


def phone_with(number: str, actor: Actor) -> Phone:
    """The models that a phone with this IMEI may be, the best first."""
    try:
        found = proposals_for_imei(number, actor)
    except NotAnImei as refusal:
        return Phone("", problem=str(refusal))
    known = found.allocation
    return Phone(found.imei.checked, found.models, f"{known.brand} {known.name}" if known else "")


def notices_at_intake(model: DeviceModel, repair_types: Iterable[RepairType], on: date) -> list[ModelNotice]:
    """What the counter has to know of a model before it takes one in, the loudest first."""
    return notices_for(model.pk, on, [kind.pk for kind in repair_types])


def models_brought_by(customer: Customer, actor: Actor) -> list[DeviceModel]:
    """What the customer has brought before, the latest first."""
    orders = orders_visible_to(actor).filter(customer=customer).order_by("-created_at")
    latest = orders.select_related("device_model__brand")[:MATCHES]
    return list({order.device_model_id: order.device_model for order in latest}.values())


def get_model(model_id: UUID) -> DeviceModel:
    """A device model that is offered. Raises ``NotFound``."""
    model: DeviceModel | None = DeviceModel.objects.active().select_related("brand").filter(pk=model_id).first()
    if model is None:
        raise NotFound("There is no such device model.")
    return model


def intake_branches(actor: Actor) -> list[Branch]:
    """Where ``actor`` may take devices in, the usual branch first."""
    branches = list(branches_within(actor, Right.ORDERS_CREATE).filter(is_active=True).order_by("name"))
    home = home_branch(actor, Right.ORDERS_CREATE) if len(branches) > 1 else None
    return sorted(branches, key=lambda branch: home is None or branch.pk != home.pk)


def repair_types() -> QuerySet[RepairType]:
    """What is offered, by name."""
    return RepairType.objects.active().order_by("name")


def parts_for(model: DeviceModel, branch: Branch) -> list[Item]:
    """Parts that fit a model; ``stock_levels`` of each holds only the branch's level, fetched with them."""
    levels = Prefetch("stock_levels", StockLevel.objects.filter(branch=branch))
    fitting = Item.objects.active().filter(compatible_models=model)
    return list(fitting.prefetch_related(levels).order_by("name"))


def available(part: Item) -> int:
    """What the branch of ``parts_for`` has left of a part."""
    return sum(level.available for level in part.stock_levels.all())


def offers_for(model: DeviceModel, branch: Branch, parts: Iterable[Item], on: date) -> list[Offer]:
    """What the repairs of a model cost at a branch on a day, by name and the dearest first."""
    by_type: dict[Any, list[Item]] = {}
    for part in parts:
        by_type.setdefault(part.part_type_id, []).append(part)
    listed = [one for one in effective_prices(model, branch, on=on) if one.line.repair_type.is_active]
    listed.sort(key=lambda one: (one.line.repair_type.name, -one.amount, one.line.pk))
    return [_offer(one, by_type) for one in listed]


def estimates_offered(
    model: DeviceModel, branch: Branch, repair_types: Iterable[RepairType], listed: Iterable[Offer], on: date
) -> list[Offer]:
    """What repairs that are not listed for a model would probably cost, as far as that can be told."""
    known = {offer.repair_type.pk for offer in listed}
    missing = [kind for kind in repair_types if kind.pk not in known]
    found = estimates_for(model, missing, branch, on) if missing else []
    return [
        Offer(f"e{kind.pk.hex}", kind, None, answer.price, answer.currency, None, answer)
        for kind, answer in found
        if answer.price is not None
    ]


def _offer(listed: Effective, by_type: dict[Any, list[Item]]) -> Offer:
    line = listed.line
    return Offer(
        key=line.pk.hex,
        repair_type=line.repair_type,
        part_type=line.part_type,
        amount=listed.amount,
        currency=listed.currency,
        part=_best(by_type.get(line.part_type_id, []) if line.part_type_id else []),
    )


def _best(parts: Sequence[Item]) -> Item | None:
    """The fitting part of which there is most."""
    return max(parts, key=available, default=None)
