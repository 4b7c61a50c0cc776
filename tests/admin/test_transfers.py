"""Transfers in the back office: typed as drafts, and carried through by actions that say what they will do."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.inventory.models import Branch, Item, StockMovement, Transfer, TransferReceipt
from tests.admin.office import Office, address, events, text
from tests.factories import BranchFactory, ItemFactory, member
from tests.inventory.transferring import bought, draft, level, line, moved, sent


@pytest.fixture
def part(branch: Branch) -> Item:
    return bought(10, branch, sku="LCD-1", name="Display")


@pytest.fixture
def taker(other_branch: Branch) -> Office:
    """The manager of the other branch."""
    return Office(member("manager", other_branch, first_name="Ty", last_name="Taker"))


def lines(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The forms of the lines as a browser sends them."""
    sent_back: dict[str, Any] = {
        "lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": str(initial), "lines-MIN_NUM_FORMS": "0",
        "lines-MAX_NUM_FORMS": "500",
    }  # fmt: skip
    for number, row in enumerate(rows):
        sent_back |= {f"lines-{number}-{name}": value for name, value in row.items()}
    return sent_back


def refusals(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [
        str(words) for found in answer.context["errors"] for words in ([found] if isinstance(found, str) else found)
    ]


@pytest.mark.exhaustive
def test_draft_is_typed_with_its_lines(chief: Office, branch: Branch, other_branch: Branch, part: Item) -> None:
    phone = bought(2, branch, serials=["A", "B"])
    rows = lines(
        {"item": part.pk, "quantity": "4", "serial_numbers": ""},
        {"item": "", "quantity": "", "serial_numbers": ""},
        {"item": phone.pk, "quantity": "2", "serial_numbers": "a\nb"},
    )
    once = str(new_id())
    form = {"from_branch": branch.pk, "to_branch": other_branch.pk, "notes": "fragile", "once": once, **rows}

    answer = chief.post(address(Transfer, "add"), **form)
    again = chief.post(address(Transfer, "add"), **form)

    assert answer.status_code == 302, refusals(answer)
    transfer = Transfer.objects.get()
    assert (str(transfer.pk), transfer.status, transfer.notes, transfer.actor_label) == (
        once, "draft", "fragile", "Mo Chief",
    )  # fmt: skip
    assert list(transfer.lines.values_list("item", "quantity", "serial_numbers")) == [
        (part.pk, 4, []), (phone.pk, 2, ["A", "B"]),
    ]  # fmt: skip
    assert refusals(again) == ["A record with this identity exists already."]
    assert [event.actor_id for event in events("inventory.transfer_drafted")] == [chief.user.pk]


def test_draft_is_changed_by_the_service(chief: Office, branch: Branch, other_branch: Branch, part: Item) -> None:
    other = ItemFactory()
    transfer = draft(branch, other_branch, (part, 4), (ItemFactory(), 1))
    first, second = line(transfer, 1), line(transfer, 2)
    rows = lines(
        {"id": first.pk, "transfer": transfer.pk, "item": part.pk, "quantity": "5", "serial_numbers": ""},
        {"id": second.pk, "transfer": transfer.pk, "item": second.item_id, "quantity": "1", "DELETE": "on"},
        {"item": other.pk, "quantity": "2", "serial_numbers": ""},
        initial=2,
    )

    answer = chief.post(
        address(transfer, "change", transfer.pk), from_branch=branch.pk, to_branch=other_branch.pk, notes="two", **rows
    )

    assert answer.status_code == 302, refusals(answer)
    assert transfer.lines.values_list("pk", "item", "quantity")[0] == (first.pk, part.pk, 5)
    assert list(transfer.lines.values_list("item", "quantity"))[1:] == [(other.pk, 2)]
    transfer.refresh_from_db()
    assert transfer.notes == "two"
    assert len(events("inventory.transfer_changed")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "A transfer has between 1 and 200 lines."),
        ({"item": "part", "quantity": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"item": "part", "quantity": "1", "serial_numbers": "A"},
         "Display: The units of this item have no serial numbers."),
        ({"to_branch": "here", "item": "part", "quantity": "1"}, "Constraint “inventory_transfer_between_two” is violated."),
        ({"to_branch": "closed", "item": "part", "quantity": "1"},
         "Select a valid choice. That choice is not one of the available choices."),
        ({"from_branch": "there", "item": "part", "quantity": "1"},
         "Select a valid choice. That choice is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_draft_is_said_on_its_form(
    chief: Office, branch: Branch, other_branch: Branch, part: Item, change: dict[str, str], words: str
) -> None:
    ids = {"part": part.pk, "here": branch.pk, "there": other_branch.pk, "closed": BranchFactory(is_active=False).pk}
    given = {name: ids.get(value, value) for name, value in change.items()}
    ends = {"from_branch": branch.pk, "to_branch": other_branch.pk, "once": str(new_id())}
    row = {name: value for name, value in given.items() if name not in ends}

    answer = chief.post(
        address(Transfer, "add"), **{**ends, **{k: v for k, v in given.items() if k in ends}}, **lines(row)
    )

    assert refusals(answer) == [words]
    assert Transfer.objects.count() == 0


@pytest.mark.exhaustive
def test_transfer_is_sent_and_received_by_buttons(
    chief: Office, taker: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = draft(branch, other_branch, (part, 4))
    labels = [[label for label, _ in chief.open(transfer).context["links"]]]

    asked = text(chief.page("send_page", transfer))
    went = chief.messages(chief.page("send_page", transfer, post="yes"))
    labels += [[label for label, _ in office.open(transfer).context["links"]] for office in (chief, taker)]
    came = taker.messages(taker.page("receive_page", transfer, post="yes"))
    again = taker.messages(taker.page("receive_page", transfer, post="yes"))
    labels += [[label for label, _ in office.open(transfer).context["links"]] for office in (chief, taker)]

    assert "Harbour" in asked
    assert "LCD-1 Display" in asked
    assert (went, came) == (["1 sent."], ["1 received."])
    assert again == [f"{transfer}: {transfer} is received; nothing of it is under way.", "Nothing was changed."]
    assert labels == [
        ["Send", "Cancel"], ["Call back"], ["Receive in full", "Receive with differences"], [], [],
    ]  # fmt: skip
    assert (level(part, branch)[0], level(part, other_branch)[0]) == (6, 4)
    tables = {table.title: table.rows for table in chief.open(transfer).context["tables"]}
    assert [row[:7] for row in tables["Lines"]] == [("LCD-1", "Display", 4, 0, 4, 0, 0)]
    assert [(str(row[4]), str(row[5])) for row in tables["Movements"]] == [
        ("Harbour", "in transit"), ("in transit", "Station"),
    ]  # fmt: skip
    assert [row[1] for row in tables["Receipts"]] == ["everything"]


@pytest.mark.exhaustive
def test_differences_are_received_line_by_line(taker: Office, branch: Branch, other_branch: Branch, part: Item) -> None:
    phone = bought(3, branch, serials=["A", "B", "C"])
    transfer = sent(branch, other_branch, (part, 4), (phone, 3, "A", "B", "C"))
    page = taker.page("differences_page", transfer)
    receipt = str(page.context["form"]["receipt_id"].value())
    typed = {
        "receipt_id": receipt, "notes": "torn box", "line1-received": "3", "line1-missing": "1",
        "line1-reason": "lost", "line2-received": "1", "line2-serials": "b", "line2-missing": "0",
    }  # fmt: skip

    first = taker.page("differences_page", transfer, **typed)
    again = taker.page("differences_page", transfer, **typed)

    assert [(form.line.item_id, form.initial["received"]) for form in page.context["form"].lines] == [
        (part.pk, 4), (phone.pk, 3),
    ]  # fmt: skip
    assert taker.messages(first)[0] == f"{transfer}: received what was named."
    assert again.status_code == 302
    transfer.refresh_from_db()
    assert (transfer.status, TransferReceipt.objects.get().notes) == ("partly_received", "torn box")
    assert (level(part, other_branch)[:2], level(phone, other_branch)[:2]) == ((3, 0), (1, 2))
    assert [(row[0], row[3], row[6]) for row in moved(transfer)[2:]] == [
        ("TRANSFER", 4, "torn box"), ("ADJUSTMENT", -1, "lost"), ("TRANSFER", 1, "torn box"),
    ]  # fmt: skip


@pytest.mark.exhaustive
def test_what_is_wrong_with_a_receipt_is_said_at_its_line(
    taker: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = sent(branch, other_branch, (part, 4), (bought(2, branch, name="Case"), 2))
    once = {"receipt_id": str(new_id()), "notes": ""}

    nothing = taker.page("differences_page", transfer, **once, **{"line1-received": "0"})
    wrong = taker.page(
        "differences_page", transfer, **once, **{"line1-received": "", "line2-received": "1", "line2-missing": "1"}
    )
    too_much = taker.page("differences_page", transfer, **once, **{"line1-received": "9"})
    negative = taker.page("differences_page", transfer, **once, **{"line1-received": "-1"})

    assert nothing.context["form"].non_field_errors() == ["Say of at least one line what has arrived."]
    assert wrong.context["form"].lines[1].errors == {"reason": ["A difference says why."]}
    assert too_much.context["form"].lines[0].errors == {
        "received": ["Only 4 are under way; what came beyond them is a surplus."]
    }
    assert negative.context["form"].lines[0].errors == {
        "received": ["Ensure this value is greater than or equal to 0."]
    }
    assert TransferReceipt.objects.count() == 0
    assert level(part, other_branch) == (0, 4, 0)


@pytest.mark.exhaustive
def test_transfer_is_cancelled_or_called_back_with_a_reason(
    chief: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    first, second = draft(branch, other_branch, (part, 4)), sent(branch, other_branch, (part, 4))

    silent = chief.messages(chief.page("cancel_page", second, reason=""))
    done = chief.messages(chief.page("cancel_page", first, second, reason="wrong van"))

    assert silent == [f"{second}: Calling back what has been sent needs a reason.", "Nothing was changed."]
    assert done == ["2 cancelled."]
    assert set(Transfer.objects.values_list("status", flat=True)) == {"cancelled"}
    assert level(part, branch) == (10, 0, 100_000_000)


def test_too_little_stock_is_said_with_the_item(
    chief: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    transfer = draft(branch, other_branch, (part, 11))

    said = chief.messages(chief.page("send_page", transfer, post="yes"))

    assert said == [f"{transfer}: Display: Only 10 available, 11 asked for.", "Nothing was changed."]
    assert level(part, branch)[0] == 10


@pytest.mark.exhaustive
def test_only_an_own_draft_is_changed_or_deleted(
    chief: Office, taker: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    own, gone = draft(branch, other_branch, (part, 1)), sent(branch, other_branch, (part, 1))
    form = {"from_branch": branch.pk, "to_branch": other_branch.pk, **lines({"item": part.pk, "quantity": "9"})}

    refused = [
        taker.post(address(own, "change", own.pk), **form),
        taker.post(address(own, "delete", own.pk), post="yes"),
        chief.post(address(gone, "change", gone.pk), **form),
        chief.post(address(gone, "delete", gone.pk), post="yes"),
    ]
    shown = [office.open(own).context["tables"] for office in (chief, taker)]
    deleted = chief.post(address(own, "delete", own.pk), post="yes")

    assert [answer.status_code for answer in refused] == [403] * 4
    assert [len(tables) for tables in shown] == [0, 1]
    assert deleted.status_code == 302
    assert list(Transfer.objects.values_list("pk", flat=True)) == [gone.pk]
    assert len(events("inventory.transfer_discarded")) == 1


@pytest.mark.exhaustive
def test_list_is_scoped_searched_and_filtered(
    chief: Office, boss: Office, branch: Branch, other_branch: Branch, part: Item
) -> None:
    far = BranchFactory()
    own, into = draft(branch, other_branch, (part, 1)), sent(other_branch, branch, (bought(1, other_branch), 1))
    foreign = sent(other_branch, far, (bought(1, other_branch), 1))

    assert boss.shown(Transfer) == {own.pk, into.pk, foreign.pk}
    assert chief.shown(Transfer) == {own.pk, into.pk}
    assert chief.shown(Transfer, q=into.number.lower()) == {into.pk}
    assert chief.shown(Transfer, status__exact="draft") == {own.pk}
    assert boss.shown(Transfer, from_branch__id__exact=str(branch.pk)) == {own.pk}
    assert chief.open(foreign).status_code == 404
    assert chief.page("receive_page", foreign).status_code == 404
    assert StockMovement.objects.filter(document_id=foreign.pk).count() == 1


def test_history_tells_what_happened(chief: Office, branch: Branch, other_branch: Branch, part: Item) -> None:
    transfer = sent(branch, other_branch, (part, 4))

    page = text(chief.get(address(transfer, "history", transfer.pk)))

    assert "inventory.transfer_drafted" in page
    assert "inventory.transfer_sent" in page
