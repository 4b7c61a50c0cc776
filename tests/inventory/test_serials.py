"""Units that are known one by one: each is in exactly one place, and every movement names them."""

from __future__ import annotations

import time
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import Error, transaction

from apps.core.actor import Actor
from apps.core.db import retrying
from apps.core.ids import new_id
from apps.inventory.enums import MovementType
from apps.inventory.exceptions import SerialsMissing
from apps.inventory.models import Branch, Item, MovedSerial, Reservation, Serial, StockLevel, StockMovement
from apps.inventory.selectors import has_units
from apps.inventory.services import (
    MovementRequest,
    Need,
    TransferLineRequest,
    TransferRequest,
    draft_transfer,
    holding_stock_of,
    issue,
    pick_serials,
    record_movement,
    release,
    reserve,
    send_transfer,
    verify_stock,
)
from tests.conftest import Api
from tests.factories import BranchFactory, ItemFactory, line, order, stock_of, stocked
from tests.inventory.books import books, move
from tests.racing import kinds, race

SYSTEM = Actor.system("test")


@pytest.fixture
def phone(branch: Branch) -> Item:
    """Three units at Harbour: P-1, P-2 and P-3."""
    return stocked(3, branch, sku="P", tracks_serials=True)


def places(item: Item) -> dict[str, tuple[str, str | None]]:
    rows = Serial.objects.filter(item=item).values_list("number", "state", "branch__code")
    return {number: (state, code) for number, state, code in rows}


def everything() -> Any:
    return (
        books(),
        sorted(Serial.objects.values_list("pk", "state", "branch", "reservation")),
        MovedSerial.objects.count(),
    )


def promised(item: Item, branch: Branch, units: int = 1) -> Reservation:
    need = Need(new_id(), item.pk, branch.pk, units, new_id(), "R-1")
    assert reserve("test", [need], actor=SYSTEM) == {need.source_id}
    return Reservation.objects.get(source_id=need.source_id)


def test_arrival_names_every_unit(manager: Api, branch: Branch) -> None:
    item = ItemFactory(tracks_serials=True)

    answer = move(manager, item, "IN", {"quantity": 2, "toBranchId": str(branch.pk), "serials": [" ab 12", "cd34"]})

    assert answer.status_code == 201
    assert [serial["number"] for serial in answer.body["data"]["serials"]] == ["AB12", "CD34"]
    assert places(item) == {"AB12": ("in_stock", "HAR"), "CD34": ("in_stock", "HAR")}
    assert verify_stock() == []


@pytest.mark.parametrize(
    ("kind", "units", "serials", "code"),
    [
        ("IN", 2, ["A"], "invalid"),
        ("IN", 1, ["A", "B"], "invalid"),
        ("IN", 1, [], "invalid"),
        ("IN", 2, ["A", " a"], "duplicate"),
        ("IN", 1, ["  "], "blank"),
        ("IN", 1, ["x" * 101], "max_length"),
        ("OUT", 2, ["P-1"], "invalid"),
    ],
)
def test_movement_that_does_not_name_each_unit_is_refused(
    manager: Api, phone: Item, branch: Branch, kind: str, units: int, serials: list[str], code: str
) -> None:
    before = everything()
    side = "fromBranchId" if kind == "OUT" else "toBranchId"

    answer = move(manager, phone, kind, {"quantity": units, side: str(branch.pk), "serials": serials})

    assert (answer.status_code, answer.body["code"]) == (400, "VALIDATION_ERROR")
    assert [(error["field"].partition(".")[0], error["code"]) for error in answer.body["details"]] == [
        ("serials", code)
    ]
    assert everything() == before


def test_item_without_serials_takes_none(manager: Api, branch: Branch) -> None:
    item = stocked(3, branch)
    before = everything()

    answer = move(manager, item, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk), "serials": ["A"]})

    assert [(error["field"], error["code"]) for error in answer.body["details"]] == [("serials", "not_allowed")]
    assert everything() == before


@pytest.mark.parametrize(
    ("kind", "serials", "words"),
    [
        ("OUT", ["NEW"], "Nobody knows a unit with the serial number NEW."),
        ("OUT", ["S-1"], "The unit S-1 is not in stock there."),
        ("IN", ["P-1"], "The unit P-1 is in stock already."),
        ("IN", ["S-1"], "The unit S-1 is in stock already."),
    ],
)
def test_unit_is_taken_only_from_where_it_is(
    manager: Api, phone: Item, branch: Branch, other_branch: Branch, kind: str, serials: list[str], words: str
) -> None:
    there = MovementRequest(phone.pk, MovementType.IN, 1, to_branch_id=other_branch.pk, serials=["S-1"])
    record_movement(there, actor=SYSTEM)
    before = everything()
    side = "fromBranchId" if kind == "OUT" else "toBranchId"

    answer = move(manager, phone, kind, {"quantity": 1, side: str(branch.pk), "serials": serials})

    assert (answer.status_code, answer.body["code"], answer.body["error"]) == (409, "CONFLICT", words)
    assert everything() == before


def test_unit_goes_out_comes_back_and_moves_with_its_history(
    admin: Api, phone: Item, branch: Branch, other_branch: Branch
) -> None:
    one = {"quantity": 1, "serials": ["p-2"]}
    move(admin, phone, "OUT", {**one, "fromBranchId": str(branch.pk)})
    gone = places(phone)["P-2"]
    move(admin, phone, "RETURN", {**one, "toBranchId": str(branch.pk)})
    move(admin, phone, "TRANSFER", {**one, "fromBranchId": str(branch.pk), "toBranchId": str(other_branch.pk)})
    move(
        admin, phone, "ADJUSTMENT", {"quantity": -1, "serials": ["P-1"], "toBranchId": str(branch.pk), "notes": "lost"}
    )
    serial = Serial.objects.get(number="P-2")

    answer = admin.get(f"inventory/serials/{serial.pk}/movements")

    assert gone == ("gone", None)
    assert places(phone) == {"P-1": ("gone", None), "P-2": ("in_stock", "STA"), "P-3": ("in_stock", "HAR")}
    kinds_of = [row["movementType"] for row in answer.body["data"]["items"]]
    assert kinds_of == ["TRANSFER", "RETURN", "OUT", "IN"]
    assert (stock_of(phone, branch), stock_of(phone, other_branch)) == ((1, 0), (1, 0))
    assert verify_stock() == []


def test_counted_number_of_tracked_units_is_refused(manager: Api, phone: Item, branch: Branch) -> None:
    before = everything()

    answer = move(
        manager, phone, "ADJUSTMENT", {"countedQuantity": 2, "toBranchId": str(branch.pk), "notes": "counted"}
    )

    assert (answer.status_code, answer.body["details"][0]["field"]) == (400, "countedQuantity")
    assert everything() == before


def test_reversal_names_the_same_units(manager: Api, phone: Item, branch: Branch) -> None:
    arrival = StockMovement.objects.get()

    answer = manager.post(f"inventory/movements/{arrival.pk}/reverse", {"notes": "wrong box"})

    assert [serial["number"] for serial in answer.body["data"]["serials"]] == ["P-1", "P-2", "P-3"]
    assert set(places(phone).values()) == {("gone", None)}
    assert verify_stock() == []


def test_units_are_found_by_part_of_their_number(seller: Api, phone: Item) -> None:
    found = seller.get("inventory/serials?q=%20p-2").body["data"]["items"]
    of_item = seller.get(f"inventory/serials?itemId={phone.pk}&state=in_stock").body["data"]["items"]
    gone = seller.get("inventory/serials?state=gone").body["data"]["items"]

    assert [row["number"] for row in found] == ["P-2"]
    assert [row["number"] for row in of_item] == ["P-1", "P-2", "P-3"]
    assert gone == []


# --- picking --------------------------------------------------------------------------------------------------------


def test_promised_unit_is_handed_out_only_when_it_is_picked(phone: Item, branch: Branch) -> None:
    reservation = promised(phone, branch)
    before = everything()

    with pytest.raises(SerialsMissing):
        issue("test", [reservation.source_id], actor=SYSTEM)
    unchanged = everything()
    pick_serials(reservation.pk, ["P-3"], actor=SYSTEM)
    issue("test", [reservation.source_id], actor=SYSTEM)

    assert unchanged == before
    assert places(phone)["P-3"] == ("gone", None)
    assert list(MovedSerial.objects.filter(movement__reservation=reservation).values_list("serial__number")) == [
        ("P-3",)
    ]
    assert verify_stock() == []


def test_picked_unit_is_nobody_elses(manager: Api, phone: Item, branch: Branch) -> None:
    reservation, second = promised(phone, branch), promised(phone, branch)
    pick_serials(reservation.pk, ["P-3"], actor=SYSTEM)
    before = everything()

    out = move(manager, phone, "OUT", {"quantity": 1, "fromBranchId": str(branch.pk), "serials": ["P-3"]})
    other = manager.put(f"inventory/reservations/{second.pk}/serials", {"serials": ["P-3"]})

    assert (out.status_code, out.body["error"]) == (409, "The unit P-3 is chosen for something else.")
    assert (other.status_code, other.body["code"]) == (409, "CONFLICT")
    assert everything() == before


def test_pick_is_changed_and_taken_back(manager: Api, phone: Item, branch: Branch) -> None:
    reservation = promised(phone, branch, 2)
    path = f"inventory/reservations/{reservation.pk}/serials"

    first = manager.put(path, {"serials": ["P-1", "P-2"]})
    second = manager.put(path, {"serials": ["p-3", "P-2"]})
    too_few = manager.put(path, {"serials": ["P-1"]})
    chosen = sorted(Serial.objects.filter(reservation=reservation).values_list("number", flat=True))
    emptied = manager.put(path, {"serials": []})

    assert [serial["number"] for serial in first.body["data"]["serials"]] == ["P-1", "P-2"]
    assert [serial["number"] for serial in second.body["data"]["serials"]] == ["P-2", "P-3"]
    assert (too_few.status_code, too_few.body["details"][0]["code"]) == (400, "invalid")
    assert chosen == ["P-2", "P-3"]
    assert (emptied.status_code, emptied.body["data"]["serials"]) == (200, [])


def test_release_frees_what_was_picked(phone: Item, branch: Branch) -> None:
    reservation = promised(phone, branch)
    pick_serials(reservation.pk, ["P-1"], actor=SYSTEM)

    release("test", [reservation.source_id], actor=SYSTEM)

    assert not Serial.objects.exclude(reservation=None).exists()
    assert stock_of(phone, branch) == (3, 0)
    assert verify_stock() == []


def test_pick_for_what_is_over_is_refused(manager: Api, phone: Item, branch: Branch) -> None:
    reservation = promised(phone, branch)
    release("test", [reservation.source_id], actor=SYSTEM)
    before = everything()

    answer = manager.put(f"inventory/reservations/{reservation.pk}/serials", {"serials": ["P-1"]})

    assert (answer.status_code, answer.body["code"]) == (409, "CONFLICT")
    assert everything() == before


def test_order_is_completed_once_its_unit_is_picked(manager: Api, technician: Api, phone: Item, branch: Branch) -> None:
    taken_in = order(branch, lines=[line(phone)], technician=technician.user)
    for status in ("in_progress",):
        assert technician.put(f"repairs/{taken_in.pk}/status", {"status": status}).status_code == 200
    before = everything()

    early = technician.put(f"repairs/{taken_in.pk}/status", {"status": "completed"})
    unchanged = everything()
    reservation = Reservation.objects.get(document_id=taken_in.pk)
    picked = technician.put(f"inventory/reservations/{reservation.pk}/serials", {"serials": ["P-2"]})
    done = technician.put(f"repairs/{taken_in.pk}/status", {"status": "completed"})

    assert (early.status_code, early.body["code"]) == (409, "CONFLICT")
    assert early.body["error"] == f"Pick the serial numbers of {phone} for {taken_in.order_number} first."
    assert unchanged == before
    assert (picked.status_code, done.status_code) == (200, 200)
    assert places(phone)["P-2"] == ("gone", None)
    assert verify_stock() == []


# --- the database, and races ----------------------------------------------------------------------------------------


def test_database_itself_keeps_a_unit_in_one_place(phone: Item, other_branch: Branch) -> None:
    one = Serial.objects.get(number="P-1")

    for wrong in ({"state": "gone"}, {"branch": None}, {"state": "in_transit"}):
        with pytest.raises(Error), transaction.atomic():
            Serial.objects.filter(pk=one.pk).update(**wrong)
    with pytest.raises(Error), transaction.atomic():
        Serial.objects.create(item=phone, number="P-1", branch=other_branch)
    with pytest.raises(Error), transaction.atomic():
        MovedSerial.objects.all().delete()

    assert places(phone)["P-1"] == ("in_stock", "HAR")


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_one_unit_is_sold_once_by_sixteen() -> None:
    branch = BranchFactory()
    item = stocked(16, branch, sku="P", tracks_serials=True)
    request = MovementRequest(item.pk, MovementType.OUT, 1, from_branch_id=branch.pk, serials=["P-7"])

    outcomes = race(*[lambda: retrying(partial(record_movement, request, actor=SYSTEM))] * 16)

    assert kinds(outcomes) == {"SerialElsewhere": 15, "StockMovement": 1}
    assert stock_of(item, branch) == (15, 0)
    assert verify_stock() == []


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_one_number_arrives_once_at_sixteen_branches() -> None:
    item, branches = ItemFactory(tracks_serials=True), [BranchFactory() for _ in range(16)]
    requests = [
        MovementRequest(item.pk, MovementType.IN, 1, to_branch_id=branch.pk, serials=["ONE"]) for branch in branches
    ]

    outcomes = race(*[partial(retrying, partial(record_movement, request, actor=SYSTEM)) for request in requests])

    assert kinds(outcomes) == {"SerialElsewhere": 15, "StockMovement": 1}
    assert sum(stock_of(item, branch)[0] for branch in branches) == 1
    assert Serial.objects.get().state == "in_stock"
    assert verify_stock() == []


# --- beginning and ending to track ----------------------------------------------------------------------------------


def test_item_begins_to_track_while_it_has_no_units(manager: Api, branch: Branch) -> None:
    empty, held = ItemFactory(), stocked(1, branch)

    begun = manager.patch(f"inventory/items/{empty.pk}", {"tracksSerials": True})
    refused = manager.patch(f"inventory/items/{held.pk}", {"tracksSerials": True})
    same = manager.patch(f"inventory/items/{held.pk}", {"tracksSerials": False, "name": "Other"})

    assert (begun.status_code, begun.body["data"]["tracksSerials"]) == (200, True)
    assert (refused.status_code, [(error["field"], error["code"]) for error in refused.body["details"]]) == (
        400, [("tracksSerials", "in_use")],
    )  # fmt: skip
    assert (same.status_code, same.body["data"]["name"]) == (200, "Other")
    assert list(Item.objects.filter(pk=held.pk).values_list("tracks_serials")) == [(False,)]


def test_item_does_not_stop_while_units_are_in_transit(
    manager: Api, phone: Item, branch: Branch, other_branch: Branch
) -> None:
    lines = [TransferLineRequest(phone.pk, 3, serials=["P-1", "P-2", "P-3"])]
    transfer = draft_transfer(TransferRequest(branch.pk, other_branch.pk, lines), actor=SYSTEM)
    send_transfer(transfer.pk, actor=SYSTEM)

    answer = manager.patch(f"inventory/items/{phone.pk}", {"tracksSerials": False})

    assert (answer.status_code, answer.body["details"][0]["code"]) == (400, "in_use")
    assert set(places(phone).values()) == {("in_transit", None)}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["with a level", "without one"])
def test_units_that_arrive_while_an_item_begins_to_track_them_need_their_numbers(branch: Branch, known: bool) -> None:
    item = ItemFactory()
    if known:
        StockLevel.objects.create(item=item, branch=branch)
    held = Event()

    def begin() -> None:
        with holding_stock_of(item.pk, tracked=True):
            assert not has_units(item.pk)
            held.set()
            time.sleep(0.5)  # for the other to come and wait
            Item.objects.filter(pk=item.pk).update(tracks_serials=True)

    def arrive() -> StockMovement:
        assert held.wait(timeout=20)
        return record_movement(MovementRequest(item.pk, MovementType.IN, 3, to_branch_id=branch.pk), actor=SYSTEM)

    assert kinds(race(begin, arrive)) == {"NoneType": 1, "ValidationFailed": 1}
    assert (stock_of(item, branch), verify_stock()) == ((0, 0), [])
