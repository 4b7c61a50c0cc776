"""Questions about warranties."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.repairs.enums import SignaturePurpose
from apps.repairs.models import RepairLine, RepairOrder, Terms, Warranty
from apps.repairs.rules.warranties import Promise, described


@dataclass(frozen=True)
class Cover:
    """A line of an order, and whether its warranty runs on a day. Without a warranty it has no end."""

    line: RepairLine
    warranty: Warranty | None
    is_covered: bool

    @property
    def description(self) -> str:
        return self.warranty.description if self.warranty else description_of(self.line)

    @property
    def until(self) -> date | None:
        return self.warranty.ends_on if self.warranty else None

    @property
    def warranty_id(self) -> UUID | None:
        return self.warranty.pk if self.warranty else None


def promise_of(warranty: Warranty) -> Promise:
    return Promise(warranty.months, warranty.starts_on, warranty.ends_on)


def description_of(line: RepairLine) -> str:
    """Of a line that was read with its kinds of repair and of part."""
    return described(line.repair_type.name, line.part_type.name if line.part_type else "")


def day_at(order: RepairOrder, moment: datetime) -> date:
    """Which day it is at the order's branch."""
    return moment.astimezone(order.branch.zone).date()


def covers_of(order: RepairOrder, day: date) -> list[Cover]:
    """The lines of an order, with the warranties that run on a day. One statement."""
    lines = order.lines.select_related("repair_type", "part_type", "warranty")
    found = []
    for line in lines:
        warranty: Warranty | None = getattr(line, "warranty", None)
        found.append(Cover(line, warranty, warranty is not None and promise_of(warranty).runs_on(day)))
    return found


def warranties_of(order: RepairOrder) -> QuerySet[Warranty]:
    return Warranty.objects.filter(order=order)


def warranty_terms(order: RepairOrder) -> str:
    """The text that the shop hands over with a device: its branch's before the one for all, in the customer's language
    before English. Empty without one.
    """
    known = Terms.objects.filter(Q(branch=order.branch_id) | Q(branch=None), purpose=SignaturePurpose.HAND_OVER)
    spoken = (order.customer.locale or "en").partition("-")[0]
    found = {(row.branch_id is not None, row.language.partition("-")[0]): row.text for row in known}
    for language in (spoken, "en"):
        for own in (True, False):
            if (own, language) in found:
                return found[own, language]
    return ""
