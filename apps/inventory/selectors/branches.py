"""Questions about branches and who works there, within what the asker may see."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.inventory.models import Branch, BranchMembership

M = TypeVar("M", bound=Model)


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


def settings_within(actor: Actor, right: Right, model: type[M]) -> QuerySet[M]:
    """The rows of ``model``, each of a branch or of none, that hold where ``actor`` has ``right``."""
    rows = model._default_manager.all()
    if reach(actor, right) is Reach.NONE:
        return rows.none()
    return rows.filter(Q(branch=None) | Q(branch__in=branches_within(actor, right)))


def lays_down_everywhere(actor: Actor, right: Right) -> bool:
    """Whether ``actor`` may also say what holds at every branch."""
    return reach(actor, right) is Reach.ALL


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


def memberships_visible_to(actor: Actor) -> QuerySet[BranchMembership]:
    """Who works at the branches that ``actor`` runs."""
    return BranchMembership.objects.filter(branch__in=branches_within(actor, Right.BRANCHES_UPDATE))
