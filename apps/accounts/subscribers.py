"""What the accounts do when Django tells of a log-in: the pages' are events like those of the interface."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address


@receiver(user_logged_in)
def note_page_login(request: HttpRequest, user: User, **_: Any) -> None:
    actor = Actor.user(user, request_id=request_id_of(request), address=client_address(request))
    services.note_page_login(user, actor=actor)
