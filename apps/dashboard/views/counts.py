"""Counting stock: with a scanner or by hand, on the page of one count."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, DomainError, NotFound
from apps.dashboard.forms import PageForm
from apps.dashboard.forms import counting as forms
from apps.dashboard.selectors import counting as pages
from apps.dashboard.views.access import for_staff, once, submitted
from apps.inventory import selectors, services
from apps.inventory.models import CountLine, StockCount
from apps.inventory.services import CountEntryRequest

Action = Callable[[HttpRequest, StockCount, Actor], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def counts(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The counts, and for managers the start of another one."""
    require(actor, Right.STOCK_COUNT)
    form, status = None, 200
    if pages.may_manage(actor):
        asked: dict[str, Any] = {
            "branches": selectors.branches_within(actor, Right.STOCK_MANAGE),
            "categories": selectors.categories_by_name(),
        }
        form = forms.StartForm(request.POST if request.method == "POST" else None, **asked)
    if request.method == "POST":
        require(actor, Right.STOCK_MANAGE)
        assert form is not None
        status = submitted(form, partial(_start, form, actor))
        if status == 200:
            return redirect("dashboard:count", pk=form.cleaned_data["id"])
    context = {"nav": "counts", "counts": pages.recent_counts(actor), "form": form}
    return render(request, "dashboard/counts.html", context, status=status)


def _start(form: forms.StartForm, actor: Actor) -> None:
    given = form.cleaned_data
    wanted = services.CountRequest(given["branch"], given["category"], given["is_blind"], id=given["id"])
    done_once(partial(services.start_count, wanted, actor=actor), partial(pages.is_started, given["id"], actor))


def done_once(work: Callable[[], object], is_done: Callable[[], bool]) -> None:
    """As ``once``; the copy of a form that waited for the first one is refused by the state that the first has made."""
    try:
        once(work, is_done)
    except Conflict:
        if not is_done():
            raise


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def count(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """Where scans go in; a POST names what it wants in ``do``."""
    found = selectors.get_count(pk, actor=actor)
    if request.method != "POST":
        return _show(request, found, actor, line=_line_named(found, request.GET.get("line", "")))
    action = _ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise BadRequest("This form is not known.")
    return action(request, found, actor)


def _scan(request: HttpRequest, count: StockCount, actor: Actor) -> HttpResponse:
    form = forms.ScanForm(request.POST)
    return _enter(request, count, actor, form, lambda given: CountEntryRequest(code=given["code"], id=given["id"]))


def _add_unit(request: HttpRequest, count: StockCount, actor: Actor) -> HttpResponse:
    form = forms.UnitForm(request.POST)
    return _enter(
        request,
        count,
        actor,
        form,
        lambda given: CountEntryRequest(
            item_id=given["item_code"], serial_number=given["serial_number"], id=given["id"]
        ),
    )


def _set_total(request: HttpRequest, count: StockCount, actor: Actor) -> HttpResponse:
    form = forms.TotalForm(request.POST)
    return _enter(
        request,
        count,
        actor,
        form,
        lambda given: CountEntryRequest(
            item_id=selectors.get_count_line(count, given["line"]).item_id, total=given["total"], id=given["id"]
        ),
    )


def _take_back(request: HttpRequest, count: StockCount, actor: Actor) -> HttpResponse:
    form = forms.LineForm(request.POST)
    return _enter(
        request,
        count,
        actor,
        form,
        lambda given: CountEntryRequest(
            item_id=selectors.get_count_line(count, given["line"]).item_id, quantity=-1, id=given["id"]
        ),
    )


def _recount(request: HttpRequest, count: StockCount, actor: Actor) -> HttpResponse:
    form = forms.LineForm(request.POST)
    status = submitted(form, lambda: services.recount_line(count.pk, form.cleaned_data["line"], actor=actor))
    if status != 200:
        return _show(request, count, actor, status, tried=form)
    return redirect(_address(count, form.cleaned_data["line"]))


def _enter(
    request: HttpRequest,
    count: StockCount,
    actor: Actor,
    form: PageForm,
    entry: Callable[[dict[str, Any]], CountEntryRequest],
) -> HttpResponse:
    entered: list[CountLine] = []

    def work() -> None:
        entered.append(services.enter_count(count.pk, entry(form.cleaned_data), actor=actor))

    status = submitted(form, work)
    if status != 200:
        return _show(request, count, actor, status, tried=form)
    return redirect(_address(count, entered[-1].pk))


_ACTIONS: dict[str, Action] = {
    "scan": _scan, "unit": _add_unit, "total": _set_total, "undo": _take_back, "recount": _recount,
}  # fmt: skip


def _address(count: StockCount, line_id: UUID) -> str:
    return reverse("dashboard:count", args=[count.pk]) + "?" + urlencode({"line": str(line_id)})


def _line_named(count: StockCount, text: str) -> CountLine | None:
    try:
        return selectors.get_count_line(count, UUID(text))
    except (ValueError, NotFound):
        return None


def _show(
    request: HttpRequest,
    count: StockCount,
    actor: Actor,
    status: int = 200,
    *,
    line: CountLine | None = None,
    tried: PageForm | None = None,
) -> HttpResponse:
    """The page; ``line`` is what was counted last, ``tried`` the form that was refused, of which only why is shown."""
    if tried is not None and "line" in tried.fields:
        line = _line_named(count, tried.data.get("line", ""))
    last = pages.shown(count, [line] if line else [], actor, units=True)
    context = {
        "nav": "counts",
        "count": count,
        "totals": selectors.count_totals(count),
        "last": last[0] if last else None,
        "errors": tried.errors if tried is not None else None,
        "scan": forms.ScanForm(auto_id="scan_%s"),
        "unit": _unit_form(tried),
        "line_form": forms.LineForm(initial={"line": line.pk}, auto_id=False) if line else None,
        "total_form": forms.TotalForm(initial={"line": line.pk}, auto_id="total_%s") if line else None,
        "recent": pages.shown(count, selectors.counted_last(count, pages.LAST), actor),
        "may_manage": pages.may_manage(actor),
    }
    return render(request, "dashboard/count.html", context, status=status)


def _unit_form(tried: PageForm | None) -> forms.UnitForm | None:
    """For a code that is the number of no unit yet, or that of an item whose units are scanned one by one."""
    if isinstance(tried, forms.UnitForm):
        return forms.UnitForm(
            auto_id="unit_%s", initial={name: tried.data.get(name, "") for name in ("item_code", "serial_number")}
        )
    if not isinstance(tried, forms.ScanForm) or not tried.is_bound:
        return None
    code = tried.data.get("code", "").strip()
    if not code:
        return None
    try:
        item = selectors.items_with_code(code)[0]
    except DomainError:
        return forms.UnitForm(auto_id="unit_%s", initial={"serial_number": code})
    return forms.UnitForm(auto_id="unit_%s", initial={"item_code": item.sku}) if item.tracks_serials else None
