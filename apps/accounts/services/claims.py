"""Accounts that somebody made and that nobody ever proved: after a while they go, and with them what was said in them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils import timezone

from apps.accounts import events
from apps.accounts.enums import Role
from apps.accounts.models import Session, User
from apps.audit import services as audit
from apps.audit.models import Event
from apps.core.actor import Actor

KEPT_FOR = timedelta(days=30)
_PURGE = Actor.system("purge of unproven accounts")


def purge_claims() -> int:
    """Delete the accounts that people made themselves, whose address was never proven, that were not used for 30 days,
    that nobody of the shop has decided about and that nothing refers to; the number of accounts deleted.
    """
    unused = _unused_since(timezone.now() - KEPT_FOR)
    return sum(_purge(user_id) for user_id in list(unused.values_list("pk", flat=True)))


def _unused_since(moment: datetime) -> QuerySet[User]:
    told = Event.objects.filter(aggregate=events.UserEvent.aggregate, aggregate_id=OuterRef("pk"))
    decided = told.filter(type__in=[events.Verified.event_type, events.StatusChanged.event_type])
    used = Session.objects.filter(user=OuterRef("pk"), last_seen_at__gte=moment)
    claims = User.objects.filter(
        is_verified=False, is_active=True, erased_at=None, customer=None, created_at__lt=moment
    )
    # Staff whom an admin has made are no claims, whether or not they have been confirmed.
    made_by_themselves = claims.filter(Q(role=Role.CUSTOMER) | Q(is_approved=False))
    registered = Exists(told.filter(type=events.Registered.event_type))
    return made_by_themselves.filter(registered).exclude(Exists(decided)).exclude(Exists(used)).order_by("pk")


@transaction.atomic
def _purge(user_id: UUID) -> bool:
    # Asked again under the lock: somebody may have proven the address at this very moment.
    user = User.objects.select_for_update().filter(pk=user_id, is_verified=False).first()
    if user is None:
        return False
    try:
        user.delete()
    except (ProtectedError, RestrictedError):
        return False
    audit.record(events.UserSaved(aggregate_id=user_id, changed=("deleted",)), actor=_PURGE)
    return True
