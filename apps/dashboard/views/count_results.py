"""What a count has found, and posting it or giving it up."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.core.exceptions import Conflict
from apps.dashboard.forms import PageForm
from apps.dashboard.forms import counting as forms
from apps.dashboard.selectors import counting as pages
from apps.dashboard.views.access import for_staff, submitted
from apps.dashboard.views.counts import done_once
from apps.inventory import selectors, services
from apps.inventory.enums import CountStatus
from apps.inventory.models import StockCount

STAGES = {
    "": "All", "differing": "Differences", "disturbed": "Count again", "uncounted": "Not counted", "counted": "Counted"
}  # fmt: skip


@require_safe
@for_staff
def count_lines(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """What was counted of each item, and how that differs."""
    found = selectors.get_count(pk, actor=actor)
    is_told = selectors.shows_expected(found, actor)
    stages = {key: words for key, words in STAGES.items() if is_told or key != "differing"}
    stage = request.GET.get("show", "")
    stage = stage if stage in stages else ""
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    lines, more = pages.lines_of(found, stage, after)
    context = {
        "nav": "counts",
        "count": found,
        "rows": pages.shown(found, lines, actor),
        "is_told": is_told,
        "stage": stage,
        "stages": stages,
        "totals": selectors.count_totals(found),
        "next": after + pages.LINES if more else None,
        "may_manage": pages.may_manage(actor),
    }
    return render(request, "dashboard/count_lines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def post_count(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """What posting will change, and the button that does it; or gives the count up."""
    found = selectors.get_count(pk, actor=actor, right=Right.STOCK_MANAGE)
    if request.method == "POST" and request.POST.get("do") == "cancel":
        form: PageForm = PageForm(request.POST)
        return _close(request, found, actor, form, partial(services.cancel_count, pk, actor=actor))
    if request.method == "POST":
        form = forms.PostForm(request.POST)
        return _close(request, found, actor, form, lambda: _post(found, form, actor))
    return _show_effects(request, found, zero=request.GET.get("uncounted") == forms.ZERO)


def _post(count: StockCount, form: PageForm, actor: Actor) -> None:
    if count.status == CountStatus.OPEN and form.cleaned_data["seen"] != pages.seen(count):
        raise Conflict("Something was counted meanwhile: this is what posting would change now.")
    services.post_count(count.pk, actor=actor, zero_uncounted=form.cleaned_data["uncounted"] == forms.ZERO)


def _close(
    request: HttpRequest, count: StockCount, actor: Actor, form: PageForm, work: Callable[[], object]
) -> HttpResponse:
    to = CountStatus.CANCELLED if request.POST.get("do") == "cancel" else CountStatus.POSTED
    status = submitted(form, lambda: done_once(work, partial(pages.is_at, count.pk, to, actor)))
    if status == 200:
        messages.success(request, f"{count.number} was {to.label}.")
        return redirect("dashboard:count-lines", pk=count.pk)
    return _show_effects(request, count, status, zero=request.POST.get("uncounted") == forms.ZERO, tried=form)


def _show_effects(
    request: HttpRequest, count: StockCount, status: int = 200, *, zero: bool, tried: PageForm | None = None
) -> HttpResponse:
    if count.status != CountStatus.OPEN and tried is None:
        return redirect("dashboard:count-lines", pk=count.pk)
    found = pages.effects(count, zero=zero) if count.status == CountStatus.OPEN else []
    initial = {"uncounted": forms.ZERO if zero else forms.LEAVE, "seen": pages.seen(count)}
    context = {
        "nav": "counts",
        "count": count,
        "totals": selectors.count_totals(count),
        "effects": [effect for effect in found if not effect.change.problem],
        "problems": [effect.change for effect in found if effect.change.problem],
        "worth": sum(effect.value for effect in found),
        "zero": zero,
        "form": forms.PostForm(initial=initial),
        "errors": tried.errors if tried is not None else None,
    }
    return render(request, "dashboard/count_post.html", context, status=status)
