"""The shop's own words: checked before they are kept, counted, and shown on a real order before they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.exceptions import ValidationFailed
from apps.notifications import rules
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import MessageTemplate
from apps.notifications.selectors import Worded, told_of_order
from apps.notifications.services.letters import letter_in
from apps.repairs.models import RepairOrder
from apps.repairs.rules.documents.words import words_for

_WORDS = ("subject", "body")
# Of no customer's: for a preview without an order, and for how long an SMS gets.
_SAMPLE = {
    "first_name": "Kim", "name": "Kim Lee", "shop": "Harbour", "shop_phone": "+1 555 0100",
    "shop_address": "1 Quay Street, Harbour", "shop_hours": "Mon 09:00–18:00", "device": "Apple iPhone 13",
    "link": f"https://shop.example/track/{'x' * 46}/", "order_number": "R-2026-000123", "total": "$120.00",
    "balance": "$70.00", "promised": "5/4/26, 5:00 PM", "amount": "$50.00", "ready_since": "May 4, 2026",
    "valid_until": "5/18/26, 5:00 PM", "message": "The screen and its frame have to be replaced.",
    "starts_at": "5/4/26, 10:00 AM",
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """A message as it would go out. ``segments`` is ``None`` for what is no SMS, ``html`` is for e-mail only."""

    subject: str
    body: str
    html: str
    segments: rules.Segments | None


def check_template(event: str, channel: str, subject: str, body: str) -> None:
    """Raises ``ValidationFailed`` for words that are no template of this event, an e-mail without a subject, an SMS with
    one, or an SMS that is too long with words of usual length.
    """
    known = MessageEvent(event)
    if known not in rules.WORDED:
        raise ValidationFailed.on("event", "invalid", "This message is not worded by the shop.")
    variables = rules.variables_of(known)
    for field, text in (("subject", subject), ("body", body)):
        for problem in rules.problems(text, variables):
            raise ValidationFailed.on(field, "invalid", problem)
    if channel == Channel.EMAIL and not subject.strip():
        raise ValidationFailed.on("subject", "required", "An e-mail needs a subject.")
    if channel == Channel.SMS:
        _check_sms(subject, body, variables)


def _check_sms(subject: str, body: str, variables: frozenset[str]) -> None:
    if subject:
        raise ValidationFailed.on("subject", "not_allowed", "An SMS has no subject.")
    parts = rules.segments(rules.rendered(body, sample_words(variables)))
    if parts.count > rules.MOST_SEGMENTS:
        words = f"This takes {parts.count} SMS in {parts.encoding}; at most {rules.MOST_SEGMENTS} are sent as one."
        raise ValidationFailed.on("body", "max_length", words)


def reword(template: MessageTemplate, fields: Mapping[str, Any]) -> MessageTemplate:
    """Save these columns of a template that is locked; other words are one version more. The caller records it."""
    if any(name in fields and fields[name] != getattr(template, name) for name in _WORDS):
        template.version += 1
    for name, value in fields.items():
        setattr(template, name, value)
    template.save()
    return template


def sample_words(variables: frozenset[str]) -> dict[str, str | None]:
    """Words of usual length for these variables."""
    return {name: _SAMPLE[name] for name in variables}


def preview_template(template: MessageTemplate, order: RepairOrder | None) -> Preview:
    """The template on ``order``, which is loaded as ``selectors.order_to_tell`` loads it, or on a sample without one."""
    event = MessageEvent(template.event)
    words = sample_words(rules.variables_of(event))
    branch = template.branch
    if order is not None:
        words |= _only(told_of_order(order, event).words, words) | _examples(order, words)
        branch = order.branch
    subject, body = Worded(template.subject, template.body, template.language).rendered(words)
    if template.channel == Channel.SMS:
        return Preview("", body, "", rules.segments(body))
    return Preview(subject, body, letter_in(subject, body, template.language, branch), None)


def _only(words: Mapping[str, str | None], names: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: text for name, text in words.items() if name in names}


def _examples(order: RepairOrder, names: Mapping[str, Any]) -> dict[str, str | None]:
    """Of what only the event itself knows, something that this order could say."""
    said, now = words_for(order.customer.locale, order.branch.timezone), timezone.now()
    made = {
        "amount": said.money(order.total, order.currency),
        "ready_since": said.day_of(order.status_since),
        "valid_until": said.minute(now + timedelta(days=14)),
        "promised": said.minute(order.estimated_completion or now + timedelta(days=1)),
    }
    return _only(made, names)
