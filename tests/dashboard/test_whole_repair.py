"""One repair from the counter to the bench and back, by forms alone."""

from __future__ import annotations

from decimal import Decimal

from apps.inventory.models import Branch
from apps.repairs.models import DeviceSecret, RepairOrder, StatusHistory
from tests.dashboard.browser import Browser
from tests.factories import BrandFactory, DeviceModelFactory, PartTypeFactory, PriceFactory, stock_of, stocked


def take_in(counter: Browser, branch: Branch) -> RepairOrder:
    """A new customer's iPhone with a listed repair, for which there are two displays."""
    display = PartTypeFactory(name="Display", warranty_months=12)
    model = DeviceModelFactory(brand=BrandFactory(name="Apple"), name="iPhone 13")
    price = PriceFactory(device_model=model, part_type=display, price=Decimal("169.00"))
    stocked(2, branch, part_type=display).compatible_models.add(model)
    counter.open("/dashboard/intake/")
    counter.submit(counter.form(q=""), q="Mara Lindt")
    counter.submit(counter.form(first_name="Mara"), phone="+447700900777")
    counter.submit(counter.form(q=""), q="iphone 13")
    chosen = {f"offer_{price.pk.hex}": "on"}
    counter.submit(counter.form(priority="normal"), issue_description="cracked glass", device_password="2580", **chosen)
    made: RepairOrder = RepairOrder.objects.get()
    return made


def repair(tech: Browser) -> None:
    tech.open("/dashboard/", show="free")
    tech.submit(tech.form(do="take"))
    tech.submit(tech.form(to="in_progress"))
    tech.submit(tech.form(do="note"), text="Frame is bent.", visibility="internal")
    tech.submit(tech.form(to="completed"), note="tested")
    tech.submit(tech.form(to="ready_pickup"))


def test_a_repair_goes_from_intake_to_hand_over_without_javascript(
    counter: Browser, tech: Browser, branch: Branch
) -> None:
    taken_in = take_in(counter, branch)
    repair(tech)

    counter.open("/dashboard/", q=taken_in.order_number)
    blocked = counter.form(to="delivered")
    counter.submit(counter.form(do="payment"), method="card")
    counter.submit(counter.form(to="delivered"))

    assert counter.user is not None
    assert tech.user is not None
    taken_in.refresh_from_db()
    assert "note" not in blocked.offered
    assert (taken_in.status, taken_in.paid, taken_in.technician) == ("delivered", Decimal(169), tech.user)
    assert list(StatusHistory.objects.filter(order=taken_in).values_list("new_status", "actor_id")) == [
        ("pending", counter.user.pk),
        ("in_progress", tech.user.pk),
        ("completed", tech.user.pk),
        ("ready_pickup", tech.user.pk),
        ("delivered", counter.user.pk),
    ]
    assert stock_of(taken_in.lines.get().item, branch) == (1, 0)
    assert not DeviceSecret.objects.exists()
    assert "warranty until" in counter.text
    assert "The device has been handed over" in counter.text
