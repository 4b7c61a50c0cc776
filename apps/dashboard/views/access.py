"""Who gets to a page, and how what a form asks for is done once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from apps.accounts.enums import STAFF
from apps.accounts.exceptions import MfaRequired, TokenRevoked
from apps.accounts.middleware import page_session
from apps.accounts.models import Session
from apps.accounts.services import require_factor_of_role
from apps.core.admin_site import actor_of
from apps.core.api.errors import STATUS
from apps.core.db import retrying
from apps.core.exceptions import Conflict, DomainError, Forbidden, NotFound

Page = Callable[..., HttpResponse]
NOT_FOR_CUSTOMERS = (
    "These pages are for the staff of the shop. Customers follow a repair by the link that they were sent."
)


class RefusableForm(Protocol):
    """What ``submitted`` needs of a form."""

    def is_valid(self) -> bool: ...

    def refuse(self, refusal: DomainError) -> None: ...


def for_everybody(page: Page) -> Page:
    """A page for whoever has logged in, which is given the ``actor`` and their ``session``.

    It is never kept by a cache or the way back. What needs a second factor leads to where one is given, and back.
    """

    @wraps(page)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        session = page_session(request)
        if session is None:
            return redirect_to_login(request.get_full_path())
        try:
            return page(request, actor=actor_of(request), session=session, **kwargs)
        except MfaRequired:
            return redirect_to_login(request.get_full_path(), settings.SECOND_FACTOR_URL)
        except TokenRevoked:
            return redirect_to_login(request.get_full_path())
        except NotFound as refusal:
            raise Http404(refusal.message) from None
        except Forbidden as refusal:
            raise PermissionDenied(refusal.message) from None

    return never_cache(guarded)


def for_staff(page: Page) -> Page:
    """As ``for_everybody``, for members of staff who have given the second factor that their role needs."""

    @wraps(page)
    def guarded(request: HttpRequest, *, session: Session, **kwargs: Any) -> HttpResponse:
        if session.user.role not in STAFF:
            if request.path == resolve_url("dashboard:home"):
                return redirect("dashboard:account")
            raise PermissionDenied(NOT_FOR_CUSTOMERS)
        require_factor_of_role(session.user, session)
        return page(request, **kwargs)

    return for_everybody(guarded)


def submitted(form: RefusableForm, work: Callable[[], object]) -> int:
    """Do what a form asks for: 200, or the status of the refusal, which the form then shows."""
    if not form.is_valid():
        return 429 if getattr(form, "retry_after", None) else 400
    try:
        retrying(work)
    except MfaRequired:
        raise  # nothing to say on the form: the second factor is asked for on a page of its own
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


def shown(request: HttpRequest, template: str, form: BaseForm, status: int = 200, **context: Any) -> HttpResponse:
    """A page with a form; a refusal that ends by itself says when."""
    response = render(request, template, {"form": form, **context}, status=status)
    retry_after = getattr(form, "retry_after", None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def way_on(request: HttpRequest, wanted: str | None) -> str:
    """``wanted`` if it leads to a page of ours, else the first page of whoever has logged in."""
    own = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=own, require_https=request.is_secure()):
        return wanted
    return first_page(getattr(request.user, "role", ""))


def first_page(role: str) -> str:
    """Where a log-in leads to when nothing was asked for."""
    return resolve_url("dashboard:home" if role in STAFF else "dashboard:account")
