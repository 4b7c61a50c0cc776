"""What to order, from whom and why."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import PurchaseLine, ReorderPoint, StockLevel, SupplierItem
from apps.inventory.registry import waiting_at
from apps.inventory.rules.purchasing import MOST_LINES, order_quantity
from apps.inventory.selectors.branches import branches_within
from apps.inventory.selectors.stock import levels_visible_to
from apps.inventory.selectors.suppliers import preferred_offers

PROPOSED_AT_MOST = 1_000


@dataclass(frozen=True)
class Proposed:
    """Units of an item to order for a branch.

    ``position`` is available + incoming + drafted − waiting. ``point`` is missing where usage has not been looked at
    yet; then the item's own reorder level and quantity stand. ``offer`` says from whom, if that is known.
    """

    level: StockLevel
    quantity: int
    position: int
    waiting: int
    drafted: int
    reorder_at: int
    point: ReorderPoint | None
    offer: SupplierItem | None


def reorder_points_visible_to(actor: Actor) -> QuerySet[ReorderPoint]:
    """The reorder points of the levels that ``actor`` may read."""
    return ReorderPoint.objects.filter(level__in=levels_visible_to(actor))


def reorder_proposals(branch_id: UUID, *, actor: Actor, supplier_id: UUID | None = None) -> list[Proposed]:
    """What a branch is to order, by supplier and name of the item; at most 1,000, and of one supplier as many as an
    order holds. Six statements, however much it is.

    Raises ``NotFound`` for a branch whose purchases ``actor`` may not read.
    """
    if not branches_within(actor, Right.PURCHASES_READ).filter(pk=branch_id).exists():
        raise NotFound("There is no such branch.")
    waiting: dict[UUID, int] = defaultdict(int)
    for one in waiting_at(branch_id):
        waiting[one.item_id] += one.quantity
    levels = StockLevel.objects.filter(branch_id=branch_id, item__is_active=True).annotate(
        at=F("quantity") - F("reserved") + F("incoming")
    )
    computed, kept = Q(at__lte=F("reorder_point__reorder_at")), Q(reorder_point=None, at__lte=F("item__reorder_level"))
    wanted = levels.filter(computed | (kept & Q(item__reorder_level__gt=0)) | Q(item_id__in=waiting))
    found = list(wanted.select_related("item", "branch", "reorder_point").order_by("item__name", "pk"))
    item_ids = [level.item_id for level in found]
    offers, drafted = preferred_offers(item_ids), _drafted(branch_id, item_ids)
    proposed = [
        _proposed(level, waiting[level.item_id], drafted.get(level.item_id, 0), offers.get(level.item_id))
        for level in found
    ]
    proposed = [one for one in proposed if one.quantity]
    proposed.sort(key=lambda one: (one.offer is None, one.offer.supplier.name if one.offer else ""))
    if supplier_id is None:
        return proposed[:PROPOSED_AT_MOST]
    return [one for one in proposed if one.offer and one.offer.supplier_id == supplier_id][:MOST_LINES]


def _proposed(level: StockLevel, waiting: int, drafted: int, offer: SupplierItem | None) -> Proposed:
    point: ReorderPoint | None = getattr(level, "reorder_point", None)
    position = level.available + level.incoming + drafted - waiting
    reorder_at = point.reorder_at if point else level.item.reorder_level or -1
    quantity = 0
    if position <= reorder_at:
        usual = point.order_quantity if point else level.item.reorder_quantity
        pack, least = (offer.pack_size, offer.minimum_quantity) if offer else (1, 1)
        quantity = order_quantity(max(usual, reorder_at + 1 - position), pack, least)
    return Proposed(level, quantity, position, waiting, drafted, reorder_at, point, offer)


def _drafted(branch_id: UUID, item_ids: list[UUID]) -> dict[UUID, int]:
    drafts = PurchaseLine.objects.filter(
        order__branch_id=branch_id, order__status=PurchaseStatus.DRAFT, item_id__in=item_ids
    )
    return dict(drafts.order_by().values_list("item_id").annotate(units=Sum("quantity")))
