"""Questions about branches, items and stock, within what the asker may see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.inventory.enums import ReservationStatus
from apps.inventory.models import Branch, BranchMembership, Category, Item, Reservation, StockLevel, StockMovement

EXPLAINED_AT_MOST = 5_000


def branches_of(user_id: UUID) -> QuerySet[Branch]:
    """The branches at which a user works, the longest-standing first."""
    return Branch.objects.filter(memberships__user_id=user_id).order_by("memberships__created_at")


def own_branch_ids(actor: Actor) -> QuerySet[Any]:
    """The ids of the actor's branches, as a subquery."""
    memberships = BranchMembership.objects.all() if actor.id else BranchMembership.objects.none()
    return memberships.filter(user=actor.id).values("branch_id")


def branches_within(actor: Actor, right: Right) -> QuerySet[Branch]:
    """The branches in which ``actor`` has ``right``."""
    match reach(actor, right):
        case Reach.ALL:
            return Branch.objects.all()
        case Reach.NONE:
            return Branch.objects.none()
        case _:
            return Branch.objects.filter(pk__in=own_branch_ids(actor))


def branches_visible_to(actor: Actor) -> QuerySet[Branch]:
    """Everybody may know where the shops are; customers those that are open."""
    return Branch.objects.active() if actor.role == Role.CUSTOMER else Branch.objects.all()


def home_branch(actor: Actor, right: Right) -> Branch | None:
    """Where ``actor`` works when nothing else is said: the first own branch, or the only one there is."""
    own = branches_of(actor.id).filter(is_active=True).first() if actor.id else None
    if own is not None:
        return own
    reachable = list(branches_within(actor, right).filter(is_active=True)[:2])
    return reachable[0] if len(reachable) == 1 else None


def works_at(user_id: UUID, branch_id: UUID) -> bool:
    """Whether a user is a member of the branch's staff."""
    return BranchMembership.objects.filter(user_id=user_id, branch_id=branch_id).exists()


def levels_visible_to(actor: Actor) -> QuerySet[StockLevel]:
    """The stock levels of the branches whose stock ``actor`` may read."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return StockLevel.objects.all()
    return StockLevel.objects.filter(branch__in=branches_within(actor, Right.STOCK_READ))


def movements_visible_to(actor: Actor) -> QuerySet[StockMovement]:
    """The movements that touch a branch whose stock ``actor`` may read."""
    if reach(actor, Right.STOCK_READ) is Reach.ALL:
        return StockMovement.objects.all()
    within = branches_within(actor, Right.STOCK_READ).values("pk")
    return StockMovement.objects.filter(Q(from_branch__in=within) | Q(to_branch__in=within))


def reservations_visible_to(actor: Actor) -> QuerySet[Reservation]:
    """The reservations at the branches whose stock ``actor`` may read."""
    return Reservation.objects.filter(level__in=levels_visible_to(actor))


def memberships_visible_to(actor: Actor) -> QuerySet[BranchMembership]:
    """Who works at the branches that ``actor`` runs."""
    return BranchMembership.objects.filter(branch__in=branches_within(actor, Right.BRANCHES_UPDATE))


def of_items_found_by(records: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those of the records with an ``item`` that the search for items finds."""
    return records.filter(item__in=Item.objects.found_by(text))


def levels_of_branch(branch_id: UUID, *, actor: Actor) -> QuerySet[StockLevel]:
    """Raises ``NotFound`` for a branch whose stock ``actor`` may not read."""
    if not branches_within(actor, Right.STOCK_READ).filter(pk=branch_id).exists():
        raise NotFound("There is no such branch.")
    return StockLevel.objects.filter(branch_id=branch_id)


def low_levels(branch_id: UUID | None = None, *, actor: Actor) -> QuerySet[StockLevel]:
    """What is available at or below its reorder level. Raises ``NotFound`` as ``levels_of_branch`` does."""
    within = levels_visible_to(actor) if branch_id is None else levels_of_branch(branch_id, actor=actor)
    return StockLevel.objects.low().filter(pk__in=within.values("pk"))


def levels_of_item(item_id: UUID, *, actor: Actor) -> QuerySet[StockLevel]:
    """Raises ``NotFound`` for an unknown item."""
    if not Item.objects.filter(pk=item_id).exists():
        raise NotFound("There is no such item.")
    return levels_visible_to(actor).filter(item_id=item_id)


def items_with_code(code: str) -> QuerySet[Item]:
    """The one item with this barcode or SKU; raises ``NotFound``."""
    item: Item | None = Item.objects.with_code(code.strip()).first() if "\0" not in code else None
    if item is None:
        raise NotFound("No item has this barcode or SKU.")
    return Item.objects.filter(pk=item.pk)


def categories_by_name() -> QuerySet[Category]:
    """The whole tree, as it is listed."""
    return Category.objects.order_by("name")


def stock_figures() -> tuple[int, int]:
    """How many levels and how many movements there are."""
    return StockLevel.objects.count(), StockMovement.objects.count()


def category_parents() -> dict[UUID, UUID | None]:
    """The tree of categories as it is: id to parent id."""
    return dict(Category.objects.values_list("pk", "parent_id"))


@dataclass(frozen=True)
class Entry:
    """One movement as seen from one branch: what it changed and what was on hand afterwards."""

    movement: StockMovement
    change: int
    balance: int


@dataclass(frozen=True)
class Explanation:
    """Why a level is what it is. ``opening`` is the balance before the first entry, 0 unless older ones were left out."""

    level: StockLevel
    opening: int
    entries: list[Entry]
    reservations: list[Reservation]


def explain(level_id: UUID, *, actor: Actor) -> Explanation:
    """The movements and live reservations behind a level; at most the latest 5,000 movements.

    Raises ``NotFound`` outside the actor's scope.
    """
    level = levels_visible_to(actor).select_related("item", "branch").filter(pk=level_id).first()
    if level is None:
        raise NotFound("There is no such stock level.")
    touching = Q(from_branch_id=level.branch_id) | Q(to_branch_id=level.branch_id)
    latest = StockMovement.objects.filter(touching, item_id=level.item_id).order_by("-created_at", "-id")
    entries = [_entry(movement, level.branch_id) for movement in latest[:EXPLAINED_AT_MOST]][::-1]
    opening = entries[0].balance - entries[0].change if entries else 0
    live = level.reservations.filter(status=ReservationStatus.LIVE)
    return Explanation(level, opening, entries, list(live))


def _entry(movement: StockMovement, branch_id: UUID) -> Entry:
    if movement.from_branch_id == branch_id:
        return Entry(movement, -movement.quantity, movement.from_balance or 0)
    return Entry(movement, movement.quantity, movement.to_balance or 0)
