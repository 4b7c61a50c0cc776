"""The customer's page in a real browser: by keyboard alone, judged by axe, on a phone and on a desk, light and dark."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import QuoteDecision, RepairOrder
from apps.repairs.services import Alternative, LineRequest, QuoteRequest, add_note, send_quote
from tests.dashboard.chromium import PROGRAM, running
from tests.factories import BrandFactory, DeviceModelFactory, PartTypeFactory, RepairTypeFactory, line, order
from tests.repairs.contract import SYSTEM
from tests.repairs.quoting import token_of, total_of

WANTED = os.environ.get("MENDERY_REQUIRE_BROWSER") or os.environ.get("CI")
PICTURES = os.environ.get("MENDERY_SCREENSHOTS")  # a folder, to look at the pages by eye
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PROGRAM is None and not WANTED, reason="Chromium is not installed"),
]
LOOKS = [(390, False), (390, True), (1280, False), (1280, True)]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _order(branch: Branch) -> RepairOrder:
    branch.address, branch.city, branch.phone_number = "رصيف الميناء 1", "Hamburg", "+494012345"
    branch.save()
    model = DeviceModelFactory(brand=BrandFactory(name="Nokia"), name="هاتف 3310")
    part = PartTypeFactory(name="Original display", quality="original", warranty_months=12)
    screen = line(repair_type_id=RepairTypeFactory(name="Screen").pk, part_type_id=part.pk)
    battery = line(repair_type_id=RepairTypeFactory(name="Battery").pk, unit_price=Decimal("40.00"))
    taken_in = order(branch, device_model=model.pk, lines=[screen, battery], device_imei="490154203237518")
    own = taken_in.lines.first()
    other = Alternative(own.pk, LineRequest(own.repair_type_id, unit_price=Decimal("60.00")))
    add_note(taken_in.pk, "We found a crack.\nشكرا", "customer", actor=SYSTEM)
    request = QuoteRequest(message="The frame is bent as well.", alternatives=[other])
    send_quote(taken_in.pk, request, actor=SYSTEM)
    return taken_in


def test_a_quote_is_approved_by_keyboard_on_a_page_without_faults(
    live_server: Any, branch: Branch, tmp_path: Path
) -> None:
    taken_in = _order(branch)
    address = f"{live_server.url}/track/{token_of(taken_in)}/"
    instead, battery = (taken_in.quotes.get().lines.all()[place] for place in (1, 2))

    with running(tmp_path) as tab:
        found, too_wide = {}, {}
        for width, dark in LOOKS:
            tab.look(width=width, dark=dark)
            tab.open(address)
            found[width, dark], too_wide[width, dark] = tab.violations(), tab.evaluate(OVERFLOW)
            if PICTURES:
                tab.picture(Path(PICTURES, f"track-{width}-{'dark' if dark else 'light'}.png"))
        tab.look(width=390, dark=False)
        tab.open(address)
        tab.tab_to(f'input[name="line.{instead.instead_of_id}"]')
        tab.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowDown", code="ArrowDown", windowsVirtualKeyCode=40)
        tab.call("Input.dispatchKeyEvent", type="keyUp", key="ArrowDown", code="ArrowDown", windowsVirtualKeyCode=40)
        tab.tab_to(f'input[name="line.{battery.pk}"]')
        tab.press("Space")
        tab.tab_to('input[name="name"]')
        tab.write("سارة Ng")
        tab.tab_to('button[value="approve"]')
        tab.press("Enter")
        tab.wait_until("document.querySelector('.quote.approved .message.good')")
        found["answered"] = tab.violations()
        if PICTURES:
            tab.picture(Path(PICTURES, "track-answered.png"))

    assert (found, too_wide) == ({look: [] for look in (*LOOKS, "answered")}, dict.fromkeys(LOOKS, 0))
    decision = QuoteDecision.objects.get()
    assert (decision.approved, decision.name, decision.chosen) == (True, "سارة Ng", [str(instead.pk)])
    assert total_of(taken_in) == (Decimal(60), Decimal(60))
