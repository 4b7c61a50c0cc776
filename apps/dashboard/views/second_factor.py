"""Asks for a second factor: a code, or a passkey where the address of the page can have any."""

import ipaddress
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors, services
from apps.accounts.enums import ChallengePurpose
from apps.accounts.forms import ProofForm
from apps.accounts.middleware import SECOND_FACTOR_AT
from apps.accounts.models import Challenge, Session
from apps.accounts.services import passkeys
from apps.accounts.services.passkeys import RelyingParty
from apps.core.actor import Actor
from apps.dashboard.views.access import first_page, for_everybody, shown, submitted, way_on

SET_ONE_UP = "Your role needs a second factor. Set one up to go on."
# Where Django's session keeps the step at which somebody confirms what they are about to do.
_CONFIRMING = "mendery.confirm"


@require_http_methods(["GET", "HEAD", "POST"])
@for_everybody
def confirm(request: HttpRequest, *, actor: Actor, session: Session) -> HttpResponse:
    """Asks for the second factor within a session, and goes back to where it was missed."""
    wanted = request.GET.get("next", "")
    if not selectors.has_second_factor(session.user_id):
        messages.warning(request, SET_ONE_UP)
        return redirect(f"{resolve_url('dashboard:authenticator')}?{urlencode({'next': wanted})}")
    challenge = open_challenge(request.session.get(_CONFIRMING), ChallengePurpose.STEP_UP)
    if challenge is None or challenge.user_id != session.user_id:
        challenge = passkeys.begin_proving(session.user, ChallengePurpose.STEP_UP)
        request.session[_CONFIRMING] = str(challenge.pk)
    answer = ask(request, challenge, "dashboard/confirm.html", actor=actor, home=first_page(session.user.role))
    if answer is not None:
        return answer
    del request.session[_CONFIRMING]
    return redirect(way_on(request, wanted))


def open_challenge(name: str | None, purpose: ChallengePurpose) -> Challenge | None:
    """The step that Django's session remembers under this name, while it still waits."""
    return services.open_challenge(UUID(name), purpose) if name else None


def ask(
    request: HttpRequest, challenge: Challenge, template: str, *, actor: Actor, **context: Any
) -> HttpResponse | None:
    """The page that asks for a second factor, again if need be; nothing once the challenge has been passed."""
    form, status = ProofForm(request=request, whose=f"account {challenge.user_id}"), 200
    if request.method == "POST":
        form = ProofForm(request.POST, request=request, whose=form.whose)
        status = submitted(form, partial(_prove, challenge, form, party_of(request), actor))
        if status == 200:
            return None
        challenge.refresh_from_db()
    party = party_of(request)
    options = passkeys.options_to_prove(challenge, party) if party else ""
    return shown(request, template, form, status, options=options, **context)


def _prove(challenge: Challenge, form: ProofForm, party: RelyingParty | None, actor: Actor) -> None:
    purpose, given = ChallengePurpose(challenge.purpose), form.cleaned_data
    if given["answer"] and party is not None:
        passkeys.prove(challenge.pk, purpose, given["answer"], party, actor=actor, user_id=challenge.user_id)
        return
    judge = services.by_code(given["code"])
    services.pass_challenge(challenge.pk, purpose, judge, actor=actor, user_id=challenge.user_id)


def come_in(request: HttpRequest, challenge: Challenge) -> None:
    """Log whoever passed the challenge in to this browser; the session counts as one with a second factor."""
    request.META[SECOND_FACTOR_AT] = timezone.now()
    login(request, challenge.user)


def party_of(request: HttpRequest) -> RelyingParty | None:
    """Where passkeys are valid that are used on this page; nowhere if it was opened by a bare address.

    The host is one of ``settings.ALLOWED_HOSTS``: Django answers no other.
    """
    address = request.get_host().lower()
    host, _ = split_domain_port(address)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return RelyingParty(host, f"{request.scheme}://{address}")
    return None
