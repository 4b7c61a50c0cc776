"""What customers have refused."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q

from apps.accounts.models import Customer
from apps.core.exceptions import NotFound
from apps.notifications import rules
from apps.notifications.enums import Purpose
from apps.notifications.models import Consent

NOWHERE = "This link leads nowhere."


def refused_channels(customer_id: UUID, purpose: str) -> frozenset[str]:
    """The channels over which the customer wants nothing of this purpose. One statement."""
    theirs = Q(customer=customer_id) | Q(customer__merged_into=customer_id)
    newest_last = Consent.objects.filter(theirs, purpose=purpose).order_by("created_at", "id")
    decided = dict(newest_last.values_list("channel", "granted"))
    return frozenset(channel for channel, granted in decided.items() if not granted)


def unsubscriber(token: str) -> tuple[Customer, Purpose]:
    """Whose e-mails of which purpose the link is for; raises ``NotFound`` for one that leads nowhere."""
    read = rules.read_unsubscribe_token(token, settings.FIELD_KEYS)
    if read is None:
        raise NotFound(NOWHERE)
    customer_id, purpose = read
    found = Customer.objects.select_related("merged_into").filter(pk=customer_id).first()
    customer = found.merged_into or found if found is not None else None
    if customer is None or not customer.is_active:
        raise NotFound(NOWHERE)
    return customer, purpose
