"""A person makes an account of their own. It claims its address; only ``verification`` makes it theirs."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts import events, selectors
from apps.accounts.enums import CodePurpose, Role
from apps.accounts.models import User
from apps.accounts.passwords import require_strong
from apps.accounts.services import codes
from apps.accounts.services.sessions import Device, TokenPair, open_session
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.exceptions import Duplicate, Forbidden

OPEN_TO_ALL = frozenset({Role.CUSTOMER, Role.SELLER})


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What somebody says of themselves; nothing of it has been proven."""

    first_name: str
    last_name: str
    email: str
    username: str = ""
    phone_number: str = ""
    role: Role = Role.CUSTOMER


def register(new: NewAccount, password: str, device: Device, *, actor: Actor) -> TokenPair:
    """A new, unverified account with its first session; a code is sent to its address.

    If somebody has verified that address already, everything is the same but the mail: its owner is told. The new
    account then stays a claim for ever. A seller waits for an admin besides. Raises ``Forbidden`` for other roles,
    ``ValidationFailed`` for a weak password, ``Duplicate`` for a taken username, which is no secret.
    """
    hashed = _hashed(new, password)
    with transaction.atomic():
        user, who = _claim(new, hashed, actor, last_login=timezone.now())
        return open_session(user, device, actor=who)


def claim_account(new: NewAccount, password: str, *, actor: Actor) -> User:
    """As ``register``, without a session: on the pages somebody logs in once the address has been proven."""
    hashed = _hashed(new, password)
    with transaction.atomic():
        return _claim(new, hashed, actor, last_login=None)[0]


def _hashed(new: NewAccount, password: str) -> str:
    if new.role not in OPEN_TO_ALL:
        raise Forbidden("Nobody can register for this role.")
    require_strong(password, field="password")
    return make_password(password)  # takes a quarter of a second: outside the transaction, and for everybody


def _claim(new: NewAccount, hashed: str, actor: Actor, last_login: datetime | None) -> tuple[User, Actor]:
    if new.username and selectors.is_username_taken(new.username):
        raise Duplicate("This username is taken.")
    user = User(
        first_name=new.first_name,
        last_name=new.last_name,
        email=new.email,
        username=new.username or None,
        phone_number=new.phone_number or None,
        role=new.role,
        is_approved=new.role == Role.CUSTOMER,
        password=hashed,
        last_login=last_login,
    )
    user.save(force_insert=True)
    who = Actor.user(user, request_id=actor.request_id, address=actor.address)
    audit.record(events.Registered(aggregate_id=user.pk, role=new.role.value), actor=who)
    _send_mail(user, actor)
    return user, who


def _send_mail(user: User, actor: Actor) -> None:
    """A code for the claimant or a word to the owner, by the same number of statements.

    The actor is nobody who is known: the owner's history does not name the one who made the other account.
    """
    owner = selectors.owner_of(user.email)
    kind = events.RegisteredAgain if owner else events.CodeRequested
    purpose = CodePurpose.VERIFY_EMAIL.value
    due = codes.mail_is_due(owner or user, kind, "" if owner else purpose)
    event: events.UserEvent
    if not due:
        event = events.CodeWithheld(aggregate_id=(owner or user).pk, purpose=purpose)
    elif owner:
        event = events.RegisteredAgain(aggregate_id=owner.pk)
    else:
        event = events.CodeRequested(aggregate_id=user.pk, purpose=purpose)
    audit.record(event, actor=actor)
