"""Making accounts, correcting who they belong to, and passwords."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts import events
from apps.accounts.enums import Role, SessionEnd
from apps.accounts.models import Customer, OneTimeCode, User
from apps.accounts.passwords import require_strong
from apps.accounts.rules import Reach, Right, reach, require
from apps.accounts.services.customers import update_customer
from apps.accounts.services.second_factor import require_recent_second_factor
from apps.accounts.services.sessions import end_all_sessions
from apps.accounts.services.status import held_for_change, require_another_admin, require_still
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden, ValidationFailed

OWN_DETAILS = frozenset({"first_name", "last_name", "username", "phone_number"})
DETAILS = OWN_DETAILS | {"email", "is_verified"}
_OPTIONAL = frozenset({"username", "phone_number"})


@transaction.atomic
def create_user(fields: dict[str, Any], password: str | None, *, actor: Actor) -> User:
    """A new account; ``fields`` are model fields. The caller has checked the password and may give the role.

    A role of the staff is given as ``change_status`` changes one: raises ``MfaRequired``. A taken e-mail, username or
    phone number raises ``IntegrityError``.
    """
    if fields.get("role", Role.CUSTOMER) != Role.CUSTOMER:
        require_recent_second_factor(actor)
    user = User(**fields)
    user.set_password(password)
    user.save(force_insert=True)
    audit.record(events.UserSaved(aggregate_id=user.pk, changed=("created",)), actor=actor)
    return user


@transaction.atomic
def update_user(user_id: UUID, fields: dict[str, Any], *, actor: Actor) -> None:
    """Change names and addresses of an account: everybody their own, an admin also others' and what others may not.

    A customer's name goes to the shop's record of them as well. The phone number does not: nobody has proven it, and
    the shop calls the one that it was given at the counter. Raises ``NotFound`` outside the scope, ``Forbidden`` for
    somebody else's account and for one's own confirmation, ``ValidationFailed`` for other fields, ``Conflict`` for the
    confirmation of the last active admin, ``MfaRequired`` before another e-mail address or confirmation: whoever has
    the address of an account can get into it. A taken e-mail, username or phone number raises ``IntegrityError``.
    """
    user = held_for_change(user_id, actor)
    by_admin = reach(actor, Right.USERS_WRITE) is Reach.ALL
    if not by_admin and actor.id != user.pk:
        raise Forbidden("Your role does not allow this.")
    given = {name: value or None if name in _OPTIONAL else value for name, value in fields.items()}
    changed = {name: value for name, value in given.items() if getattr(user, name) != value}
    for name in sorted(changed.keys() - (DETAILS if by_admin else OWN_DETAILS)):
        raise ValidationFailed.on(name, "read_only", "This field cannot be changed.")
    if "is_verified" in changed:
        _require_may_confirm(user, actor)
    if changed.keys() & {"email", "is_verified"}:
        require_recent_second_factor(actor)
    if changed:
        _save(user, changed, actor)


def _save(user: User, changed: dict[str, Any], actor: Actor) -> None:
    for name, value in changed.items():
        setattr(user, name, value)
    user.save()
    if "email" in changed:  # a code that is on its way to the old address proves nothing about the new one
        OneTimeCode.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    audit.record(events.UserSaved(aggregate_id=user.pk, changed=tuple(changed)), actor=actor)
    names = {name: value for name, value in changed.items() if name in {"first_name", "last_name"}}
    record = Customer.objects.current().filter(user=user).first() if user.role == Role.CUSTOMER and names else None
    if record is not None:
        update_customer(record.pk, names, actor=actor)


def _require_may_confirm(user: User, actor: Actor) -> None:
    if actor.id == user.pk:
        raise Forbidden("Nobody confirms their own account.")
    if user.role == Role.ADMIN and user.is_verified:
        require_another_admin(user)
    require_still(actor)


def give_password(user: User, password: str, *, actor: Actor) -> None:
    """A new password for somebody else; every session of theirs ends.

    Raises ``Forbidden`` without the right, and for one's own account, where the present password has to be given;
    ``MfaRequired``, and ``ValidationFailed`` as ``set_password``.
    """
    require(actor, Right.USERS_WRITE)
    if actor.id == user.pk:
        raise Forbidden("Change your own password with your present one.")
    require_recent_second_factor(actor)
    set_password(user, password, actor=actor)


def set_password(user: User, password: str, *, actor: Actor, keep: UUID | None = None) -> None:
    """A new password; every session of the user ends but ``keep``. Raises ``ValidationFailed`` for a weak one."""
    store_password(user, encoded_password(password), actor=actor, keep=keep)


def encoded_password(password: str) -> str:
    """What is stored of a password; raises ``ValidationFailed`` on ``newPassword`` for a weak one.

    It takes a quarter of a second of computing: better not within a transaction, which others may wait for.
    """
    require_strong(password, field="newPassword")
    return make_password(password)


@transaction.atomic
def store_password(user: User, encoded: str, *, actor: Actor, keep: UUID | None = None) -> None:
    """Make ``encoded`` the password of the user; every session ends but ``keep``."""
    user.password = encoded
    user.save(update_fields=["password"])
    _changed(user, ("password",), SessionEnd.CHANGED, actor, keep)


def _changed(user: User, names: tuple[str, ...], reason: SessionEnd, actor: Actor, keep: UUID | None = None) -> None:
    end_all_sessions(user.pk, reason, actor=actor, keep=keep)
    audit.record(events.UserSaved(aggregate_id=user.pk, changed=names), actor=actor)
