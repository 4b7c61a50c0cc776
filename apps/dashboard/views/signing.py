"""The page on which a customer signs at the counter."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.rules import Right
from apps.core.actor import Actor
from apps.dashboard import forms, selectors
from apps.dashboard.views.access import for_staff, once, submitted
from apps.repairs.enums import SignaturePurpose
from apps.repairs.models import RepairOrder
from apps.repairs.selectors import get_order, terms_for
from apps.repairs.services import SignatureRequest, sign_order


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def sign(request: HttpRequest, *, actor: Actor, pk: UUID) -> HttpResponse:
    """Show the text, and keep the name that is drawn or typed below it."""
    order = get_order(pk, actor=actor, right=Right.ORDERS_NOTE)
    wanted = request.GET.get("purpose", "")
    purpose = wanted if wanted in SignaturePurpose.values else SignaturePurpose.INTAKE.value
    terms = terms_for(order.branch_id, purpose, order.customer.locale)
    form, status = forms.SignatureForm(initial={"name": str(order.customer), "text_sha256": terms.text_sha256}), 200
    if request.method == "POST":
        form = forms.SignatureForm(request.POST)
        status = submitted(form, lambda: _keep(form, order, purpose, actor))
        if status == 200:
            messages.success(request, f"{form.cleaned_data['name']} has signed.")
            return redirect("dashboard:order", pk=pk)
        # What is shown is the text as it is now; whoever signs next signs that.
        form.data = {**request.POST.dict(), "text_sha256": terms.text_sha256, "image": ""}
    context = {
        "nav": "orders",
        "order": order,
        "purpose": purpose,
        "terms": terms,
        "form": form,
        "zone": order.branch.zone,
        "signed": order.signatures.defer("image"),
    }
    return render(request, "dashboard/sign.html", context, status=status)


def _keep(form: forms.SignatureForm, order: RepairOrder, purpose: str, actor: Actor) -> None:
    given = form.cleaned_data
    wanted = SignatureRequest(purpose, given["name"], given["text_sha256"], given["image"], given["id"])
    once(partial(sign_order, order.pk, wanted, actor=actor), partial(selectors.has_signature, order.pk, given["id"]))
