"""What a repair costs on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.models import DeviceModel
from apps.inventory.models import Branch
from apps.pricing.models import Price


@dataclass(frozen=True)
class Effective:
    """A price as it is charged. ``line`` is the line of the list that it comes from."""

    line: Price
    amount: Decimal
    currency: str


def effective_prices(
    device_model: DeviceModel, branch: Branch | None, *, on: date, currency: str | None = None, **narrowing: Any
) -> list[Effective]:
    """What repairs of a model cost on a day, of all currencies or of one."""
    lines = Price.objects.valid_on(on).filter(device_model=device_model, **narrowing)
    wanted = currency or (branch.currency if branch else None)
    if wanted is not None:
        lines = lines.filter(currency=wanted)
    return [
        Effective(line, line.price, line.currency)
        for line in lines.select_related("part_type", "repair_type").order_by()
    ]
