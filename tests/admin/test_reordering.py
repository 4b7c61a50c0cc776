"""What to order, by supplier: proposed with its numbers, and drafted once."""

from __future__ import annotations

import pytest

from apps.inventory.models import Branch, PurchaseOrder, ReorderPoint, StockLevel
from tests.admin.office import Office, address, text
from tests.factories import SupplierFactory, SupplierItemFactory, stocked


@pytest.mark.exhaustive
def test_proposals_are_drafted_once(chief: Office, branch: Branch, other_branch: Branch) -> None:
    supplier = SupplierFactory(name="Parts & Co")
    item = stocked(1, branch, sku="LCD", reorder_level=5, reorder_quantity=4)
    SupplierItemFactory(item=item, supplier=supplier, is_preferred=True)
    stocked(1, other_branch, sku="FAR", reorder_level=5, reorder_quantity=4)
    page = address(ReorderPoint, "proposals_page")

    shown = chief.get(page)
    drafted = chief.post(page, supplier=str(supplier.pk))
    again = chief.post(page, supplier=str(supplier.pk))

    assert [
        (group["supplier"], [line.quantity for line in group["lines"]]) for group in shown.context["suppliers"]
    ] == [(supplier, [5])]
    assert "Parts &amp; Co" in shown.content.decode()
    assert "FAR" not in text(shown)
    draft = PurchaseOrder.objects.get()
    assert (drafted.status_code, drafted.url) == (302, address(PurchaseOrder, "change", draft.pk))
    assert (again.status_code, again.url) == (302, f"{page}?branch={branch.pk}")
    assert "Nothing is proposed" in text(chief.get(again.url))


def test_other_branches_and_wrong_rates_are_refused(chief: Office, branch: Branch, other_branch: Branch) -> None:
    supplier = SupplierFactory(currency="EUR")
    item = stocked(1, branch, sku="LCD", reorder_level=5, reorder_quantity=4)
    SupplierItemFactory(item=item, supplier=supplier, is_preferred=True)
    page = address(ReorderPoint, "proposals_page")

    elsewhere = chief.get(page, branch=str(other_branch.pk))
    wrong = chief.post(page, supplier=str(supplier.pk), exchange_rate="much")
    without = chief.post(page, supplier=str(supplier.pk))
    kept = PurchaseOrder.objects.count()
    right = chief.post(page, supplier=str(supplier.pk), exchange_rate="1.10")

    assert (elsewhere.status_code, elsewhere.context["suppliers"]) == (200, [])
    assert (wrong.status_code, without.status_code, kept, right.status_code) == (302, 302, 0, 302)
    assert str(PurchaseOrder.objects.get().exchange_rate) == "1.10000000"


def test_reorder_point_shows_where_it_comes_from(chief: Office, branch: Branch) -> None:
    stocked(1, branch)
    point = ReorderPoint.objects.create(
        level=StockLevel.objects.get(), computed_at="2026-01-01T00:00:00Z", reorder_at=3, order_quantity=4,
        explanation={"mean": 1.25, "lead_time": 2.0},
    )  # fmt: skip

    page = chief.open(point)

    assert page.context["tables"][0].rows == [("mean", 1.25), ("lead time", 2.0)]


def test_the_lists_lead_to_what_to_order_and_to_the_worth_of_the_stock(chief: Office) -> None:
    order, worth = address(ReorderPoint, "proposals_page"), address(StockLevel, "value_page")

    levels, points = (chief.get(address(model, "changelist")).content.decode() for model in (StockLevel, ReorderPoint))

    assert [link in levels for link in (order, worth)] == [True, True]
    assert [link in points for link in (order, worth)] == [True, False]
