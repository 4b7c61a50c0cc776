"""The customer's page: a link that cannot be guessed, and no log-in."""

from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core.admin_site import actor_of
from apps.core.api.files import attachment
from apps.dashboard.forms import AnswerForm
from apps.dashboard.forms.tracking import LINE
from apps.dashboard.views.access import submitted
from apps.dashboard.views.links import behind_link, file_behind_link
from apps.repairs import selectors, services


@behind_link
def track(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows; a POST answers the quote."""
    page = selectors.tracked(token, timezone.now())
    return _answer(request, token, page) if request.method == "POST" else _show(request, token, page)


@require_safe
@file_behind_link
def tracked_file(request: HttpRequest, token: str, *, pk: UUID, thumbnail: bool = False) -> HttpResponse:
    """A file that is meant for whoever has the link, as a download; pages may show the small form, which is our own."""
    name, media, file = selectors.open_tracked_file(token, pk, thumbnail=thumbnail)
    return cast(HttpResponse, attachment(file, name, media))


def _answer(request: HttpRequest, token: str, page: selectors.Tracked) -> HttpResponse:
    form = AnswerForm(request.POST)

    def decide() -> None:
        said = form.cleaned_data
        approved = said["answer"] == "approve"
        lines = said["chosen"] if approved else None
        wanted = services.DecisionRequest(approved, said["version"], said["name"], lines, said["reason"])
        services.decide_by_link(token, wanted, actor=actor_of(request))

    status = submitted(form, decide)
    if status == 200:
        return redirect("track", token=token)
    now = selectors.tracked(token, timezone.now())
    # What was chosen from a version that was overtaken says nothing about the next one.
    overtaken = now.quote is None or str(now.quote.version) != request.POST.get("version")
    return _show(request, token, now, status, form, None if overtaken else _chosen_in(request.POST))


def _show(
    request: HttpRequest,
    token: str,
    page: selectors.Tracked,
    status: int = 200,
    form: AnswerForm | None = None,
    chosen: frozenset[str] | None = None,
) -> HttpResponse:
    context = {
        "page": page,
        "token": token,
        "zone": ZoneInfo(page.shop.timezone),
        "form": form or AnswerForm(),
        "chosen": _as_it_stands(page) if chosen is None else chosen,
    }
    return render(request, "track/page.html", context, status=status)


def _as_it_stands(page: selectors.Tracked) -> frozenset[str]:
    return frozenset(str(line.id) for line in (page.quote.lines if page.quote else ()))


def _chosen_in(sent: QueryDict) -> frozenset[str]:
    return frozenset(sent.get(name, "") for name in sent if name.startswith(LINE))
