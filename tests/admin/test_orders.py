"""What is done to repair orders in the back office."""

import pytest

from apps.inventory.models import Branch
from apps.repairs.models import RepairOrder, StatusHistory
from tests.admin.office import Office, address, events, text
from tests.factories import CustomerFactory, DeviceModelFactory, line, member, order, stock_of, stocked


def expected(*orders: RepairOrder) -> str:
    return ",".join(f"{one.pk}={one.status}" for one in orders)


def status(one: RepairOrder) -> str:
    return RepairOrder.objects.get(pk=one.pk).status


@pytest.mark.exhaustive
def test_change_status_leads_to_a_page_that_says_what_would_happen(chief: Office, branch: Branch) -> None:
    customer = CustomerFactory(first_name="ليلى", last_name="حداد")
    one = order(
        branch, customer=customer.pk, lines=[line(stocked(2, branch)), line(stocked(0, branch))], status="in_progress"
    )
    other = order(branch, status="in_progress>completed>ready_pickup")

    chosen = chief.act("change_status", one, other)
    page = chief.get(chosen.url)

    shown = text(page)
    assert chosen.status_code == 302
    assert page.status_code == 200
    assert "ليلى حداد" in shown
    assert "1 line still waits for its part." in shown
    assert "1 reserved part becomes available again." in shown
    assert "100.00 USD is still to be paid. A manager may hand it over with a reason." in shown
    assert [value for value, _ in page.context["form"].fields["to"].choices] == [
        "", "awaiting_approval", "in_progress", "waiting_parts", "completed", "delivered", "cancelled"
    ]  # fmt: skip


@pytest.mark.exhaustive
def test_one_status_is_given_to_all_chosen_orders(chief: Office, branch: Branch) -> None:
    item = stocked(4, branch)
    orders = [order(branch, lines=[line(item, quantity=2)], status="in_progress") for _ in range(2)]

    answer = chief.page("status_page", *orders, to="completed", note="Tested.", notify="on", expected=expected(*orders))

    assert chief.messages(answer) == ["2 now completed."]
    assert [status(one) for one in orders] == ["completed", "completed"]
    assert stock_of(item, branch) == (0, 0)
    told = events("repairs.status_changed")[-2:]
    assert {event.actor_label for event in told} == {"Mo Chief"}
    assert {event.actor_id for event in told} == {chief.user.pk}
    assert [event.payload["notes"] for event in told] == ["Tested.", "Tested."]
    assert [event.payload["notify"] for event in told] == [True, True]


def test_a_second_click_changes_nothing(chief: Office, branch: Branch) -> None:
    one = order(branch)
    form = {"to": "in_progress", "expected": expected(one)}
    chief.page("status_page", one, **form)
    rows = StatusHistory.objects.count()

    again = chief.page("status_page", one, **form)

    assert chief.messages(again)[-2:] == [
        f"{one.order_number}: The order is in progress by now.", "Nothing was changed.",
    ]  # fmt: skip
    assert status(one) == "in_progress"
    assert StatusHistory.objects.count() == rows
    assert len(events("repairs.status_changed")) == 1


@pytest.mark.exhaustive
def test_what_blocks_one_order_does_not_hold_up_the_others(chief: Office, branch: Branch) -> None:
    ready = order(branch, status="in_progress")
    waiting = order(branch, lines=[line(stocked(0, branch))], status="in_progress")

    answer = chief.page("status_page", ready, waiting, to="completed", expected=expected(ready, waiting))

    assert chief.messages(answer) == [
        f"{waiting.order_number}: 1 line still waits for its part.", "1 now completed.",
    ]  # fmt: skip
    assert (status(ready), status(waiting)) == ("completed", "in_progress")


@pytest.mark.exhaustive
def test_a_step_that_needs_a_reason_asks_for_it(chief: Office, branch: Branch) -> None:
    one = order(branch, status="in_progress>completed>ready_pickup")

    bare = chief.page("status_page", one, to="delivered", expected=expected(one))
    with_reason = chief.page("status_page", one, to="delivered", note="Pays on Monday.", expected=expected(one))

    assert bare.status_code == 200
    assert bare.context["form"].errors == {"note": [f"{one.order_number} needs a reason for this step."]}
    assert chief.messages(with_reason) == ["1 now delivered."]
    assert StatusHistory.objects.get(order=one, new_status="delivered").notes == "Pays on Monday."


@pytest.mark.parametrize("damaged", ["", "x", "x=pending", "01a1feab-1fd9-74dc-8281-7bd742c0da94=lost"])
def test_a_damaged_page_changes_nothing(chief: Office, branch: Branch, damaged: str) -> None:
    one = order(branch)

    answer = chief.page("status_page", one, to="cancelled", expected=damaged)

    assert answer.status_code == 200
    assert "expected" in answer.context["form"].errors
    assert status(one) == "pending"


@pytest.mark.parametrize("ids", ["", "x", "01a1feab-1fd9-74dc-8281-7bd742c0da94"])
def test_pages_without_records_are_not_there(chief: Office, branch: Branch, ids: str) -> None:
    answers = [chief.get(address(RepairOrder, page), ids=ids) for page in ("status_page", "assign_page")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_orders_are_given_to_who_works_at_their_branch(chief: Office, branch: Branch, other_branch: Branch) -> None:
    worker, far = member("technician", branch, first_name="Nadia"), member("technician", other_branch)
    seller = member("seller", branch)
    one, other = order(branch), order(branch)

    page = chief.page("assign_page", one, other)
    answer = chief.page("assign_page", one, other, technician=worker.pk)

    offered = set(page.context["form"].fields["technician"].queryset)
    assert offered == {worker, chief.user}
    assert not offered & {far, seller}
    assert chief.messages(answer) == ["2 assigned."]
    assert set(RepairOrder.objects.values_list("technician", flat=True)) == {worker.pk}
    assert [event.actor_label for event in events("repairs.order_assigned")] == ["Mo Chief"] * 2


def test_assigning_again_or_to_a_stranger_changes_nothing(chief: Office, branch: Branch, other_branch: Branch) -> None:
    worker, far = member("technician", branch), member("technician", other_branch)
    one = order(branch)
    chief.page("assign_page", one, technician=worker.pk)

    again = chief.messages(chief.page("assign_page", one, technician=worker.pk))
    stranger = chief.page("assign_page", one, technician=far.pk)

    assert again[-1] == "Nothing was changed."
    assert "technician" in stranger.context["form"].errors
    assert RepairOrder.objects.get().technician == worker
    assert len(events("repairs.order_assigned")) == 1


def test_a_closed_order_is_assigned_to_nobody(chief: Office, branch: Branch) -> None:
    worker = member("technician", branch)
    closed = order(branch, status="cancelled")

    answer = chief.page("assign_page", closed, technician=worker.pk)

    assert chief.messages(answer) == [
        f"{closed.order_number}: An order that is cancelled is not worked on.", "Nothing was changed.",
    ]  # fmt: skip
    assert RepairOrder.objects.get().technician is None


@pytest.mark.exhaustive
def test_the_intake_is_corrected_by_its_service(chief: Office, branch: Branch) -> None:
    taken_in = order(branch, accessories=["case"])
    customer = CustomerFactory(first_name="ليلى", last_name="حداد")
    model = DeviceModelFactory()

    answer = chief.save(
        taken_in, customer=customer.pk, device_model=model.pk, device_imei="49-015420-323751-8",
        accessories="case\r\n\r\n charger ", issue_description="الشاشة مكسورة",
    )  # fmt: skip

    assert answer.status_code == 302
    taken_in.refresh_from_db()
    assert (taken_in.customer, taken_in.device_model, taken_in.device_imei) == (customer, model, "490154203237518")
    assert (taken_in.accessories, taken_in.issue_description) == (["case", "charger"], "الشاشة مكسورة")
    told = events("repairs.order_changed")
    assert [event.payload["changed"] for event in told] == [
        ["accessories", "customer_id", "device_imei", "device_model_id", "issue_description"]
    ]
    assert told[0].actor_id == chief.user.pk


def test_an_untouched_form_writes_nothing(chief: Office, branch: Branch) -> None:
    taken_in = order(branch, accessories=["case", "charger"])

    answer = chief.save(taken_in)

    assert answer.status_code == 302
    assert events("repairs.order_changed") == []
    assert RepairOrder.objects.get().updated_at == taken_in.updated_at


@pytest.mark.exhaustive
def test_a_wrong_imei_is_said_at_its_field(chief: Office, branch: Branch) -> None:
    taken_in = order(branch)

    answer = chief.save(taken_in, device_imei="490154203237519", device_serial="SN-7")

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["device_imei"]
    assert RepairOrder.objects.get().device_serial == ""


@pytest.mark.exhaustive
def test_search_finds_by_number_and_by_an_arabic_name(boss: Office, branch: Branch) -> None:
    laila = order(branch, customer=CustomerFactory(first_name="ليلى", last_name="حداد").pk)
    other = order(branch)

    assert boss.shown(RepairOrder, q="حداد") == {laila.pk}
    assert boss.shown(RepairOrder, q=other.order_number) == {other.pk}
    assert boss.shown(RepairOrder, q="nobody") == set()


def test_history_tells_who_changed_the_order(chief: Office, branch: Branch) -> None:
    one = order(branch)
    chief.page("status_page", one, to="cancelled", note="لا يريد", expected=expected(one))

    page = chief.get(address(one, "history", one.pk))

    newest = page.context["entries"][0]
    assert (newest.type, newest.actor) == ("repairs.status_changed", "Mo Chief")
    assert ("notes", "لا يريد") in newest.details
    assert [entry.type for entry in page.context["entries"]] == ["repairs.status_changed", "repairs.order_created"]
