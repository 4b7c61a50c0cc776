"""Questions about users, sessions and customers."""

from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db.models import Q, QuerySet

from apps.accounts.enums import Role
from apps.accounts.models import Customer, Session, User
from apps.accounts.models.user import with_identifier
from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.core.exceptions import NotFound


def find_user(identifier: str) -> User | None:
    """The user with this e-mail, username or phone number; a phone number may be written in any form."""
    return User.objects.filter(with_identifier(_normalised(identifier))).first()


def _normalised(identifier: str) -> str:
    text = identifier.strip()
    if text[:1] in {"+", "(", "0"} or text[:1].isdigit():
        try:
            number = phonenumbers.parse(text, settings.PHONE_REGION)
        except phonenumbers.NumberParseException:
            return text
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return text


def session_of(session_id: UUID, user_id: UUID) -> Session | None:
    """The session with its user, in one statement; what each request with a token stands on."""
    return Session.objects.select_related("user").filter(pk=session_id, user_id=user_id).first()


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
