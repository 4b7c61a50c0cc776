"""Who gets to a page, and how what a form asks for is done once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from apps.accounts.enums import STAFF
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.api.errors import STATUS
from apps.core.api.renderers import request_id_of
from apps.core.client_address import client_address
from apps.core.db import retrying
from apps.core.exceptions import Conflict, DomainError, Forbidden, NotFound
from apps.dashboard.forms import PageForm

Page = Callable[..., HttpResponse]
NOT_FOR_CUSTOMERS = (
    "These pages are for the staff of the shop. Customers follow a repair by the link that they were sent."
)


def for_staff(page: Page) -> Page:
    """A page for members of staff, which is given the ``actor``; it is never kept by a cache or the way back."""

    @wraps(page)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        # Whoever has logged in is a user of ours.
        user = cast(User, request.user)
        if user.role not in STAFF:
            raise PermissionDenied(NOT_FOR_CUSTOMERS)
        actor = Actor.user(user, request_id=request_id_of(request), address=client_address(request))
        try:
            return page(request, actor=actor, **kwargs)
        except NotFound as refusal:
            raise Http404(refusal.message) from None
        except Forbidden as refusal:
            raise PermissionDenied(refusal.message) from None

    return never_cache(login_required(guarded))


def submitted(form: PageForm, work: Callable[[], object]) -> int:
    """Do what a form asks for: 200, or the status of the refusal, which the form then shows."""
    if not form.is_valid():
        return 400
    try:
        retrying(work)
    except DomainError as refusal:
        form.refuse(refusal)
        return STATUS[refusal.code]
    return 200


def once(work: Callable[[], object], is_done: Callable[[], bool]) -> None:
    """Run ``work`` unless a copy of the same form has done it already, be it at this very moment."""
    if is_done():
        return
    try:
        work()
    except IntegrityError:
        if not is_done():
            raise Conflict("This form has been used already; open the page again.") from None
