"""The page of an e-mail's link by which its reader wants no more of them; mail programs call it by themselves (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from apps.core.admin_site import actor_of
from apps.dashboard.views.links import behind_link
from apps.notifications import selectors, services
from apps.notifications.enums import Channel


# A mail program has neither cookies nor our form: the token is what it comes with.
@csrf_exempt
@behind_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET changes nothing, since mail servers open links; a POST ends these e-mails, or with ``again`` resumes them."""
    customer, purpose = selectors.unsubscriber(token)
    if request.method == "POST":
        services.decide_by_link(token, granted="again" in request.POST, actor=actor_of(request))
    ended = Channel.EMAIL in selectors.refused_channels(customer.pk, purpose)
    return render(request, "track/unsubscribe.html", {"ended": ended, "purpose": purpose})
