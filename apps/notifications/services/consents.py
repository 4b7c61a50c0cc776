"""Customers decide what they are written to about: by a link in an e-mail, or by a word in an SMS."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Customer
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.notifications import rules, selectors
from apps.notifications.enums import Channel, ConsentSource, Purpose
from apps.notifications.models import Consent, Suppression

# What Twilio answers for a number that has said STOP; it takes messages again once it has said START.
_STOPPED = ("Twilio 21610", "Twilio 400 21610")


def decide_by_link(token: str, *, granted: bool, actor: Actor) -> None:
    """End the e-mails that the link is for, or have them again; twice is once. Raises ``NotFound``."""
    customer, purpose = selectors.unsubscriber(token)
    _decide([customer.pk], Channel.EMAIL, [purpose], ConsentSource.LINK, granted=granted, actor=actor)


@transaction.atomic
def decide_by_sms(number: str, text: str, *, actor: Actor) -> bool:
    """STOP ends all messages to a number that can be refused, START has them again; whether it was such a word.

    It counts for everybody who has this number. Twilio knows the same words and lets nothing through meanwhile.
    """
    granted = rules.granted_by(text)
    if granted is None or not number:
        return False
    theirs = list(Customer.objects.current().filter(phone=number).values_list("pk", flat=True))
    _decide(theirs, Channel.SMS, sorted(rules.REFUSABLE), ConsentSource.SMS, granted=granted, actor=actor)
    if granted:
        stopped = Suppression.objects.filter(channel=Channel.SMS, address=number, reason__in=_STOPPED)
        for pk in stopped.values_list("pk", flat=True):
            audit.delete(Suppression.objects.all(), pk, actor=actor, reason="Has said START.")
    return True


@transaction.atomic
def _decide(
    customers: Iterable[UUID],
    channel: Channel,
    purposes: Iterable[Purpose],
    source: ConsentSource,
    *,
    granted: bool,
    actor: Actor,
) -> None:
    """Write down what is new of it, under the customers' locks: of two decisions at once one is the newer."""
    purposes = list(purposes)
    held = Customer.objects.select_for_update(no_key=True).filter(pk__in=customers).order_by("pk")
    new = [
        Consent(customer_id=pk, channel=channel, purpose=purpose, granted=granted, source=source)
        for pk in list(held.values_list("pk", flat=True))
        for purpose in purposes
        if granted is (channel in selectors.refused_channels(pk, purpose))
    ]
    Consent.objects.bulk_create(new)
    audit.record_created(new, actor=actor)
