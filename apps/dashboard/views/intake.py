"""Taking a device in: whose it is, which model it is, what is to be done. Each step is a page of its own."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import Customer
from apps.accounts.rules import Right, require
from apps.accounts.selectors import get_customer
from apps.accounts.services import create_customer
from apps.catalog.models import DeviceModel
from apps.core.actor import Actor
from apps.core.exceptions import Conflict, Forbidden
from apps.dashboard import forms, rules, selectors
from apps.dashboard.views.access import for_staff, once, submitted
from apps.inventory.models import Branch
from apps.repairs.enums import ActivationLock, PasswordKind
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import known_device
from apps.repairs.services import Intake, create_order


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def choose_customer(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Find the customer by name, phone or e-mail, or write down a new one."""
    require(actor, Right.ORDERS_CREATE)
    q = rules.search_text(request.GET.get("q", ""))
    found = selectors.customers_matching(q, actor) if q else []
    form, status = forms.CustomerForm(initial=_guessed(q)), 200
    if request.method == "POST":
        form = forms.CustomerForm(request.POST)
        status = submitted(form, lambda: _create_customer(form, actor))
        if status == 200:
            return redirect("dashboard:choose-model", customer_id=form.cleaned_data["id"])
    context = {"nav": "intake", "q": q, "found": found, "form": form, "most": selectors.MATCHES}
    return render(request, "dashboard/intake_customer.html", context, status=status)


def _create_customer(form: forms.CustomerForm, actor: Actor) -> None:
    fields = form.cleaned_data
    once(partial(create_customer, fields, actor=actor), partial(selectors.is_customer, fields["id"], actor))


def _guessed(q: str) -> dict[str, str]:
    """What was searched for in vain is most of a new customer already."""
    if rules.phone_digits(q):
        return {"phone": q}
    if "@" in q:
        return {"email": q}
    first, _, last = q.partition(" ")
    return {"first_name": first[:100], "last_name": last[:100]}


@require_safe
@for_staff
def choose_model(request: HttpRequest, *, actor: Actor, customer_id: UUID) -> HttpResponse:
    """Find the device model; a search with one hit goes on with it, unless it is still being typed."""
    require(actor, Right.ORDERS_CREATE)
    customer = get_customer(customer_id, actor=actor)
    q = rules.search_text(request.GET.get("q", ""))
    phone = _phone(q, request.GET.get("imei", ""), actor)
    by_number = rules.is_imei_typed(q)
    found = phone.models if by_number else selectors.models_matching(q, actor) if q else []
    if len(found) == 1 and "HX-Request" not in request.headers:
        chosen = reverse("dashboard:take-in", kwargs={"customer_id": customer.pk, "model_id": found[0].pk})
        return redirect(f"{chosen}?imei={phone.imei}" if phone.imei else chosen)
    context = {
        "nav": "intake",
        "customer": customer,
        "q": q,
        "found": found,
        "known": [] if q else selectors.models_brought_by(customer, actor),
        "phone": phone,
        "by_number": by_number,
        "most": selectors.MATCHES,
    }
    return render(request, "dashboard/intake_model.html", context)


def _phone(q: str, before: str, actor: Actor) -> selectors.Phone:
    """What is searched for, if it is the number of a phone; else the number that was given ``before``."""
    number = next((text for text in (q, rules.search_text(before)) if rules.is_imei_typed(text)), "")
    return selectors.phone_with(number, actor) if number else selectors.Phone("")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def take_in(request: HttpRequest, *, actor: Actor, customer_id: UUID, model_id: UUID) -> HttpResponse:
    """Say what is to be done, and make the order. Times are those of the branch."""
    require(actor, Right.ORDERS_CREATE)
    customer, model = get_customer(customer_id, actor=actor), selectors.get_model(model_id)
    branches = selectors.intake_branches(actor)
    branch = _chosen(branches, request.GET.get("branch", ""))
    with timezone.override(branch.zone):
        parts, kinds, today = selectors.parts_for(model, branch), list(selectors.repair_types()), timezone.localdate()
        listed = selectors.offers_for(model, branch, parts, today)
        asked: dict[str, Any] = {
            "offers": [*listed, *selectors.estimates_offered(model, branch, kinds, listed, today)],
            "parts": parts,
            "repairs": [(str(kind.pk), kind.name) for kind in kinds],
            "branch": branch,
        }
        phone = _phone("", request.GET.get("imei", ""), actor)
        form, status = forms.IntakeForm(initial={"device_imei": phone.imei}, **asked), 200
        if request.method == "POST":
            form = forms.IntakeForm(request.POST, **asked)
            status = submitted(form, lambda: _create_order(form, customer, model, actor))
            if status == 200:
                return _taken_in(request, form.cleaned_data["id"], actor)
        here = reverse("dashboard:take-in", kwargs={"customer_id": customer.pk, "model_id": model.pk})
        context = {
            "nav": "intake",
            "customer": customer,
            "model": model,
            "form": form,
            "branch": branch,
            "branches": branches,
            "here": here,
            "imei": phone.imei,
            "known": known_device(form.typed_imei(), form.typed_serial(), actor=actor, today=today),
            "notices": selectors.notices_at_intake(model, kinds, today),
        }
        return render(request, "dashboard/intake_order.html", context, status=status)


def _chosen(branches: list[Branch], wanted: str) -> Branch:
    if not branches:
        raise Forbidden("You do not work at a branch yet, so there is nowhere to take a device in.")
    return next((branch for branch in branches if str(branch.pk) == wanted), branches[0])


def _create_order(form: forms.IntakeForm, customer: Customer, model: DeviceModel, actor: Actor) -> None:
    given = form.cleaned_data
    intake = Intake(
        id=given["id"],
        customer_id=customer.pk,
        device_model_id=model.pk,
        branch_id=form.branch.pk,
        issue_description=given["issue_description"],
        items=form.lines(),
        device_imei=given["device_imei"],
        device_serial=given["device_serial"],
        device_password=given["device_password"],
        device_password_kind=given["device_password_kind"] or PasswordKind.TEXT,
        activation_lock=given["activation_lock"] or ActivationLock.UNKNOWN,
        priority=given["priority"],
        cosmetic_condition=given["cosmetic_condition"],
        accessories=given["accessories"],
        estimated_completion=given["estimated_completion"],
        deposit_paid=given["deposit"] or Decimal(0),
    )
    once(partial(create_order, intake, actor=actor), lambda: _is_made(form, intake, actor))


def _is_made(form: forms.IntakeForm, intake: Intake, actor: Actor) -> bool:
    """Whether this very device has been taken in already; the form of another one is given an id of its own."""
    made = selectors.order_made(intake.id, actor) if intake.id else None
    if made is None:
        return False
    if not _is_same(made, intake):
        form.renew()
        raise Conflict(f"This form has made {made.order_number} already. If this is another device, send it once more.")
    return True


def _is_same(made: RepairOrder, intake: Intake) -> bool:
    names = ("customer_id", "device_model_id", "issue_description", "device_imei", "device_serial")
    return all(getattr(made, name) == getattr(intake, name) for name in names)


def _taken_in(request: HttpRequest, order_id: UUID, actor: Actor) -> HttpResponse:
    made = selectors.order_made(order_id, actor)
    messages.success(request, f"{made} was taken in.")
    return redirect("dashboard:order", pk=order_id)
