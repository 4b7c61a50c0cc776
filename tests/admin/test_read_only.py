"""Fields with rules are not written by any form, whatever is sent."""

from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import Event
from apps.inventory.models import Branch, StockLevel, StockMovement
from apps.repairs.models import RepairOrder
from tests.admin.office import Office, address, events, text
from tests.factories import line, member, order, stock_of, stocked

RULED = {
    "status": "delivered",
    "order_number": "R-1999-000001",
    "total": "0.01",
    "subtotal": "0.01",
    "discount_total": "1",
    "paid": "100",
    "deposit_paid": "100",
    "currency": "EUR",
    "unrepaired": "on",
    "created_at_0": "2001-01-01",
    "created_at_1": "00:00:00",
    "external_reference": "x",
    "search_text": "x",
}


def columns(record: Any) -> dict[str, Any]:
    fresh = type(record).objects.get(pk=record.pk)
    return {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}


def test_the_form_of_an_order_writes_the_intake_only(boss: Office, branch: Branch, other_branch: Branch) -> None:
    taken_in = order(branch)
    worker = member("technician", branch)
    before = columns(taken_in)

    answer = boss.save(taken_in, **RULED, branch=other_branch.pk, technician=worker.pk, device_serial="SN-7")

    assert answer.status_code == 302
    after = columns(taken_in)
    changed = {name for name, value in after.items() if before[name] != value}
    assert changed == {"device_serial", "updated_at", "search_text"}
    assert (after["device_serial"], after["search_text"]) == ("SN-7", f"{taken_in.order_number[-6:]} sn-7")


def test_an_order_that_was_handed_over_is_only_read(boss: Office, branch: Branch) -> None:
    gone = order(branch, status="in_progress>completed>ready_pickup>delivered")
    before = columns(gone)

    page, answer = boss.open(gone), boss.post(address(gone, "change", gone.pk), device_serial="SN-7")

    assert page.status_code == 200
    assert 'name="_save"' not in text(page)
    assert answer.status_code == 403
    assert columns(gone) == before


def test_levels_movements_and_events_take_no_form(boss: Office, branch: Branch) -> None:
    item = stocked(5, branch)
    records = [StockLevel.objects.get(), StockMovement.objects.get(), Event.objects.first()]

    answers = [
        boss.post(address(record, page, record.pk), quantity="500", reserved="0", post="yes")
        for record in records
        for page in ("change", "delete")
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert stock_of(item, branch) == (5, 0)
    assert StockMovement.objects.get().quantity == 5


def test_orders_and_payments_are_not_deleted(boss: Office, branch: Branch) -> None:
    taken_in = order(branch)

    page = boss.post(address(taken_in, "delete", taken_in.pk), post="yes")
    action = boss.act("delete_selected", taken_in)

    assert page.status_code == 403
    assert boss.messages(action) == ["No action selected."]
    assert RepairOrder.objects.filter(pk=taken_in.pk).exists()


@pytest.mark.exhaustive
def test_the_device_password_is_on_no_page(boss: Office, branch: Branch) -> None:
    taken_in = order(branch, device_password="tiger-4711")

    pages = [boss.open(taken_in), boss.get(address(taken_in, "history", taken_in.pk)), boss.list(RepairOrder),
             boss.page("status_page", taken_in)]  # fmt: skip

    assert all("tiger-4711" not in text(page) for page in pages)
    assert events("repairs.device_password_read") == []


@pytest.mark.parametrize("field", ["password", "auth_version", "search_text", "refresh_id"])
def test_secrets_of_an_account_are_in_no_form(boss: Office, field: str) -> None:
    page = boss.open(boss.user)

    assert field not in page.context["adminform"].form.fields
    assert User.objects.get(pk=boss.user.pk).password not in text(page)


def test_the_tables_below_an_order_tell_what_hangs_on_it(boss: Office, branch: Branch) -> None:
    item = stocked(3, branch, name="Screen X")
    taken_in = order(branch, status="in_progress", lines=[line(item, unit_price=Decimal("79.50"))])

    page = boss.open(taken_in)

    tables = {table.title: table.rows for table in page.context["tables"]}
    assert [(str(row[2]), str(row[3]), row[4], row[7]) for row in tables["Lines"]] == [
        (f"{item.sku} Screen X", "reserved", 1, "79.50")
    ]
    assert [row[1:3] for row in tables["Status history"]] == [("–", "pending"), ("pending", "in progress")]
    assert tables["Payments"] == []
    assert "79.50 USD" in text(page)
