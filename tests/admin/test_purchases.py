"""Suppliers and purchase orders in the back office."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch, PurchaseOrder, PurchaseReceipt, Supplier, SupplierItem
from apps.inventory.services import verify_stock
from tests.admin.office import Office, address, events, text, typed
from tests.factories import ItemFactory, SupplierFactory, SupplierItemFactory, order
from tests.factories import line as part
from tests.inventory.purchases import drafted, level, line, ordered, received, state, wanted


def rows(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of an inline formset."""
    fields = {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial, **fields}


def test_supplier_is_kept_with_what_it_sells(chief: Office) -> None:
    other = SupplierItemFactory(is_preferred=True)
    offer = {"item": other.item.pk, "supplier_sku": "A-1", "unit_cost": "4.50", "pack_size": 5, "minimum_quantity": 1,
             "is_preferred": "on"}  # fmt: skip

    answer = chief.add(Supplier, name="Alba", currency="USD", lead_time_days=3, **rows("items", offer))

    assert answer.status_code == 302
    made = SupplierItem.objects.get(supplier__name="Alba")
    assert (made.unit_cost, made.pack_size, made.is_preferred) == (Decimal("4.500"), 5, True)
    other.refresh_from_db()
    assert other.is_preferred is False
    assert len(events("inventory.supplieritem.created")) == 1


@pytest.mark.exhaustive
def test_offer_is_changed_and_taken_off(chief: Office) -> None:
    offer = SupplierItemFactory()
    supplier = offer.supplier
    path = address(supplier, "change", supplier.pk)
    form = typed(chief.open(supplier).context["adminform"].form)
    row = {"id": offer.pk, "supplier": supplier.pk, "item": offer.item.pk, "unit_cost": "7.25", "pack_size": 2,
           "minimum_quantity": 1}  # fmt: skip

    wrong = chief.post(path, **{**form, **rows("items", {**row, "unit_cost": "7.255"}, initial=1)})
    changed = chief.post(path, **{**form, **rows("items", row, initial=1)})
    offer.refresh_from_db()
    removed = chief.post(path, **{**form, **rows("items", {**row, "DELETE": "on"}, initial=1)})

    assert (wrong.status_code, changed.status_code, removed.status_code) == (200, 302, 302)
    assert "This is not an amount of USD." in text(wrong)
    assert (offer.unit_cost, offer.pack_size) == (Decimal("7.250"), 2)
    assert not SupplierItem.objects.exists()


@pytest.mark.exhaustive
def test_order_is_typed_ordered_and_received_in_parts(chief: Office, branch: Branch) -> None:
    item, supplier = ItemFactory(), SupplierFactory()
    waiting = order(branch, lines=[part(item)])
    lines = rows(
        "lines", {"item": item.pk, "quantity": 5, "unit_cost": "2.00", "repair_order": waiting.order_number}, {}
    )

    added = chief.add(PurchaseOrder, supplier=supplier.pk, branch=branch.pk, **lines)
    assert added.status_code == 302
    purchase = PurchaseOrder.objects.get()
    sent = chief.page("order_page", purchase, supplier_reference="A-9", expected_on="2026-12-01")
    receive = chief.page("receive_page", purchase)
    receipt = typed(receive.context["form"])["receipt_id"]
    fields = {"receipt_id": receipt, "delivery_note": "DN-1", "line1-quantity": "2", "line1-unit_cost": "2.50"}
    came = chief.page("receive_page", purchase, **fields)
    again = chief.page("receive_page", purchase, **fields)

    assert line(purchase).repair_order_id == waiting.pk
    assert (sent.status_code, came.status_code, again.status_code) == (302, 302, 302)
    assert PurchaseReceipt.objects.count() == 1
    assert (state(purchase), level(item, branch)) == (("partly_received", (2, 0)), (2, 3, 5_000_000))
    assert verify_stock() == []


@pytest.mark.exhaustive
def test_refusals_are_said_on_the_page(chief: Office, branch: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(branch, wanted(item, 3))
    once = typed(chief.page("receive_page", purchase).context["form"])["receipt_id"]

    too_many = chief.page("receive_page", purchase, **{"receipt_id": once, "line1-quantity": "4"})
    nothing = chief.page("receive_page", purchase, **{"receipt_id": once, "line1-quantity": "0"})
    unknown = rows("lines", {"item": item.pk, "quantity": 1, "unit_cost": "1", "repair_order": "R-1999-000001"})
    strange = chief.add(PurchaseOrder, supplier=purchase.supplier.pk, branch=branch.pk, **unknown)

    assert "Only 3 of line 1 are still to come." in text(too_many)
    assert "Say of at least one line what has come." in text(nothing)
    assert "There is no such repair order as R-1999-000001." in text(strange)
    assert (state(purchase), PurchaseOrder.objects.count()) == (("ordered", (0, 0)), 1)


@pytest.mark.exhaustive
def test_draft_moved_to_another_currency_asks_for_the_rate(chief: Office, branch: Branch) -> None:
    purchase = drafted(branch, wanted(ItemFactory(), 1))
    own = line(purchase)
    row = {"id": own.pk, "order": purchase.pk, "item": own.item_id, "quantity": 1, "unit_cost": "10.00"}

    answer = chief.save(purchase, supplier=SupplierFactory(currency="EUR").pk, **rows("lines", row, initial=1))

    assert answer.status_code == 200
    assert "Say how many USD one EUR costs." in text(answer)
    assert PurchaseOrder.objects.get().currency == "USD"


@pytest.mark.exhaustive
def test_rest_is_cancelled_and_a_delivery_taken_back(chief: Office, branch: Branch) -> None:
    item = ItemFactory()
    purchase = ordered(branch, wanted(item, 3))
    receipt = received(purchase, (1, 2))

    cancelled = chief.page("cancel_page", purchase, reason="sold out")
    after_cancel = state(purchase)
    silent = chief.page("reverse_page", purchase, receipt=receipt.pk, notes="")
    back = chief.page("reverse_page", purchase, receipt=receipt.pk, notes="wrong box")

    assert (cancelled.status_code, silent.status_code, back.status_code) == (302, 200, 302)
    assert (after_cancel, state(purchase)) == (("received", (2, 1)), ("ordered", (0, 1)))
    assert level(item, branch) == (0, 2, 0)


def test_printed_order_names_the_suppliers_numbers(chief: Office, branch: Branch) -> None:
    offer = SupplierItemFactory(supplier_sku="ZX-81")
    purchase = drafted(branch, wanted(offer.item, 3, "2.00"), supplier=offer.supplier)

    page = text(chief.page("print_page", purchase))

    assert all(words in page for words in (purchase.number, "ZX-81", "6.00 USD", "draft, not ordered yet"))


@pytest.mark.exhaustive
def test_needs_are_shown_and_drafted(chief: Office, branch: Branch) -> None:
    offer = SupplierItemFactory(supplier=SupplierFactory(currency="EUR"))
    waiting = order(branch, lines=[part(offer.item)])
    path = address(PurchaseOrder, "needs_page") + f"?branch={branch.pk}"

    shown = chief.get(path)
    without = chief.post(path)
    done = chief.post(path, rate_EUR="1.10")

    assert waiting.order_number in text(shown)
    assert (without.status_code, done.status_code) == (200, 302)
    assert PurchaseOrder.objects.get().exchange_rate == Decimal("1.1")
    assert "Nothing is to be ordered" in text(chief.get(path))


@pytest.mark.parametrize("page", ["order_page", "receive_page", "cancel_page", "reverse_page", "print_page"])
def test_orders_of_another_shop_are_not_found(chief: Office, other_branch: Branch, page: str) -> None:
    purchase = drafted(other_branch, wanted(ItemFactory(), 1))

    assert chief.page(page, purchase).status_code == 404
    assert chief.get(address(PurchaseOrder, "needs_page"), branch=other_branch.pk).status_code == 404
