"""One's own account: names, password, second factors, and where one is logged in."""

from functools import partial, wraps
from textwrap import wrap
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors, services
from apps.accounts.enums import STAFF, SessionEnd
from apps.accounts.forms import AuthenticatorForm, NameForm, NewPasskeyForm, OwnPasswordForm, RemoveAuthenticatorForm
from apps.accounts.models import Session
from apps.accounts.services import passkeys
from apps.core.actor import Actor
from apps.core.exceptions import Forbidden
from apps.dashboard.views.access import Page, for_everybody, shown, submitted, way_on
from apps.dashboard.views.second_factor import party_of

NOT_HERE = "Passkeys need a name instead of a number in the address of this page."


def action(page: Page) -> Page:
    """What a button of the account's page does. Whoever comes to its address in another way is shown that page."""

    @wraps(page)
    def acting(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return page(request, **kwargs) if request.method == "POST" else redirect("dashboard:account")

    return for_everybody(acting)


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def account(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """What one is called, and the state of everything that keeps the account one's own."""
    user = session.user
    names = {"first_name": user.first_name, "last_name": user.last_name}
    form, status = NameForm(initial=names), 200
    if request.method == "POST":
        form = NameForm(request.POST)
        status = submitted(form, lambda: services.update_user(user.pk, form.cleaned_data, actor=actor))
        if status == 200:
            messages.success(request, "Your name was changed.")
            return redirect("dashboard:account")
    found = {
        "authenticator": selectors.authenticator_of(user.pk),
        "passkeys": selectors.passkeys_of(user.pk),
        "codes_left": selectors.recovery_codes_left(user.pk),
        "sessions": selectors.own_sessions(actor),
    }
    may_add = user.role in STAFF and party_of(request) is not None
    return shown(
        request,
        "dashboard/account.html",
        form,
        status,
        session=session,
        may_add_passkey=may_add,
        nav="account",
        **found,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def password(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """A new password against the present one; this browser stays in, every other one is out."""
    whose = session.user.email
    form, status = OwnPasswordForm(request=request, whose=whose), 200
    if request.method == "POST":
        form = OwnPasswordForm(request.POST, request=request, whose=whose)
        status = submitted(form, partial(_change_password, form, session, actor))
        if status == 200:
            session.user.refresh_from_db()
            update_session_auth_hash(request, session.user)
            messages.success(request, "The password was changed. Every other session was ended.")
            return redirect("dashboard:account")
    return shown(request, "dashboard/account_password.html", form, status, nav="account")


def _change_password(form: OwnPasswordForm, session: Session, actor: Actor) -> None:
    given, device = form.cleaned_data, services.Device(session.address, session.device)
    services.change_own_password(session, given["current"], given["password"], device, actor=actor)


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def authenticator(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """Sets up an authenticator app: shows a new secret, then takes a code of it, then shows the recovery codes."""
    user, wanted = session.user, request.GET.get("next", "")
    services.require_recent_second_factor(actor)
    whose = f"account {user.pk}"
    form, status = AuthenticatorForm(request=request, whose=whose), 200
    if request.POST.get("do") == "begin":
        setup = services.begin_totp(user, actor=actor)
        return shown(
            request, "dashboard/authenticator.html", form, setup=setup, parts=wrap(setup.secret, 4), nav="account"
        )
    if request.method == "POST":
        form, codes = AuthenticatorForm(request.POST, request=request, whose=whose), list[str]()
        confirm = partial(services.confirm_totp, user, actor=actor)
        status = submitted(form, lambda: codes.extend(confirm(form.cleaned_data["code"])))
        if status == 200:
            return _recovery_codes(request, codes, wanted)
    asks = request.method == "POST"
    return shown(request, "dashboard/authenticator.html", form, status, asks=asks, nav="account")


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def remove_authenticator(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """Takes the authenticator app away, against the password and a code."""
    user = session.user
    whose = f"account {user.pk}"
    form, status = RemoveAuthenticatorForm(request=request, whose=whose), 200
    if request.method == "POST":
        form = RemoveAuthenticatorForm(request.POST, request=request, whose=whose)
        remove = partial(services.remove_totp, user, actor=actor)
        status = submitted(form, lambda: remove(form.cleaned_data["password"], form.cleaned_data["code"]))
        if status == 200:
            messages.success(request, "The authenticator app was removed.")
            return redirect("dashboard:account")
    elif selectors.authenticator_of(user.pk) is None:
        return redirect("dashboard:account")
    return shown(request, "dashboard/authenticator_remove.html", form, status, nav="account")


@action
def new_recovery_codes(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """Ten new recovery codes; the old ones are worth nothing any more."""
    return _recovery_codes(request, services.renew_recovery_codes(session.user, actor=actor), "")


def _recovery_codes(request: HttpRequest, codes: list[str], wanted: str) -> HttpResponse:
    context = {"codes": codes, "way_on": way_on(request, wanted or "/dashboard/account/"), "nav": "account"}
    return render(request, "dashboard/recovery_codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def add_passkey(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """Makes a passkey of this device or key one's second factor."""
    user, party = session.user, party_of(request)
    if party is None:
        raise Forbidden(NOT_HERE)
    form, status = NewPasskeyForm(request=request, whose=f"account {user.pk}"), 200
    if request.method == "POST":
        form, codes = NewPasskeyForm(request.POST, request=request, whose=form.whose), list[str]()
        add = partial(passkeys.add_passkey, user, party=party, actor=actor)
        status = submitted(form, lambda: codes.extend(add(**form.what_was_made())))
        if status == 200 and codes:
            return _recovery_codes(request, codes, "")
        if status == 200:
            messages.success(request, "The passkey was added.")
            return redirect("dashboard:account")
    challenge, options = passkeys.begin_adding(user, party, actor=actor)
    again = {"challenge": str(challenge.pk), "answer": ""}
    if form.is_bound:
        form.data = {**request.POST.dict(), **again}
    else:
        form.initial = again
    return shown(request, "dashboard/passkey_add.html", form, status, options=options, nav="account")


@action
def remove_passkey(request: HttpRequest, *, actor: Actor, session: Session, pk: UUID) -> HttpResponse:
    passkeys.remove_passkey(session.user, pk, actor=actor)
    messages.success(request, "The passkey was removed.")
    return redirect("dashboard:account")


@action
def end_session(request: HttpRequest, *, actor: Actor, session: Session, pk: UUID) -> HttpResponse:
    """Ends one of one's log-ins; this one as well, if it is named."""
    services.end_session(selectors.get_own_session(pk, actor=actor), SessionEnd.LOGOUT, actor=actor)
    if pk == session.pk:
        return redirect("dashboard:login")
    messages.success(request, "The session was ended.")
    return redirect("dashboard:account")


@action
def end_other_sessions(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    services.end_other_sessions(session.user_id, session.pk, SessionEnd.LOGOUT_ALL, actor=actor)
    messages.success(request, "Every other session was ended.")
    return redirect("dashboard:account")
