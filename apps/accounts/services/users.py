"""Changes to user accounts; each ends what the account could do before."""

from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import events
from apps.accounts.enums import Role, SessionEnd
from apps.accounts.models import User
from apps.accounts.rules import Right, require
from apps.accounts.services.sessions import end_all_sessions
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, FieldError, Forbidden, ValidationFailed

ERASED_NAME = ("Erased", "customer")
DETAILS = frozenset({"first_name", "last_name", "email", "username", "phone_number", "is_verified"})


@transaction.atomic
def create_user(fields: dict[str, Any], password: str | None, *, actor: Actor) -> User:
    """A new account; ``fields`` are model fields. The caller has checked the password and may give the role.

    A taken e-mail, username or phone number raises ``IntegrityError``.
    """
    user = User(**fields)
    user.set_password(password)
    user.save(force_insert=True)
    audit.record(events.UserSaved(aggregate_id=user.pk, changed=("created",)), actor=actor)
    return user


@transaction.atomic
def update_user(user_id: UUID, fields: dict[str, Any], *, actor: Actor) -> User:
    """Correct names, addresses and the confirmation of an account; role and status have functions of their own.

    Raises ``Forbidden`` without the right and for one's own confirmation, ``ValidationFailed`` for other fields. A taken
    e-mail, username or phone number raises ``IntegrityError``.
    """
    require(actor, Right.USERS_WRITE)
    for name in sorted(fields.keys() - DETAILS):
        raise ValidationFailed.on(name, "read_only", "This field cannot be changed.")
    user = User.objects.select_for_update().get(pk=user_id)
    changed = tuple(name for name, value in fields.items() if getattr(user, name) != value)
    if "is_verified" in changed:
        _require_admin(user, actor)
    if changed:
        for name in changed:
            setattr(user, name, fields[name])
        user.save()
        audit.record(events.UserSaved(aggregate_id=user.pk, changed=changed), actor=actor)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, actor: Actor) -> None:
    """A new password; every session of the user ends. Raises ``ValidationFailed`` for a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        details = [
            FieldError("newPassword", found.code or "invalid", message)
            for found in error.error_list
            for message in found.messages
        ]
        raise ValidationFailed("The password is too weak.", details) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    _changed(user, ("password",), SessionEnd.CHANGED, actor)


@transaction.atomic
def change_role(user: User, role: Role, *, actor: Actor) -> None:
    """Another role; every session of the user ends.

    Raises ``Forbidden`` for one's own role or without an admin's right, ``Conflict`` for the last active admin.
    """
    locked = _locked(user)
    _require_admin(locked, actor)
    if locked.role == role:
        return
    if locked.role == Role.ADMIN:
        _require_another_admin(locked)
    locked.role = role
    locked.save(update_fields=["role"])
    _changed(locked, ("role",), SessionEnd.CHANGED, actor)


@transaction.atomic
def set_active(user: User, active: bool, *, actor: Actor) -> None:
    """Let a user in or keep them out; keeping out ends every session. Raises as ``change_role`` does."""
    locked = _locked(user)
    _require_admin(locked, actor)
    if locked.is_active == active:
        return
    if not active and locked.role == Role.ADMIN:
        _require_another_admin(locked)
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    _changed(locked, ("is_active",), SessionEnd.DEACTIVATED, actor)


@transaction.atomic
def erase_account(user: User, *, actor: Actor) -> None:
    """Take the person out of an account: names, addresses and password go, and nobody logs in with it again."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.first_name, locked.last_name = ERASED_NAME
    locked.email, locked.username, locked.phone_number = f"{locked.pk}@erased.invalid", None, None
    locked.is_active = False
    locked.set_unusable_password()
    locked.save()
    _changed(locked, ("erased",), SessionEnd.DEACTIVATED, actor)


def _locked(user: User) -> User:
    # Every admin is locked, in a fixed order: two admins who demote each other at once must not both succeed.
    list(User.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def _require_admin(user: User, actor: Actor) -> None:
    if actor.id == user.pk:
        raise Forbidden("Nobody changes their own role or status.")
    if not actor.is_system and actor.role != Role.ADMIN:
        raise Forbidden("Your role does not allow this.")


def _require_another_admin(user: User) -> None:
    if not User.objects.filter(is_active=True).filter(role=Role.ADMIN).exclude(pk=user.pk).exists():
        raise Conflict("This is the last active admin.")


def _changed(user: User, names: tuple[str, ...], reason: SessionEnd, actor: Actor) -> None:
    end_all_sessions(user.pk, reason, actor=actor)
    audit.record(events.UserSaved(aggregate_id=user.pk, changed=names), actor=actor)
