"""What telling a customer something would send: the same for a preview as for the messages themselves."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.notifications import rules
from apps.notifications.channels import CHANNELS
from apps.notifications.enums import Channel
from apps.notifications.models import OrderMute, Suppression, SwitchedOff
from apps.notifications.selectors import Told, held_until, refused_channels, told_of_status, wording_of
from apps.repairs.enums import OrderStatus
from apps.repairs.models import RepairOrder


@dataclass(frozen=True)
class Planned:
    """One message. ``not_before`` is the end of the quiet hours; ``refused`` says why its address takes none."""

    channel: Channel
    address: str
    subject: str
    body: str
    language: str
    version: int
    not_before: datetime | None
    refused: str = ""


def plan(told: Told, now: datetime) -> list[Planned]:
    """Over which channels and in which words the customer would be told now; nothing about an order that is muted, or to
    somebody who is a customer no more. A channel without keys, that the customer has switched off or has refused for
    this purpose, or that the shop does not use for this event, is not among them.
    """
    if not told.customer.is_active or _is_muted(told):
        return []
    addresses = _addresses(told)
    refused = _refusals(addresses)
    not_before = _held_until(told, now)
    planned = []
    for channel, address in addresses.items():
        worded = wording_of(told.event, channel, told.customer.locale, told.branch.pk)
        subject, body = worded.rendered(told.words)
        refusal = refused.get((channel, address), "")
        planned.append(Planned(channel, address, subject, body, worded.language, worded.version, not_before, refusal))
    return planned


def plan_status(order: RepairOrder, to: OrderStatus, now: datetime) -> list[Planned]:
    """What a move of ``order``, loaded as ``selectors.order_to_tell`` loads it, to another status would send."""
    told = told_of_status(order, to)
    return plan(told, now) if told is not None else []


def _held_until(told: Told, now: datetime) -> datetime | None:
    return held_until(told.branch, now) if rules.waits_for_morning(told.event) else None


def _is_muted(told: Told) -> bool:
    return told.order is not None and OrderMute.objects.filter(order=told.order).exists()


def _addresses(told: Told) -> dict[Channel, str]:
    """Where the customer can be and wants to be reached, and the shop does so."""
    wanted = told.customer.notification_preferences
    of = {Channel.EMAIL: told.customer.email, Channel.SMS: told.customer.phone}
    off = set(
        SwitchedOff.objects.filter(Q(branch=told.branch) | Q(branch=None), event=told.event).values_list(
            "channel", flat=True
        )
    )
    off |= refused_channels(told.customer.pk, rules.purpose_of(told.event))
    return {
        channel: of[channel]
        for channel in rules.CUSTOMER_CHANNELS
        if of[channel] and wanted.get(channel.value, False) and channel.value not in off and CHANNELS[channel].is_on
    }


def _refusals(addresses: dict[Channel, str]) -> dict[tuple[Channel, str], str]:
    found = Suppression.objects.filter(address__in=addresses.values()).values_list("channel", "address", "reason")
    return {(Channel(channel), address): reason for channel, address, reason in found}
