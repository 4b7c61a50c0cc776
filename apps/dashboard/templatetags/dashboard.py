"""How amounts, moments and statuses are written on a page."""

from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.models import Session
from apps.core import money as amounts
from apps.dashboard.rules import device_name, step_name

register = template.Library()

SHORT, LONG = "%-d %b, %H:%M", "%a %-d %b %Y, %H:%M"


@register.filter
def money(amount: Decimal, currency: str) -> SafeString:
    """``1,259.00 USD``, kept in one piece and left to right."""
    return format_html('<bdi class="money">{}\u00a0{}</bdi>', f"{amounts.rounded(amount, currency):,f}", currency)


@register.filter
def moment(value: datetime | None, zone: tzinfo) -> SafeString | str:
    """A moment as the clock on that branch's wall shows it; the whole of it stands in the title."""
    if value is None:
        return ""
    local = value.astimezone(zone)
    this_year = local.year == timezone.now().astimezone(zone).year
    shown = local.strftime(SHORT if this_year else "%-d %b %Y")
    return format_html(
        '<time dir="auto" datetime="{}" title="{}">{}</time>', local.isoformat(), local.strftime(f"{LONG} %Z"), shown
    )


@register.filter
def when(value: datetime) -> SafeString:
    """A moment for which no branch has a clock."""
    return format_html("{} UTC", moment(value, UTC))


@register.filter
def device(session: Session) -> str:
    """What a person recognises of the program that logged in."""
    return device_name(session.device)


@register.filter
def step(status: str, to: str) -> str:
    """What the button of a move says."""
    return step_name(status, to)


@register.filter
def accessories(value: Any) -> str:
    """A text, or a list of texts, as one line."""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


@register.filter
def instant(value: datetime) -> str:
    """A moment as the socket writes it, so that the page can tell news from what it shows."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@register.filter
def size(amount: Decimal) -> Decimal:
    """An amount without its sign, where words say which way it goes."""
    return abs(amount)


@register.filter
def problems(found: Any) -> list[str]:
    """Whatever says what is wrong, as sentences: a form's errors by field, or one sentence."""
    if not found:
        return []
    return [str(error) for errors in found.values() for error in errors] if hasattr(found, "values") else [str(found)]
