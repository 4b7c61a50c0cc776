"""Who works where."""

from uuid import UUID

from django.db import transaction

from apps.accounts.enums import STAFF
from apps.accounts.models import User
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import ValidationFailed
from apps.inventory import events
from apps.inventory.models import Branch, BranchMembership


@transaction.atomic
def add_member(branch: Branch, user: User, *, actor: Actor) -> BranchMembership:
    """Let a member of staff work at a branch; again changes nothing. Raises ``ValidationFailed`` for a customer."""
    if user.role not in STAFF:
        raise ValidationFailed.on("user", "invalid", "Only staff work at a branch.")
    membership, created = BranchMembership.objects.get_or_create(branch=branch, user=user)
    if created:
        audit.record(events.MemberJoined(aggregate_id=branch.pk, user_id=user.pk), actor=actor)
    return membership


@transaction.atomic
def remove_member(branch: Branch, user: User, *, actor: Actor) -> None:
    """Take a member of staff off a branch; again changes nothing."""
    removed, _ = BranchMembership.objects.filter(branch=branch, user=user).delete()
    if removed:
        audit.record(events.MemberLeft(aggregate_id=branch.pk, user_id=user.pk), actor=actor)


@transaction.atomic
def leave_branches(user_id: UUID, actor: Actor) -> None:
    """Take somebody whose account is erased off every branch."""
    for membership in BranchMembership.objects.filter(user_id=user_id).select_related("branch", "user").order_by("pk"):
        remove_member(membership.branch, membership.user, actor=actor)
