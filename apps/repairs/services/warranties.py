"""What is promised at the hand-over."""

from datetime import datetime

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.repairs import events, selectors
from apps.repairs.enums import GIVEN_UP
from apps.repairs.models import RepairLine, RepairOrder, Warranty
from apps.repairs.rules import warranties as rules


def give_warranties(order: RepairOrder, at: datetime, *, actor: Actor) -> None:
    """A warranty for each line that has one, of an order that is locked and handed over at a moment.

    A line that a warranty pays for continues that one, to the same day. A line that was left without its part has none,
    and nothing of a device that goes back unrepaired has.
    """
    if order.unrepaired:
        return
    today, terms = selectors.day_at(order, at), selectors.warranty_terms(order)
    lines = RepairLine.objects.filter(order=order).exclude(state__in=GIVEN_UP)
    given = []
    for line in lines.select_related("repair_type", "part_type", "covered_by"):
        first = line.covered_by
        promise = (
            rules.continued(selectors.promise_of(first), today)
            if first
            else rules.promised(line.warranty_months, today)
        )
        if promise is None:
            continue
        description = selectors.description_of(line)
        row = Warranty(
            order=order,
            line=line,
            continues=first,
            description=description,
            months=promise.months,
            starts_on=promise.starts_on,
            ends_on=promise.ends_on,
            terms=terms or rules.wording(description, promise),
        )
        row.save(force_insert=True)
        line.warranty_until = promise.ends_on
        line.save(update_fields=["warranty_until"])
        given.append(row.pk)
    if given:
        audit.record(events.WarrantiesStarted(aggregate_id=order.pk, warranty_ids=tuple(given)), actor=actor)
