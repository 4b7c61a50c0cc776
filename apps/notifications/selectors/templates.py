"""Who sees and words which templates, and what comes with Mendery."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.accounts.rules import Reach, Right, reach
from apps.core.actor import Actor
from apps.inventory.models import Branch
from apps.inventory.selectors import branches_within
from apps.notifications import rules
from apps.notifications.content import WORDINGS
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import MessageTemplate, OrderMute
from apps.notifications.selectors.wording import default_wording
from apps.repairs.models import RepairOrder


@dataclass(frozen=True)
class DefaultTemplate:
    """The words of Mendery for an event, a channel and a language, and the variables that there are for it."""

    event: str
    channel: str
    language: str
    subject: str
    body: str
    variables: list[str]


def templates_visible_to(actor: Actor) -> QuerySet[MessageTemplate]:
    """The templates that hold in the branches that ``actor`` words: their own, and those of all."""
    if reach(actor, Right.MESSAGES_SETTLE) is Reach.NONE:
        return MessageTemplate.objects.none()
    own = Q(branch__in=branches_within(actor, Right.MESSAGES_SETTLE))
    return MessageTemplate.objects.filter(Q(branch=None) | own)


def templates_worded_by(actor: Actor) -> QuerySet[MessageTemplate]:
    """Those of them that ``actor`` may change: what holds everywhere is for who words every branch."""
    visible = templates_visible_to(actor)
    return visible if reach(actor, Right.MESSAGES_SETTLE) is Reach.ALL else visible.filter(branch__isnull=False)


def may_word(actor: Actor, branch: Branch | None) -> bool:
    """Whether ``actor`` may write the words of this branch, or with ``None`` of all."""
    if branch is None:
        return reach(actor, Right.MESSAGES_SETTLE) is Reach.ALL
    return branches_within(actor, Right.MESSAGES_SETTLE).filter(pk=branch.pk).exists()


def default_templates() -> list[DefaultTemplate]:
    """All words that come with Mendery."""
    return [
        _default(event, channel, language) for language in WORDINGS for event in rules.WORDED for channel in Channel
    ]


def _default(event: MessageEvent, channel: Channel, language: str) -> DefaultTemplate:
    worded = default_wording(event, channel, language)
    variables = sorted(rules.variables_of(event))
    return DefaultTemplate(event.value, channel.value, language, worded.subject, worded.body, variables)


def is_muted(order: RepairOrder) -> bool:
    """Whether nobody is written to about this order."""
    return OrderMute.objects.filter(order=order).exists()
