"""A forgotten password: have a code sent, and set a new password with it."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import services
from apps.accounts.forms import ForgottenForm, ResetForm
from apps.core.admin_site import actor_of
from apps.dashboard.views.access import shown, submitted

SENT = "If there is an account with this, a code is on its way to its e-mail address. It works for ten minutes."
# Where Django's session keeps what was typed, so that it need not be typed again, nor stand in an address.
_IDENTIFIER = "mendery.identifier"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks whose password is lost. The answer is the same for everybody."""
    if request.method != "POST":
        return shown(request, "dashboard/password_forgotten.html", ForgottenForm(request=request))
    form = ForgottenForm(request.POST, request=request)
    status = submitted(form, lambda: _request(form, request))
    if status != 200:
        return shown(request, "dashboard/password_forgotten.html", form, status)
    request.session[_IDENTIFIER] = form.cleaned_data["identifier"]
    messages.success(request, SENT)
    return redirect("dashboard:reset-password")


def _request(form: ForgottenForm, request: HttpRequest) -> None:
    services.request_reset(form.cleaned_data["identifier"], actor=actor_of(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Takes the code and the new password."""
    typed = {"identifier": request.session.get(_IDENTIFIER, "")}
    if request.method != "POST":
        return shown(request, "dashboard/password_reset.html", ResetForm(request=request, initial=typed))
    form = ResetForm(request.POST, request=request)
    status = submitted(form, partial(_reset, form, request))
    if status != 200:
        return shown(request, "dashboard/password_reset.html", form, status)
    request.session.pop(_IDENTIFIER, None)
    messages.success(request, "The password was changed, and every session was ended. Log in with the new one.")
    return redirect("dashboard:login")


def _reset(form: ResetForm, request: HttpRequest) -> None:
    given = form.cleaned_data
    services.reset_password(given["identifier"], given["code"], given["password"], actor=actor_of(request))
