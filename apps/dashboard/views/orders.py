"""The page of one order, and everything that its forms do."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.rules import Reach, Right, reach
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, NotFound
from apps.dashboard import forms, selectors
from apps.dashboard.views.access import for_staff, once, submitted
from apps.dashboard.views.papers import PAPERS_OF_AN_ORDER
from apps.dashboard.views.work import free_list
from apps.inventory.services import pick_serials
from apps.repairs import rules, services
from apps.repairs.enums import PaymentKind
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import get_assignable, get_order

Action = Callable[[HttpRequest, Actor, UUID], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def order(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """One order; a POST names what it wants in ``do``."""
    if request.method != "POST":
        return _show(request, actor, pk)
    action = _ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise BadRequest("This form is not known.")
    return action(request, actor, pk)


def _change_status(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    found = get_order(pk, actor=actor, right=Right.ORDERS_STATUS)
    form = forms.StatusForm(request.POST)
    status = submitted(form, lambda: _move(found, form, actor))
    if status == 200:
        return _done(request, pk, f"{found.order_number} is now {form.cleaned_data['to'].label}.")
    return _show(request, actor, pk, status=status, moving=form)


def _move(order: RepairOrder, form: forms.StatusForm, actor: Actor) -> None:
    to, expected, note = (form.cleaned_data[name] for name in ("to", "expected", "note"))
    try:
        services.change_status(order.pk, to, actor=actor, note=note, expected=expected)
    except Conflict:
        now = get_order(order.pk, actor=actor)
        # The second click of a double one comes too late for the move that the first has made.
        if now.status != to or not selectors.was_my_move(now, expected, to, actor):
            raise


def _add_note(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    get_order(pk, actor=actor, right=Right.ORDERS_NOTE)
    form = forms.NoteForm(request.POST)

    def write() -> None:
        note = form.cleaned_data
        add = partial(services.add_note, pk, note["text"], note["visibility"], actor=actor, note_id=note["id"])
        once(add, partial(selectors.has_note, pk, note["id"]))

    status = submitted(form, write)
    return _done(request, pk, "The note was added.") if status == 200 else _show(request, actor, pk, status, note=form)


def _take_payment(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    found = get_order(pk, actor=actor, right=Right.PAYMENTS_TAKE)
    form = forms.PaymentForm(request.POST)

    def book() -> None:
        paid = form.cleaned_data
        payment = services.PaymentRequest(
            paid["amount"], paid["kind"] or PaymentKind.PAYMENT, paid["method"], id=paid["id"]
        )
        once(partial(services.take_payment, pk, payment, actor=actor), partial(selectors.has_payment, pk, paid["id"]))

    status = submitted(form, book)
    if status != 200:
        return _show(request, actor, pk, status, payment=form)
    amount = money.text(form.cleaned_data["amount"], found.currency)
    return _done(request, pk, f"{amount} {found.currency} was booked.")


def _assign(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    found = get_order(pk, actor=actor, right=Right.ORDERS_ASSIGN)
    form = forms.AssignForm(request.POST, colleagues=selectors.colleagues_for(found, actor))
    status = submitted(form, lambda: services.assign(pk, form.cleaned_data["technician"], actor=actor))
    if status != 200:
        return _show(request, actor, pk, status, assignment=form)
    name = dict(form.fields["technician"].choices)[request.POST.get("technician", "")]  # type: ignore[attr-defined]
    return _done(request, pk, f"Assigned to {name}.")


def _take(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    """A technician takes what nobody has; who comes second gets the list again, and is told."""
    try:
        found = get_assignable(pk, actor=actor)
        services.assign(pk, actor.id, actor=actor)
    except (NotFound, Conflict):
        return free_list(request, actor, "This order is no longer free: somebody else took it, or it was closed.")
    return _done(request, pk, f"{found.order_number} is yours now.")


def _pick_serials(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    found = get_order(pk, actor=actor)
    form = forms.SerialsForm(request.POST)

    def pick() -> None:
        given = form.cleaned_data
        if not selectors.is_promised_to(found, given["reservation"]):
            raise NotFound("There is no such reservation.")
        pick_serials(given["reservation"], given["serials"].replace(",", " ").split(), actor=actor)

    status = submitted(form, pick)
    return (
        _done(request, pk, "The units were picked.") if status == 200 else _show(request, actor, pk, status, picks=form)
    )


def _start_work(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    return _time(request, actor, pk, services.start_work, "Your time runs.")


def _stop_work(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    return _time(request, actor, pk, services.stop_work, "Your time was stopped.")


def _time(request: HttpRequest, actor: Actor, pk: UUID, change: Callable[..., object], message: str) -> HttpResponse:
    get_order(pk, actor=actor, right=Right.WORK_RECORD)
    form = forms.PageForm(request.POST)
    status = submitted(form, lambda: change(pk, actor=actor))
    return _done(request, pk, message) if status == 200 else _show(request, actor, pk, status, timing=form)


def _reveal_password(request: HttpRequest, actor: Actor, pk: UUID) -> HttpResponse:
    get_order(pk, actor=actor, right=Right.DEVICE_PASSWORD_READ)
    return _show(request, actor, pk, password=services.read_device_password(pk, actor=actor)[0])


_ACTIONS: dict[str, Action] = {
    "status": _change_status,
    "note": _add_note,
    "payment": _take_payment,
    "assign": _assign,
    "take": _take,
    "serials": _pick_serials,
    "password": _reveal_password,
    "start-work": _start_work,
    "stop-work": _stop_work,
}


def _done(request: HttpRequest, pk: UUID, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("dashboard:order", pk=pk)


def _show(
    request: HttpRequest, actor: Actor, pk: UUID, status: int = 200, *, password: str = "", **tried: forms.PageForm
) -> HttpResponse:
    """The page; ``tried`` are forms that were refused, with what was typed and why."""
    page = selectors.order_page(pk, timezone.now(), actor=actor)
    moving = tried.get("moving")
    steps = [_step(page.order, transition, moving) for transition in page.transitions]
    lost = moving if moving and not any(step["is_open"] for step in steps) else None
    context = {
        "nav": "orders",
        "page": page,
        "order": page.order,
        "zone": page.order.branch.zone,
        "steps": steps,
        "lost": lost,
        "password": password,
        "timing": tried.get("timing"),
        "note_form": tried.get("note") or forms.NoteForm(initial={"text": lost.data.get("note", "")} if lost else {}),
        "payment_form": tried.get("payment") or _payment_form(page, actor),
        "assign_form": tried.get("assignment") or _assign_form(page),
        "lines": _lines(page, actor, tried.get("picks")),
        "papers": PAPERS_OF_AN_ORDER,
        "may_read_password": page.has_password and reach(actor, Right.DEVICE_PASSWORD_READ) is not Reach.NONE,
    }
    return render(request, "dashboard/order.html", context, status=status)


def _step(order: RepairOrder, transition: rules.Transition, moving: forms.PageForm | None) -> dict[str, Any]:
    """One button, with its form: always for the status that the page shows, with what was typed before."""
    tried = moving if moving is not None and moving.data.get("to") == transition.to else None
    initial = {"to": transition.to, "expected": order.status, "note": tried.data.get("note", "") if tried else ""}
    form = forms.StatusForm(initial=initial, auto_id=f"{transition.to}_%s")
    if transition.needs_reason:
        form.fields["note"].label = "Reason (needed)"
        form.fields["note"].required = True
    return {"transition": transition, "form": form, "is_open": tried is not None, "errors": tried and tried.errors}


def _payment_form(page: selectors.OrderPage, actor: Actor) -> forms.PaymentForm | None:
    if page.balance <= 0 or reach(actor, Right.PAYMENTS_TAKE) is Reach.NONE:
        return None
    amount = money.text(page.balance, page.order.currency)
    return forms.PaymentForm(initial={"amount": amount}, auto_id="payment_%s")


def _lines(
    page: selectors.OrderPage, actor: Actor, tried: forms.PageForm | None
) -> list[tuple[selectors.Line, forms.PageForm | None]]:
    """Each line, with a form where units are to be picked; the one that was refused as it was typed."""
    may_pick = reach(actor, Right.STOCK_RECORD) is not Reach.NONE
    return [(entry, _picking(entry, tried) if may_pick else None) for entry in page.lines]


def _picking(entry: selectors.Line, tried: forms.PageForm | None) -> forms.PageForm | None:
    if entry.promise is None:
        return None
    if tried is not None and tried.data.get("reservation") == str(entry.promise.pk):
        return tried
    picked = ", ".join(sorted(serial.number for serial in entry.promise.serials.all()))
    initial = {"reservation": entry.promise.pk, "serials": picked}
    return forms.SerialsForm(initial=initial, auto_id=f"pick_{entry.promise.pk}_%s")


def _assign_form(page: selectors.OrderPage) -> forms.AssignForm | None:
    if not page.colleagues:
        return None
    initial = {"technician": str(page.order.technician_id or "")}
    return forms.AssignForm(initial=initial, colleagues=page.colleagues, auto_id="assign_%s")
