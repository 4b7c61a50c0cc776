"""The jobs that send mail, run at once, and the mail that came of it."""

from __future__ import annotations

import re

from django.core import mail

from apps.audit import services as audit
from apps.notifications import services as notifications


def post() -> list[tuple[str, str]]:
    """Send what is waiting; recipient and subject of each mail that was sent by this."""
    before = len(mail.outbox)
    audit.sweep()
    notifications.sweep()
    return [(", ".join(message.to), message.subject) for message in mail.outbox[before:]]


def code_for(address: str) -> str:
    """The code in the newest mail with one to ``address``, once what is waiting has been sent."""
    post()
    texts = [str(message.body) for message in mail.outbox if message.to == [address]]
    codes = re.findall(r"Your code is (\d{6})\.", "\n".join(texts))
    assert codes, texts
    return str(codes[-1])
