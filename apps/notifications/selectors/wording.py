"""Which words an event is told in: the shop's own, else those that come with Mendery."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from apps.notifications import rules
from apps.notifications.content import DEFAULT_LANGUAGE, WORDINGS
from apps.notifications.enums import Channel, MessageEvent
from apps.notifications.models import MessageTemplate


@dataclass(frozen=True)
class Worded:
    """Subject and body as Liquid templates, their language, and the version of the shop's own (0: Mendery's)."""

    subject: str
    body: str
    language: str
    version: int = 0

    def rendered(self, words: Mapping[str, str | None]) -> tuple[str, str]:
        return rules.one_line(self.subject, words), rules.rendered(self.body, words)


def wording_of(event: MessageEvent, channel: Channel, locale: str, branch_id: UUID) -> Worded:
    """In the language of ``locale`` (``de-AT``) if there are words in it, else in English; of the shop's own templates
    that of the branch before that of all. One statement.
    """
    language = locale.replace("_", "-").partition("-")[0].lower()
    own = MessageTemplate.objects.filter(
        Q(branch_id=branch_id) | Q(branch=None), event=event, channel=channel, language=language, is_active=True
    )
    template = own.order_by(F("branch").asc(nulls_last=True)).first()
    if template is not None:
        return Worded(template.subject, template.body, language, template.version)
    return default_wording(event, channel, language)


def default_wording(event: MessageEvent, channel: Channel, language: str) -> Worded:
    """What comes with Mendery."""
    spoken = language if language in WORDINGS else DEFAULT_LANGUAGE
    wording = WORDINGS[spoken][event]
    return Worded(wording.subject if channel == Channel.EMAIL else "", _body(wording, channel), spoken)


def _body(wording: object, channel: Channel) -> str:
    return str(getattr(wording, "sms" if channel == Channel.SMS else "email"))
