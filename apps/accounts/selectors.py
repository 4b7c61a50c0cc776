"""Questions about users, sessions and customers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.enums import STAFF, CodePurpose, Role, SessionKind
from apps.accounts.events import CodeRequested, RegisteredAgain, UserEvent
from apps.accounts.models import Customer, Passkey, RecoveryCode, Session, TotpDevice, User
from apps.accounts.models.customer import holding
from apps.accounts.models.user import with_identifier
from apps.accounts.rules import Reach, Right, reach
from apps.audit.models import Event
from apps.audit.selectors import history_of_or_by
from apps.core import composed
from apps.core.actor import Actor
from apps.core.client_address import limit_key
from apps.core.exceptions import NotFound
from apps.core.identifiers import as_identifier

KNOWN_FOR = timedelta(days=90)
MAILS_EVERY = timedelta(seconds=30)
MAILS_PER_HOUR = 5
MAILS_PER_HOUR_AND_ADDRESS = 20


def find_user(identifier: str) -> User | None:
    """The user with this e-mail, username or phone number; a phone number may be written in any form.

    Whoever has verified it, else the first who claimed it.
    """
    found = User.objects.filter(with_identifier(as_identifier(identifier)))
    return found.order_by("-is_verified", "created_at", "pk").first()


def claimants(identifier: str) -> list[User]:
    """Who may mean themselves by this: whom ``find_user`` finds, and the newest other who has not verified it yet."""
    owner = find_user(identifier)
    if owner is None:
        return []
    others = User.objects.filter(with_identifier(as_identifier(identifier)), is_verified=False).exclude(pk=owner.pk)
    return [owner, *others.order_by("-created_at", "-pk")[:1]]


def is_known_at(identifier: str, address: str | None) -> bool:
    """Whether whoever this identifier belongs to has come in from ``address`` within the last 90 days.

    What others claim does not count where somebody has verified it, nor what they do at their own address.
    """
    claims = claimants(identifier)
    owners = claims[:1] if claims and claims[0].is_verified else claims
    since = timezone.now() - KNOWN_FOR
    opened = Session.objects.filter(user_id__in=[owner.pk for owner in owners], created_at__gte=since)
    addresses = opened.order_by().values_list("address", flat=True).distinct()
    return limit_key(address) in map(limit_key, addresses)


def claims_of(identifier: str) -> QuerySet[User]:
    """The unverified accounts with this identifier that can still prove their e-mail address, oldest first.

    An address that somebody has verified is nobody else's to prove.
    """
    unverified = User.objects.filter(with_identifier(as_identifier(identifier)), is_verified=False, is_active=True)
    return unverified.exclude(_address_has_owner()).order_by("created_at", "pk")


def _address_has_owner() -> Exists:
    return Exists(User.objects.filter(email=OuterRef("email"), is_verified=True))


def claims_beside(owner: User) -> QuerySet[User]:
    """The other accounts that claim the e-mail address of ``owner``."""
    return User.objects.filter(email=owner.email).exclude(pk=owner.pk).order_by()


def owner_of(email: str) -> User | None:
    """Who has verified this e-mail address."""
    return User.objects.filter(email=email.lower(), is_verified=True).first()


def is_phone_taken(phone_number: str) -> bool:
    """Whether a verified account has this number."""
    return User.objects.filter(phone_number=phone_number, is_verified=True).exists()


def taken_from(besides: UUID | None, *, email: str, phone_number: str | None) -> list[str]:
    """Which of these addresses another account has verified, by the names of the fields."""
    others = User.objects.filter(is_verified=True).exclude(Q(pk=besides))
    wanted = {"email": Q(email=email)} | ({"phone_number": Q(phone_number=phone_number)} if phone_number else {})
    return [name for name, held in wanted.items() if others.filter(held).exists()]


def is_username_taken(username: str) -> bool:
    return User.objects.filter(username=username.lower()).exists()


def resettable(identifier: str) -> User | None:
    """The account whose password its mailbox can change: active, and its e-mail address its own or nobody's."""
    reachable = User.objects.filter(with_identifier(as_identifier(identifier)), is_active=True)
    found = reachable.exclude(Q(_address_has_owner(), is_verified=False))
    return found.order_by("-is_verified", "created_at", "pk").first()


def mailbox_of(user_id: UUID, purpose: CodePurpose | None) -> str | None:
    """Where a code of this purpose goes, or with ``None`` a word to the owner; nowhere if it makes no sense any more."""
    reachable = User.objects.filter(pk=user_id, is_active=True)
    match purpose:
        case CodePurpose.VERIFY_EMAIL:
            reachable = reachable.filter(is_verified=False).exclude(_address_has_owner())
        case CodePurpose.RESET_PASSWORD:
            reachable = reachable.exclude(Q(_address_has_owner(), is_verified=False))
        case _:
            reachable = reachable.filter(is_verified=True)
    return reachable.values_list("email", flat=True).first()


def mail_is_due(user: User | None, event_type: str, purpose: str, now: datetime) -> bool:
    """Whether one more mail that ``event_type`` leads to may go to ``user``.

    One in 30 seconds for each purpose and five an hour; twenty an hour for all accounts that claim one address, whose
    holder has perhaps made none of them.
    """
    about = User.objects.filter(email=user.email if user else "").values("pk")
    sent = Event.objects.filter(
        aggregate=UserEvent.aggregate,
        aggregate_id__in=about,
        created_at__gt=now - timedelta(hours=1),
        type__in=[CodeRequested.event_type, RegisteredAgain.event_type],
    )
    rows = list(sent.values_list("aggregate_id", "type", "payload__purpose", "created_at"))
    own = [row for row in rows if user is not None and row[0] == user.pk]
    alike = [row for row in own if row[1] == event_type and (row[2] or "") == purpose]
    just_sent = any(row[3] > now - MAILS_EVERY for row in alike)
    return not just_sent and len(own) < MAILS_PER_HOUR and len(rows) < MAILS_PER_HOUR_AND_ADDRESS


def active_user(user_id: UUID) -> User | None:
    """The account with this id, if it may be used at all."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def has_admin() -> bool:
    """Whether somebody can steer this installation."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def users_visible_to(actor: Actor) -> QuerySet[User]:
    """The accounts that ``actor`` may read: a manager's are the staff of the own branches, everybody else's their own."""
    present = User.objects.filter(erased_at=None)
    match reach(actor, Right.USERS_READ):
        case Reach.ALL:
            return present
        case Reach.BRANCH:
            # The branches are in an app above; the relation's name is all that is known of it here.
            beside = User.objects.filter(branch_memberships__branch__memberships__user=actor.id)
            return present.filter(Q(pk__in=beside.values("pk"), role__in=STAFF) | _itself(actor))
        case Reach.OWN:
            return present.filter(_itself(actor))
        case _:
            return User.objects.none()


def _itself(actor: Actor) -> Q:
    return Q(pk=actor.id)


def users_found_by(users: QuerySet[User], text: str) -> QuerySet[User]:
    """By any part of name, e-mail, username or phone, in any script and case; a number however written."""
    return users.filter(holding(text))


def activity_of(user_id: UUID, *, actor: Actor) -> QuerySet[Event]:
    """What happened to an account and what its owner did to accounts, as far as ``actor`` may read those; newest first.

    That ``actor`` may read this account is for the caller to know.
    """
    return history_of_or_by(UserEvent.aggregate, user_id, among=users_visible_to(actor).values("pk"))


def sees_address(actor: Actor, *, by: object, about: object) -> bool:
    """Whether ``actor`` may read from where the user ``by`` did something to the account ``about``.

    For admins, as the sessions of others are; and for whom it was. What nobody did, such as a failed log-in, concerns
    whose account it is.
    """
    return reach(actor, Right.USERS_WRITE) is Reach.ALL or str(by or about) == str(actor.id)


def with_second_factor(users: QuerySet[User]) -> QuerySet[User]:
    """The same users, each with ``second_factor``: whether they have an authenticator app or a passkey."""
    app = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    return users.annotate(second_factor=Exists(app) | Exists(Passkey.objects.filter(user=OuterRef("pk"))))


def sessions_visible_to(actor: Actor) -> QuerySet[Session]:
    """The sessions of others are for those who may change accounts; everybody sees their own."""
    if reach(actor, Right.USERS_WRITE) is Reach.ALL:
        return Session.objects.all()
    return Session.objects.filter(user_id=actor.id) if actor.id else Session.objects.none()


def own_sessions(actor: Actor) -> QuerySet[Session]:
    """The actor's own sessions that can still be used. One of an app has ended when its refresh token has expired."""
    now = timezone.now()
    renewable = Q(kind=SessionKind.PAGES) | Q(rotated_at__gt=now - settings.REFRESH_TOKEN_LIFETIME)
    return Session.objects.filter(renewable, Q(user_id=actor.id), revoked_at=None, expires_at__gt=now)


def get_own_session(session_id: UUID, *, actor: Actor) -> Session:
    """Raises ``NotFound`` for one of somebody else, and for one that has ended."""
    session = own_sessions(actor).filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such session.")
    return session


def sessions_found_by(sessions: QuerySet[Session], text: str) -> QuerySet[Session]:
    """Those of the users whom ``users_found_by`` finds."""
    return sessions.filter(holding(text, "user__search_text"))


def session_of(session_id: UUID, user_id: UUID) -> Session | None:
    """The session with its user, in one statement; what each request with a token stands on.

    Without the columns that a request has hardly ever a use for: asked for, each is a statement of its own.
    """
    ids = {"session": session_id, "user": user_id}
    for row in composed.rows("accounts.session", lambda: _session_rows(session_id, user_id), ids):
        session = composed.record(Session, _SESSION_FIELDS, row)
        session._state.fields_cache["user"] = composed.record(User, _USER_FIELDS, row[len(_SESSION_FIELDS) :])
        return session
    return None


def has_second_factor(user_id: UUID) -> bool:
    """Whether the user is asked for more than a password: an authenticator that was confirmed, or a passkey."""
    confirmed = TotpDevice.objects.filter(user_id=user_id, confirmed_at__isnull=False)
    return Passkey.objects.filter(user_id=user_id).exists() or confirmed.exists()


def authenticator_of(user_id: UUID) -> TotpDevice | None:
    """The authenticator app that has been confirmed."""
    return TotpDevice.objects.filter(user_id=user_id, confirmed_at__isnull=False).first()


def passkeys_of(user_id: UUID) -> QuerySet[Passkey]:
    """The passkeys of a user, the oldest first."""
    return Passkey.objects.filter(user_id=user_id)


def recovery_codes_left(user_id: UUID) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count()


_SELDOM = {"created_at", "updated_at", "address", "device", "end_reason", "last_login", "search_text"}
_SESSION_FIELDS = [field.attname for field in Session._meta.concrete_fields if field.attname not in _SELDOM]
_USER_FIELDS = [field.attname for field in User._meta.concrete_fields if field.attname not in _SELDOM]


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
