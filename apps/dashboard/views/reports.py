"""Reports: asked for, looked at and printed."""

from functools import partial
from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.rules import Right, require
from apps.core.actor import Actor
from apps.dashboard.forms.reports import ReportForm
from apps.dashboard.views.access import for_staff, once, submitted
from apps.inventory.selectors import branches_within
from apps.reports import selectors, services
from apps.reports.enums import ReportStatus

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def reports(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The latest reports, and the form for another one."""
    require(actor, Right.REPORTS_READ)
    branches = branches_within(actor, Right.REPORTS_READ).order_by("name")
    today = timezone.now().date()
    form = ReportForm(request.POST if request.method == "POST" else None, branches=branches, initial={"day": today})
    status = 200
    if request.method == "POST":
        status = submitted(form, partial(_ask, form, actor))
        if status == 200:
            return redirect("dashboard:report", pk=form.cleaned_data["id"])
    found = selectors.reports_visible_to(actor).defer("data").select_related("branch")[:SHOWN]
    return render(request, "dashboard/reports.html", {"nav": "reports", "reports": found, "form": form}, status=status)


def _ask(form: ReportForm, actor: Actor) -> None:
    given = form.cleaned_data
    wanted = services.ReportRequest(
        given["period"], given["branch"], given["day"], given["first_day"], given["last_day"], id=given["id"]
    )
    is_asked = selectors.reports_visible_to(actor).filter(pk=given["id"]).exists
    once(partial(services.ask_report, wanted, actor=actor), is_asked)


@require_safe
@for_staff
def report(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """One report, made to be printed; until it is made the page asks again by itself."""
    require(actor, Right.REPORTS_READ)
    found = selectors.get_report(pk, actor=actor)
    response = render(request, "dashboard/report.html", {"nav": "reports", "report": found, "data": found.data})
    if found.status == ReportStatus.WAITING:
        response["Refresh"] = "2"
    return response


@require_safe
@for_staff
def report_csv(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """The figures of a report as a sheet."""
    require(actor, Right.REPORTS_READ)
    found = selectors.get_report(pk, actor=actor)
    name = f"report-{found.branch.code}-{found.first_day}-{found.last_day}.csv"
    file = FileResponse(services.report_csv(found), as_attachment=True, filename=name, content_type="text/csv")
    return cast(HttpResponse, file)
