"""Taking a person out of an account. The row stays: orders, notes and events refer to it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts import events, registry
from apps.accounts.enums import Role, SessionEnd
from apps.accounts.models import Challenge, Customer, OneTimeCode, User
from apps.accounts.rules import Reach, Right, require
from apps.accounts.services.second_factor import forget_second_factor
from apps.accounts.services.sessions import end_all_sessions
from apps.accounts.services.status import held_for_change, require_another_admin, require_still
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden


@transaction.atomic
def delete_user(user_id: UUID, *, actor: Actor) -> None:
    """Erase an account. What the shop knows of a customer stays, as a record that nobody logs in to.

    Raises ``NotFound`` outside the scope, ``Forbidden`` without the right and for one's own account unless it is a
    customer's, ``Conflict`` for the last active admin.
    """
    reach = require(actor, Right.USERS_REMOVE)
    user = held_for_change(user_id, actor)
    if actor.id == user.pk and reach is not Reach.OWN:
        raise Forbidden("Nobody deletes their own account of staff.")
    if user.role == Role.ADMIN:
        require_another_admin(user)
    require_still(actor)
    for customer in Customer.objects.select_for_update().filter(user=user):
        customer.user = None
        customer.save(update_fields=["user"])
        audit.record(events.CustomerChanged(aggregate_id=customer.pk, changed=("user",)), actor=actor)
    erase_account(user, actor=actor)


@transaction.atomic
def erase_account(user: User, *, actor: Actor) -> None:
    """Names, addresses, password and second factors go, every session ends, and the apps above let the account go.

    Open orders of a technician are nobody's afterwards. What has happened keeps the name it was recorded under.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.first_name, locked.last_name = "Erased", Role(locked.role).label
    locked.email, locked.username, locked.phone_number = f"{locked.pk}@erased.invalid", None, None
    locked.is_active = locked.is_verified = False
    locked.erased_at = timezone.now()
    locked.set_unusable_password()
    locked.save()
    forget_second_factor(locked)
    Challenge.objects.filter(user=locked).delete()
    OneTimeCode.objects.filter(user=locked).delete()
    end_all_sessions(locked.pk, SessionEnd.DEACTIVATED, actor=actor)
    registry.part_from(locked.pk, actor)
    audit.record(events.UserSaved(aggregate_id=locked.pk, changed=("erased",)), actor=actor)
