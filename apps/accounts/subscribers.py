"""What the accounts do when Django tells of a log-in or log-out: the pages' are like those of the interface."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.middleware import LINK, SECOND_FACTOR_AT
from apps.accounts.models import User
from apps.accounts.models.customer import CUSTOMER_WORDS
from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address


@receiver(user_logged_in)
def open_page_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Lead the browser's session to one of ours. Without one, whoever has just logged in is nobody at the next page."""
    actor = _actor(request, user)
    _end(request, user, actor)  # the same person may have been in
    device = services.Device(actor.address, request.headers.get("User-Agent", ""))
    lifetime = timedelta(seconds=request.session.get_expiry_age())
    given_at = request.META.get(SECOND_FACTOR_AT)
    session = services.open_page_session(user, device, lifetime, actor=actor, second_factor_at=given_at)
    if session is not None:
        request.session[LINK] = str(session.pk)


@receiver(user_logged_out)
def end_page_session(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _end(request, user, _actor(request, user))


def _end(request: HttpRequest, user: User, actor: Actor) -> None:
    link = request.session.pop(LINK, None)
    if link is not None:
        services.end_page_session(UUID(link), user.pk, actor=actor)


def _actor(request: HttpRequest, user: User) -> Actor:
    return Actor.user(user, request_id=request_id_of(request), address=client_address(request))


@receiver(post_migrate)
def keep_search_index(sender: AppConfig, using: str, **_: Any) -> None:
    """See to the index of customers after every migration, for the reasons of the one over items."""
    if sender.name == "apps.accounts" and CUSTOMER_WORDS.table in connections[using].introspection.table_names():
        CUSTOMER_WORDS.ensure(connections[using])
