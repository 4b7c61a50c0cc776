"""Questions about transfers and what is in transit, within what the asker may see."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.models import StockMovement, Transfer, TransferLine
from apps.inventory.selectors.branches import branches_within


def transfers_visible_to(actor: Actor) -> QuerySet[Transfer]:
    """The transfers that leave or reach a branch whose stock ``actor`` may read."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return Transfer.objects.all()
    within = branches_within(actor, Right.STOCK_READ).values("pk")
    return Transfer.objects.filter(Q(from_branch__in=within) | Q(to_branch__in=within))


def lines_in_transit(branch_id: UUID | None = None, *, actor: Actor) -> QuerySet[TransferLine]:
    """The lines of which units are under way, from or to ``branch_id`` if it is given.

    Raises ``NotFound`` for a branch whose stock ``actor`` may not read.
    """
    transfers = transfers_visible_to(actor).filter(pk__in=Transfer.objects.under_way().values("pk"))
    if branch_id is not None:
        if not branches_within(actor, Right.STOCK_READ).filter(pk=branch_id).exists():
            raise NotFound("There is no such branch.")
        transfers = transfers.filter(Q(from_branch=branch_id) | Q(to_branch=branch_id))
    return TransferLine.objects.filter(transfer__in=transfers, quantity__gt=F("received") + F("missing"))


def movements_of(transfer: Transfer) -> QuerySet[StockMovement]:
    """What the transfer has moved, in the order in which it did."""
    return StockMovement.objects.filter(document_id=transfer.pk).order_by("created_at", "id")
