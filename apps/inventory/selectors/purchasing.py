"""Questions about purchase orders and what is to be bought, within what the asker may see."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet, Sum

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.enums import PurchaseStatus
from apps.inventory.models import (
    Item,
    PurchaseLine,
    PurchaseOrder,
    PurchaseReceipt,
    PurchaseReceiptLine,
    StockLevel,
    SupplierItem,
)
from apps.inventory.registry import Waiting, waiting_at
from apps.inventory.rules.queues import uncovered
from apps.inventory.selectors.branches import branches_within
from apps.inventory.selectors.suppliers import preferred_offers


def purchases_visible_to(actor: Actor, right: Right = Right.PURCHASES_READ) -> QuerySet[PurchaseOrder]:
    """The purchase orders of the branches in which ``actor`` has ``right``."""
    if reach(actor, right) is Reach.ALL:
        return PurchaseOrder.objects.all()
    return PurchaseOrder.objects.filter(branch__in=branches_within(actor, right))


def purchases_with_line(purchases: QuerySet[PurchaseOrder], **line: object) -> QuerySet[PurchaseOrder]:
    """Those of the orders with such a line, each once."""
    return purchases.filter(pk__in=PurchaseLine.objects.filter(**line).values("order"))


def get_purchase(order_id: UUID, *, actor: Actor, right: Right = Right.PURCHASES_READ) -> PurchaseOrder:
    """Raises ``NotFound`` outside the actor's scope."""
    order = purchases_visible_to(actor, right).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such purchase order.")
    return order


def receipts_of(order: PurchaseOrder) -> QuerySet[PurchaseReceipt]:
    """What came for an order, the first delivery first."""
    return PurchaseReceipt.objects.filter(order=order).order_by("created_at", "id")


def receipts_standing(order: PurchaseOrder) -> QuerySet[PurchaseReceipt]:
    """What came for an order and has not been taken back as a whole."""
    standing = PurchaseReceiptLine.objects.filter(movement__reversed_by=None).values("receipt")
    return receipts_of(order).filter(pk__in=standing)


@dataclass(frozen=True)
class WaitingPart:
    """What one source waits for, and how much of that nothing covers yet."""

    waiting: Waiting
    to_order: int


@dataclass(frozen=True)
class PurchaseNeed:
    """What repair orders wait for of an item. ``to_order`` is what neither stock, orders nor drafts cover."""

    item: Item
    parts: list[WaitingPart]
    available: int
    incoming: int
    drafted: int
    offer: SupplierItem | None

    @property
    def quantity(self) -> int:
        return sum(part.waiting.quantity for part in self.parts)

    @property
    def to_order(self) -> int:
        return sum(part.to_order for part in self.parts)


def purchase_needs(branch_id: UUID, *, actor: Actor) -> list[PurchaseNeed]:
    """What waits at a branch, by item; who has waited longest is covered first. Five statements, however much it is.

    Raises ``NotFound`` for a branch whose purchases ``actor`` may not read.
    """
    if not branches_within(actor, Right.PURCHASES_READ).filter(pk=branch_id).exists():
        raise NotFound("There is no such branch.")
    waiting: dict[UUID, list[Waiting]] = defaultdict(list)
    for one in waiting_at(branch_id):
        waiting[one.item_id].append(one)
    levels = StockLevel.objects.filter(branch_id=branch_id, item_id__in=waiting)
    figures = {
        item_id: (quantity - reserved, incoming)
        for item_id, quantity, reserved, incoming in levels.values_list("item_id", "quantity", "reserved", "incoming")
    }
    drafts = PurchaseLine.objects.filter(
        order__branch_id=branch_id, order__status=PurchaseStatus.DRAFT, item_id__in=waiting
    )
    drafted = dict(drafts.order_by().values_list("item_id").annotate(units=Sum("quantity")))
    offers = preferred_offers(list(waiting))
    found = []
    for item in Item.objects.filter(pk__in=waiting).order_by("name", "pk"):
        available, incoming = figures.get(item.pk, (0, 0))
        queue = waiting[item.pk]
        covered = available + incoming + drafted.get(item.pk, 0)
        missing = uncovered(covered, [one.quantity for one in queue])
        parts = [WaitingPart(one, units) for one, units in zip(queue, missing, strict=True)]
        found.append(PurchaseNeed(item, parts, available, incoming, drafted.get(item.pk, 0), offers.get(item.pk)))
    return found
