"""The words of a message in the moment in which it is sent, and the address to which it goes."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from apps.accounts import selectors as accounts
from apps.accounts.enums import CodePurpose
from apps.accounts.services import CODE_LIFETIME, make_code
from apps.notifications import rules
from apps.notifications.channels import Outgoing
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import Notification, Suppression
from apps.notifications.selectors import refused_channels
from apps.notifications.services.letters import letter_of
from apps.reports.selectors import report_told_by

_NOTICE_TEMPLATE = "registered_again"
_REPORT_TEMPLATE = "report"


class Undeliverable(Exception):
    """Nobody needs this message any more, or it has nowhere to go; says why."""


def compose(message: Notification) -> Outgoing:
    """Raises ``Undeliverable``."""
    return _to_customer(message) if message.customer_id else _to_user(message)


def _to_customer(message: Notification) -> Outgoing:
    customer: Any = message.customer
    while customer.merged_into_id:
        customer = customer.merged_into
    # A number that was corrected since is where the message goes.
    address = customer.email if message.channel == Channel.EMAIL else customer.phone
    if not address or not customer.is_active:
        raise Undeliverable("There is no address any more.")
    if Suppression.objects.filter(channel=message.channel, address=address).exists():
        raise Undeliverable("This address takes no messages.")
    purpose = rules.purpose_of(MessageEvent(message.event))
    if message.channel in refused_channels(customer.pk, purpose):
        raise Undeliverable("Its customer wants no such messages.")
    branch: Any = message.branch
    if message.channel == Channel.SMS:
        return Outgoing(message.pk, address, message.body)
    return Outgoing(
        message.pk, address, message.body, message.subject, letter_of(message), branch.email, branch.name,
        settings.PUBLIC_URL + rules.unsubscribe_path(customer.pk, purpose, settings.FIELD_KEYS)
        if purpose in rules.REFUSABLE else "",
    )  # fmt: skip


def _to_user(message: Notification) -> Outgoing:
    user_id: Any = message.user_id
    purpose = CodePurpose(message.purpose) if message.event == MessageEvent.OTP else None
    address = accounts.mailbox_of(user_id, purpose)
    if address is None:
        raise Undeliverable("Nobody needs it any more.")
    template, words = _of_user(message, user_id, purpose)
    subject, _, text = render_to_string(f"notifications/{template}.txt", words).partition("\n\n")
    return Outgoing(message.pk, address, text, subject)


def _of_user(message: Notification, user_id: Any, purpose: CodePurpose | None) -> tuple[str, dict[str, Any]]:
    """Template and words. A code is made here, and from here only the mail has it."""
    if message.event == MessageEvent.REPORT:
        return _REPORT_TEMPLATE, {"report": report_told_by(message.source_id)}
    if purpose is None:
        return _NOTICE_TEMPLATE, {}
    minutes = int(CODE_LIFETIME.total_seconds() // 60)
    return purpose.value, {"code": make_code(user_id, purpose), "minutes": minutes}
