"""Which rate of tax holds for a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from apps.core import money


@dataclass(frozen=True)
class TaxRow:
    """A rule of the rate table; what is ``None`` it does not ask about."""

    branch_id: UUID | None
    repair_type_id: UUID | None
    part_type_id: UUID | None
    starts_on: date
    percent: Decimal


def tax_percent(
    rows: Iterable[TaxRow], *, branch_id: UUID, repair_type_id: UUID | None, part_type_id: UUID | None, on: date
) -> Decimal:
    """The rate of the rule that fits best; without one there is no tax.

    A branch's own rules come before those that hold everywhere; then a rule for the part comes before one for the
    repair, and that before one for neither; of several the latest that has started by ``on``.
    """
    fitting = [
        row
        for row in rows
        if row.starts_on <= on
        and row.branch_id in {None, branch_id}
        and row.repair_type_id in {None, repair_type_id}
        and row.part_type_id in {None, part_type_id}
    ]
    return max(fitting, key=_rank).percent if fitting else money.ZERO


def _rank(row: TaxRow) -> tuple[bool, bool, bool, date]:
    return row.branch_id is not None, row.part_type_id is not None, row.repair_type_id is not None, row.starts_on
