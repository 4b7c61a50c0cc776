"""Into a browser without the pages of the way in."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from apps.accounts import selectors, services
from apps.accounts.middleware import LINK
from apps.accounts.models import User
from apps.core.actor import Actor

A_WHILE_AGO = timedelta(hours=1)


def enter(client: Client, user: User) -> None:
    """Log ``user`` in; whoever has a second factor has given it an hour ago."""
    client.force_login(user)
    if not selectors.has_second_factor(user.pk):
        return
    device, given_at = services.Device("127.0.0.1", "tests"), timezone.now() - A_WHILE_AGO
    opened = services.open_page_session(
        user, device, timedelta(days=14), actor=Actor.user(user), second_factor_at=given_at
    )
    assert opened is not None
    session = client.session
    session[LINK] = str(opened.pk)
    session.save()
