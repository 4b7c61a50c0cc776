"""An account proves its e-mail address, which is then its own, and with it the customer record that carries it.

Anybody can register with anybody's address. Somebody who does so before its owner does must gain nothing from what the
owner does later ("account pre-hijacking": Sudhodanan and Paverd, USENIX Security 2022). So a code is bound to one
account, and where several claim an address, only the session of a claim says which of them its code is for.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts import events, selectors
from apps.accounts.enums import CodePurpose, Role, SessionEnd
from apps.accounts.models import Customer, OneTimeCode, Session, User
from apps.accounts.services import codes
from apps.audit import services as audit
from apps.core.actor import Actor

# How long a claim is taken for what its address's owner has just made, without the session that made it.
FRESH = timedelta(days=1)


def verify(identifier: str, code: str, *, claimant: User | None, actor: Actor) -> User:
    """The account, whose e-mail address is proven from now on.

    ``claimant`` is who has logged in, if anybody; then no other account is judged. Raises ``ValidationFailed`` on
    ``code``, alike for whatever is wrong.
    """
    claim = _claim(identifier, claimant)
    right = codes.judge(claim.pk if claim else None, CodePurpose.VERIFY_EMAIL, code, actor=actor)
    verified = _verify(right, actor) if right else None
    if verified is None:
        raise codes.wrong_code()
    return verified


def resend_code(identifier: str, *, claimant: User | None, actor: Actor) -> None:
    """Have another code sent for verification, to the account that ``verify`` would judge. Tells nothing."""
    codes.request_code(_claim(identifier, claimant), CodePurpose.VERIFY_EMAIL, actor=actor)


def _claim(identifier: str, claimant: User | None) -> User | None:
    claims = selectors.claims_of(identifier)
    if claimant is not None:
        return claims.filter(pk=claimant.pk).first()
    # Without a session nothing says which of two fresh claims the holder of the mailbox has made. To judge all of them
    # would hand the address to a stranger's account, whose password the stranger knows.
    fresh = list(claims.filter(created_at__gt=timezone.now() - FRESH)[:2])
    return fresh[0] if len(fresh) == 1 else None


@transaction.atomic
def _verify(right: OneTimeCode, actor: Actor) -> User | None:
    user = lock_address(right.user_id)
    if user is None or not codes.spend(right):
        return None
    return take_address(user, actor=actor)


def lock_address(user_id: UUID) -> User | None:
    """The account, locked, if it is active and its address is its own or nobody's.

    All who claim the same e-mail address or phone number are locked with it, in a fixed order: two at once must not
    both take it. Runs in the caller's transaction.
    """
    wanted = User.objects.get(pk=user_id)
    rivals = Q(email=wanted.email) | Q(phone_number=wanted.phone_number, phone_number__isnull=False)
    held = {user.pk: user for user in User.objects.select_for_update().filter(rivals).order_by("pk")}
    user = held.get(user_id)
    if user is None or not user.is_active or selectors.owner_of(user.email) not in {None, user}:
        return None
    return user


def take_address(user: User, *, actor: Actor) -> User:
    """Make the e-mail address of an account its own; the account was locked by ``lock_address``.

    A phone number that another verified account has is given up; sessions and codes of every other claim to the
    address end, and none of them can be verified any more; a customer's account gets the customer record that carries
    the address, or a new one. Runs in the caller's transaction, which spends the proof.
    """
    if user.phone_number and selectors.is_phone_taken(user.phone_number):
        user.phone_number = None
    user.is_verified = True
    user.save(update_fields=["phone_number", "is_verified", "search_text"])
    who = Actor.user(user, request_id=actor.request_id, address=actor.address)
    _end_claims_beside(user, who)
    customer = _link_customer(user, who) if user.role == Role.CUSTOMER else None
    event = events.Verified(aggregate_id=user.pk, customer_id=customer.pk if customer else None)
    audit.record(event, actor=who)
    return user


def _end_claims_beside(owner: User, who: Actor) -> None:
    """By a fixed number of statements, however many strangers have claimed the address."""
    now = timezone.now()
    claims = selectors.claims_beside(owner)
    claims.update(auth_version=F("auth_version") + 1)
    live = Session.objects.filter(user__in=claims, revoked_at=None).order_by("pk")
    reason = SessionEnd.CHANGED
    ended = [
        events.SessionEnded(aggregate_id=user_id, session_id=session_id, reason=reason.value)
        for user_id, session_id in live.values_list("user_id", "pk")
    ]
    live.update(revoked_at=now, end_reason=reason)
    OneTimeCode.objects.filter(user__in=claims, ended_at=None).update(ended_at=now)
    audit.record_many(ended, actor=who)


def _link_customer(user: User, who: Actor) -> Customer:
    known = Customer.objects.filter(user=user).first()
    if known is not None:
        return known
    free = Customer.objects.current().filter(user=None, email=user.email).order_by("-created_at", "-pk")
    found = free.select_for_update(of=("self",)).first()
    if found is None:
        return _new_customer(user, who)
    found.user = user
    found.save(update_fields=["user"])
    audit.record(events.CustomerChanged(aggregate_id=found.pk, changed=("user",)), actor=who)
    return found


def _new_customer(user: User, who: Actor) -> Customer:
    customer = Customer(
        user=user,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        phone=user.phone_number or "",
    )
    customer.save(force_insert=True)
    audit.record(events.CustomerCreated(aggregate_id=customer.pk), actor=who)
    return customer
