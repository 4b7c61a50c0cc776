"""Posting a stock count: every difference becomes an adjustment, all of them or none."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.exceptions import FieldError
from apps.core.ids import new_id
from apps.inventory import events, selectors
from apps.inventory.enums import CountStatus, DocumentType, MovementType
from apps.inventory.exceptions import CountNotPostable
from apps.inventory.models import CountLine, StockCount, StockMovement
from apps.inventory.rules import costs
from apps.inventory.selectors.count_changes import Change
from apps.inventory.services.counts import locked_count, require_open
from apps.inventory.services.ledger import Ledger, open_ledger

NAMED_AT_MOST = 100
BATCH = 500


@transaction.atomic
def post_count(count_id: UUID, *, actor: Actor, zero_uncounted: bool = False) -> StockCount:
    """Book the differences of a count as adjustments that name it, and close it.

    What nobody has counted stays as it is, or with ``zero_uncounted`` is not there. Raises ``NotFound``, ``Forbidden``,
    ``Conflict`` for a closed count, and ``CountNotPostable`` naming every line that stands in the way.
    """
    count = locked_count(count_id, Right.STOCK_MANAGE, actor=actor)
    require_open(count)
    lines = selectors.lines_to_settle(count, zero=zero_uncounted)
    ledger = open_ledger([(line.item_id, count.branch_id) for line in lines], actor=actor)
    levels = {item_id: level for (item_id, _), level in ledger.levels.items()}
    changes = selectors.count_changes(count, lines, levels)
    _require_postable(changes)
    _settle(lines, changes)
    if zero_uncounted:
        _settle_uncounted(count, [line.pk for line in lines if line.counted is None])
    for change in changes:
        _book(ledger, count, change)
    count.status, count.closed_at = CountStatus.POSTED, timezone.now()
    count.save(update_fields=["status", "closed_at"])
    ledger.told.append(_posted(count, changes, ledger.movements))
    ledger.close()
    return count


def _require_postable(changes: Iterable[Change]) -> None:
    refused = [change for change in changes if change.problem]
    if not refused:
        return
    details = [FieldError(f"lines.{change.line.pk}", change.code, change.problem) for change in refused]
    words = refused[0].problem if len(refused) == 1 else f"{len(refused)} lines cannot be posted yet."
    raise CountNotPostable(words, details[:NAMED_AT_MOST])


def _settle(lines: Sequence[CountLine], changes: Iterable[Change]) -> None:
    """Let the lines say what is booked, for units with numbers as well."""
    quantities = {change.line.pk: change.quantity for change in changes}
    now, other = timezone.now(), []
    for line in lines:
        on_hand = (line.counted or 0) - quantities.get(line.pk, 0)
        if line.on_hand != on_hand:
            line.on_hand, line.updated_at = on_hand, now
            other.append(line)
    CountLine.objects.bulk_update(other, ["on_hand", "updated_at"], batch_size=BATCH)


def _settle_uncounted(count: StockCount, settled: Sequence[UUID]) -> None:
    """Of what nobody has found there are none: of the ``settled`` lines as they say, and the books have none of others."""
    now = timezone.now()
    for start in range(0, len(settled), BATCH):
        these = CountLine.objects.filter(pk__in=settled[start : start + BATCH])
        these.update(counted=0, counted_at=now, updated_at=now)
    others = CountLine.objects.filter(count=count, counted=None)
    others.update(on_hand=0, counted=0, counted_at=now, updated_at=now)


def _book(ledger: Ledger, count: StockCount, change: Change) -> None:
    """One movement, or for units with numbers one for those that were found and one for those that are missing."""
    if not change.line.item.tracks_serials:
        ledger.book(_movement(count, change.line, change.quantity))
        return
    if change.found:
        ledger.book(_movement(count, change.line, len(change.found)), serials=change.found)
    if change.missing:
        ledger.book(_movement(count, change.line, -len(change.missing)), serials=change.missing)


def _movement(count: StockCount, line: CountLine, quantity: int) -> StockMovement:
    return StockMovement(
        id=new_id(),
        item_id=line.item_id,
        movement_type=MovementType.ADJUSTMENT,
        quantity=quantity,
        currency=count.branch.currency,
        to_branch_id=count.branch_id,
        reference_number=count.number,
        notes=f"Stock count {count.number}",
        document_type=DocumentType.STOCK_COUNT,
        document_id=count.pk,
        document_line_id=line.pk,
    )


def _posted(count: StockCount, changes: Iterable[Change], booked: list[StockMovement]) -> events.CountPosted:
    return events.CountPosted(
        aggregate_id=count.pk,
        number=count.number,
        branch_id=count.branch_id,
        lines=len(list(changes)),
        surplus=sum(max(movement.quantity, 0) for movement in booked),
        shortage=sum(max(-movement.quantity, 0) for movement in booked),
        value=f"{costs.amount(sum(movement.to_value_micros or 0 for movement in booked)):f}",
        currency=count.branch.currency,
    )
