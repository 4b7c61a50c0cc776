"""A new account of one's own, and the proof of its e-mail address."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors, services
from apps.accounts.enums import Role
from apps.accounts.forms import RegisterForm, ResendForm, VerifyForm
from apps.accounts.models import User
from apps.core.admin_site import actor_of
from apps.dashboard.views.access import first_page, shown, submitted

RESENT = "If this address is not confirmed yet, another code is on its way. It works for ten minutes."
# Where Django's session keeps who has registered in this browser: only that account is judged by the code.
_CLAIMANT = "mendery.claimant"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Makes an account. The answer is the same whether or not the address is known."""
    if request.user.is_authenticated:
        return redirect(first_page(request.user.role))
    if request.method != "POST":
        return shown(request, "dashboard/register.html", RegisterForm(request=request))
    form = RegisterForm(request.POST, request=request)
    status = submitted(form, partial(_register, form, request))
    if status != 200:
        return shown(request, "dashboard/register.html", form, status)
    return redirect("dashboard:verify")


def _register(form: RegisterForm, request: HttpRequest) -> None:
    given = form.cleaned_data
    names = ("first_name", "last_name", "email", "phone_number")
    new = services.NewAccount(**{name: given[name] for name in names}, role=Role(given["role"]))
    user = services.claim_account(new, given["password"], actor=actor_of(request))
    request.session.cycle_key()
    request.session[_CLAIMANT] = str(user.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Takes the code that was sent to a new address, or has another one sent."""
    claimant = _claimant(request)
    whose = claimant.email if claimant else ""
    if claimant is not None and claimant.is_verified:
        return _verified(request, claimant)
    form, status = VerifyForm(request=request, whose=whose), 200
    if request.POST.get("do") == "resend":
        return _resend(request, claimant)
    if request.method == "POST":
        form = VerifyForm(request.POST, request=request, whose=whose)
        proven: list[User] = []
        status = submitted(form, lambda: proven.append(_verify(form, request, claimant)))
        if status == 200:
            return _verified(request, proven[0])
    return shown(request, "dashboard/verify.html", form, status, whose=whose)


def _claimant(request: HttpRequest) -> User | None:
    if request.user.is_authenticated:
        return request.user
    name = request.session.get(_CLAIMANT)
    return selectors.active_user(UUID(name)) if name else None


def _verify(form: VerifyForm, request: HttpRequest, claimant: User | None) -> User:
    return services.verify(form.meant, form.cleaned_data["code"], claimant=claimant, actor=actor_of(request))


def _resend(request: HttpRequest, claimant: User | None) -> HttpResponse:
    whose, actor = claimant.email if claimant else "", actor_of(request)
    resend = ResendForm(request.POST, request=request, whose=whose)
    status = submitted(resend, lambda: services.resend_code(resend.meant, claimant=claimant, actor=actor))
    if status == 200:
        messages.success(request, RESENT)
        return redirect("dashboard:verify")
    form = VerifyForm(request=request, whose=whose)
    form.retry_after = resend.retry_after
    return shown(request, "dashboard/verify.html", form, status, problem=resend.errors, whose=whose)


def _verified(request: HttpRequest, user: User) -> HttpResponse:
    """On to the log-in: whoever has read the mail need not be who sits here."""
    request.session.pop(_CLAIMANT, None)
    if request.user.is_authenticated:
        messages.success(request, "The address is confirmed.")
        return redirect("dashboard:account")
    then = "An admin of the shop has to let you in now." if user.awaits_approval else "You can log in."
    messages.success(request, f"The address is confirmed. {then}")
    return redirect("dashboard:login")
