"""The page of a booking's link: when it is, to which times it can be moved, and a button that cancels it."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.admin_site import actor_of
from apps.dashboard.forms import BookingLinkForm, DayForm
from apps.dashboard.forms.bookings import CANCEL
from apps.dashboard.views.access import submitted
from apps.dashboard.views.links import behind_link
from apps.repairs import selectors, services
from apps.repairs.enums import BookingStatus
from apps.repairs.models import Booking


@behind_link
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows; a POST moves or cancels the booking."""
    held = selectors.get_linked(token)
    asked = DayForm(request.GET)
    day = asked.cleaned_data.get("day") if asked.is_valid() else None
    return _answer(request, token, day) if request.method == "POST" else _show(request, held, day)


def _answer(request: HttpRequest, token: str, day: date | None) -> HttpResponse:
    form = BookingLinkForm(request.POST)

    def change() -> None:
        said = form.cleaned_data
        if said["action"] == CANCEL:
            services.cancel_by_link(token, actor=actor_of(request), reason=said["reason"])
        else:
            services.move_by_link(token, said["starts_at"], actor=actor_of(request))

    status = submitted(form, change)
    now = selectors.get_linked(token)
    # A second click on the button finds done what it asks for.
    is_repeated = request.POST.get("action") == CANCEL and now.status == BookingStatus.CANCELLED
    return redirect("booking", token=token) if status == 200 or is_repeated else _show(request, now, day, form, status)


def _show(
    request: HttpRequest, held: Booking, day: date | None, form: BookingLinkForm | None = None, status: int = 200
) -> HttpResponse:
    page = selectors.linked_booking(held, timezone.now(), day)
    context = {
        "page": page,
        "zone": ZoneInfo(page.shop.timezone),
        "form": form or BookingLinkForm(),
        "days": DayForm({"day": page.date}),
    }
    return render(request, "booking/page.html", context, status=status)
