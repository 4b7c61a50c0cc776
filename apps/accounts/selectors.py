"""Questions about users, sessions and customers."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from apps.accounts.enums import STAFF, Role
from apps.accounts.models import Customer, Passkey, Session, TotpDevice, User
from apps.accounts.models.user import with_identifier
from apps.accounts.rules import Reach, Right, reach
from apps.core import composed
from apps.core.actor import Actor
from apps.core.exceptions import NotFound
from apps.core.phones import as_identifier
from apps.core.text import searchable


def find_user(identifier: str) -> User | None:
    """The user with this e-mail, username or phone number; a phone number may be written in any form.

    Whoever has verified it, else the first who claimed it.
    """
    found = User.objects.filter(with_identifier(as_identifier(identifier)))
    return found.order_by("-is_verified", "created_at", "pk").first()


def has_admin() -> bool:
    """Whether somebody can steer this installation."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def users_visible_to(actor: Actor) -> QuerySet[User]:
    """The accounts that ``actor`` may read: a manager's are the staff of the own branches, everybody else's their own."""
    match reach(actor, Right.USERS_READ):
        case Reach.ALL:
            return User.objects.all()
        case Reach.BRANCH:
            # The branches are in an app above; the relation's name is all that is known of it here.
            beside = User.objects.filter(branch_memberships__branch__memberships__user=actor.id)
            return User.objects.filter(Q(pk__in=beside.values("pk"), role__in=STAFF) | _itself(actor))
        case Reach.OWN:
            return User.objects.filter(_itself(actor))
        case _:
            return User.objects.none()


def _itself(actor: Actor) -> Q:
    return Q(pk=actor.id)


def users_found_by(users: QuerySet[User], text: str) -> QuerySet[User]:
    """By name, e-mail, username or phone, any part, in any script and case."""
    return users.filter(search_text__contains=searchable(text))


def sessions_visible_to(actor: Actor) -> QuerySet[Session]:
    """The sessions of others are for those who may change accounts; everybody sees their own."""
    if reach(actor, Right.USERS_WRITE) is Reach.ALL:
        return Session.objects.all()
    return Session.objects.filter(user_id=actor.id) if actor.id else Session.objects.none()


def sessions_found_by(sessions: QuerySet[Session], text: str) -> QuerySet[Session]:
    """Those of the users whom ``users_found_by`` finds."""
    return sessions.filter(user__search_text__contains=searchable(text))


def session_of(session_id: UUID, user_id: UUID) -> Session | None:
    """The session with its user, in one statement; what each request with a token stands on."""
    ids = {"session": session_id, "user": user_id}
    for row in composed.rows("accounts.session", lambda: _session_rows(session_id, user_id), ids):
        session = Session.from_db(connection.alias, _SESSION_FIELDS, row[: len(_SESSION_FIELDS)])
        session.user = User.from_db(connection.alias, _USER_FIELDS, row[len(_SESSION_FIELDS) :])
        return session
    return None


def has_second_factor(user_id: UUID) -> bool:
    """Whether the user is asked for more than a password: an authenticator that was confirmed, or a passkey."""
    confirmed = TotpDevice.objects.filter(user_id=user_id, confirmed_at__isnull=False)
    return Passkey.objects.filter(user_id=user_id).exists() or confirmed.exists()


_SESSION_FIELDS = [field.attname for field in Session._meta.concrete_fields]
_USER_FIELDS = [field.attname for field in User._meta.concrete_fields]


def _session_rows(session_id: UUID, user_id: UUID) -> QuerySet[Session, Any]:
    found = Session.objects.filter(pk=session_id, user_id=user_id).order_by()
    return found.values_list(*_SESSION_FIELDS, *(f"user__{name}" for name in _USER_FIELDS))


def customers_visible_to(actor: Actor) -> QuerySet[Customer]:
    """The customers whose records ``actor`` may read. A technician's are those of the orders assigned to them."""
    match reach(actor, Right.CUSTOMERS_READ):
        case Reach.ALL:
            return Customer.objects.current()
        case Reach.OWN:
            # The orders are in an app above; the relation's name is all that is known of it here.
            own = Q(orders__technician_id=actor.id) if actor.role == Role.TECHNICIAN else Q(user_id=actor.id)
            return Customer.objects.current().filter(pk__in=Customer.objects.filter(own).values("pk"))
        case _:
            return Customer.objects.none()


def get_customer(customer_id: UUID, *, actor: Actor) -> Customer:
    """Raises ``NotFound`` outside the actor's scope."""
    customer = customers_visible_to(actor).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer
