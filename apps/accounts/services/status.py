"""Who is let in, and as what; whatever is taken away ends at once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.accounts import events
from apps.accounts.enums import MANAGED, Role, SessionEnd
from apps.accounts.models import User
from apps.accounts.models.user import awaiting_approval
from apps.accounts.rules import Reach, Right, require
from apps.accounts.selectors import users_visible_to
from apps.accounts.services.second_factor import require_recent_second_factor
from apps.accounts.services.sessions import end_all_sessions
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden, NotFound


@dataclass(frozen=True)
class StatusRequest:
    """What an account is to become, and why; ``None`` leaves it as it is."""

    is_active: bool | None = None
    role: Role | None = None
    reason: str = ""


def change_role(user: User, role: Role, *, actor: Actor, reason: str = "") -> None:
    """Another role; every session of the user ends. Raises as ``change_status`` does."""
    change_status(user.pk, StatusRequest(role=role, reason=reason), actor=actor)


def set_active(user: User, active: bool, *, actor: Actor, reason: str = "") -> None:
    """Let a user in or keep them out; keeping out ends every session. Raises as ``change_status`` does."""
    change_status(user.pk, StatusRequest(is_active=active, reason=reason), actor=actor)


@transaction.atomic
def change_status(user_id: UUID, wanted: StatusRequest, *, actor: Actor) -> None:
    """Let an account in or keep it out, and give it a role; an admin who lets staff in approves them as well.

    Every session ends with the role or the status under which it was opened. What is so already changes nothing. Raises
    ``NotFound`` outside the scope, ``Forbidden`` for one's own account and for what the role may not change, ``Conflict``
    for the last active admin, ``MfaRequired`` before a change of role.
    """
    reach = require(actor, Right.USERS_ACTIVATE if wanted.role is None else Right.USERS_WRITE)
    user = held_for_change(user_id, actor)
    _require_may_change(user, reach, actor)
    changes = _changes(user, wanted, actor)
    if not changes:
        return
    if user.role == Role.ADMIN and ("role" in changes or wanted.is_active is False):
        require_another_admin(user)
    require_still(actor)
    if "role" in changes:
        require_recent_second_factor(actor)
    for name, (_, value) in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes])
    if "role" in changes or not user.is_active:
        end_all_sessions(user.pk, SessionEnd.CHANGED if user.is_active else SessionEnd.DEACTIVATED, actor=actor)
    event = events.StatusChanged(aggregate_id=user.pk, changes=changes, reason=wanted.reason)
    audit.record(event, actor=actor)


def held_for_change(user_id: UUID, actor: Actor) -> User:
    """The account, locked together with the actor's and every admin's. Raises ``NotFound`` outside the actor's scope.

    All in one order: two admins who demote each other at once must not both succeed, nor one who is just being demoted.
    """
    # Without their keys: to write down what an admin does meanwhile need not wait for it.
    locking = User.objects.select_for_update(no_key=True)
    everyone = locking.filter(Q(role=Role.ADMIN) | Q(pk__in=[user_id, actor.id]))
    held = {user.pk: user for user in everyone.order_by("pk")}
    if user_id not in held or not users_visible_to(actor).filter(pk=user_id).exists():
        raise NotFound("There is no such user.")
    return held[user_id]


def require_another_admin(user: User) -> None:
    """Raises ``Conflict`` for the last active admin who has been confirmed; every admin is locked."""
    others = User.objects.filter(is_active=True, role=Role.ADMIN).exclude(awaiting_approval()).exclude(pk=user.pk)
    if not others.exists():
        raise Conflict("This is the last active admin.")


def require_still(actor: Actor) -> None:
    """Raises ``Forbidden`` for somebody who has lost the role while waiting for the lock."""
    if actor.id is not None and not User.objects.filter(pk=actor.id, role=actor.role, is_active=True).exists():
        raise Forbidden("Your role does not allow this.")


def _require_may_change(user: User, reach: Reach, actor: Actor) -> None:
    if actor.id == user.pk:
        raise Forbidden("Nobody changes their own role or status.")
    if reach is Reach.BRANCH and user.role not in MANAGED:
        raise Forbidden("Managers let in and keep out the technicians and sellers of their branches.")


def _changes(user: User, wanted: StatusRequest, actor: Actor) -> dict[str, tuple[Any, Any]]:
    """Fields with what they are and what they become."""
    becomes: dict[str, Any] = {}
    if wanted.role is not None:
        becomes["role"] = wanted.role.value
    if wanted.is_active is not None:
        becomes["is_active"] = wanted.is_active
    if wanted.is_active and (actor.is_system or actor.role == Role.ADMIN):
        becomes["is_approved"] = True
    return {name: (getattr(user, name), value) for name, value in becomes.items() if getattr(user, name) != value}
