"""The way in, for the pages and the back office alike; the way out is Django's."""

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors
from apps.accounts.enums import ChallengePurpose
from apps.accounts.forms import LoginForm
from apps.accounts.services import passkeys
from apps.core.admin_site import actor_of
from apps.dashboard.views.access import first_page, way_on
from apps.dashboard.views.second_factor import ask, come_in, open_challenge

OVER = "That took too long, or too many tries. Log in again."
# Where Django's session keeps the step between the password and the second factor.
_WAITING = "mendery.log_in"


class LoginPage(LoginView):
    """Asks for the password. A ``next`` that leads to another site is not followed."""

    template_name = "dashboard/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return first_page(getattr(self.request.user, "role", ""))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if not selectors.has_second_factor(user.pk):
            return super().form_valid(form)
        challenge = passkeys.begin_proving(user, ChallengePurpose.LOG_IN)
        self.request.session.cycle_key()
        self.request.session[_WAITING] = {"challenge": str(challenge.pk), "next": self.get_redirect_url()}
        return redirect("dashboard:second-factor")

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        retry_after = getattr(form, "retry_after", None)
        if retry_after is not None:
            response.status_code = getattr(form, "status", 429)
            response["Retry-After"] = str(retry_after)
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for the second factor of whoever knew the password; whoever is in already goes on."""
    waiting = request.session.get(_WAITING, {})
    if request.user.is_authenticated:
        return redirect(way_on(request, waiting.get("next")))
    challenge = open_challenge(waiting.get("challenge"), ChallengePurpose.LOG_IN)
    if challenge is None:
        return _begin_again(request)
    answer = ask(request, challenge, "dashboard/second_factor.html", actor=actor_of(request))
    if answer is not None:
        # Was that the last try that is heard?
        still = open_challenge(waiting["challenge"], ChallengePurpose.LOG_IN)
        return answer if still else _begin_again(request)
    request.session.pop(_WAITING, None)
    come_in(request, challenge)
    return redirect(way_on(request, waiting.get("next")))


def _begin_again(request: HttpRequest) -> HttpResponse:
    if request.session.pop(_WAITING, None) is not None:
        messages.warning(request, OVER)
    return redirect("dashboard:login")
