"""Movements, memberships and prices: what the services refuse is said on the form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.inventory.models import Branch, BranchMembership, StockLevel, StockMovement
from apps.pricing.models import Price
from tests.admin.office import Office, address, events, text
from tests.factories import (
    BranchFactory,
    DeviceModelFactory,
    ItemFactory,
    PriceFactory,
    RepairTypeFactory,
    UserFactory,
    line,
    member,
    order,
    stock_of,
    stocked,
)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def test_a_movement_is_recorded_with_its_actor(chief: Office, branch: Branch) -> None:
    item = ItemFactory()

    answer = chief.add(
        StockMovement, item=item.pk, movement_type="IN", quantity="7", to_branch=branch.pk, unit_price="8.50",
        reference_number="PO-12", notes="وصلت",
    )  # fmt: skip

    assert answer.status_code == 302
    movement = StockMovement.objects.get()
    assert (movement.quantity, movement.to_balance, movement.unit_price) == (7, 7, Decimal("8.500"))
    assert (movement.reference_number, movement.notes) == ("PO-12", "وصلت")
    assert (movement.actor_id, movement.actor_label) == (chief.user.pk, "Mo Chief")
    assert stock_of(item, branch) == (7, 0)
    assert [event.actor_id for event in events("inventory.movement_recorded")] == [chief.user.pk]


def test_the_same_form_sent_twice_moves_stock_once(chief: Office, branch: Branch) -> None:
    item = ItemFactory()
    form = {"item": item.pk, "movement_type": "IN", "quantity": "7", "to_branch": branch.pk,
            "once": "019b0000-0000-7000-8000-000000000001"}  # fmt: skip
    chief.post(address(StockMovement, "add"), **form)

    again = chief.post(address(StockMovement, "add"), **form)

    assert errors(again) == {"__all__": ["A record with this identity exists already."]}
    assert stock_of(item, branch) == (7, 0)
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"movement_type": "IN", "quantity": "7"}, {"to_branch": ["IN needs this branch."]}),
        ({"movement_type": "OUT", "quantity": "9", "from_branch": "here"}, {"__all__": ["Only 3 available, 9 asked for."]}),
        ({"movement_type": "IN", "quantity": "0", "to_branch": "here"},
         {"quantity": ["Ensure this value is greater than or equal to 1."]}),
        ({"movement_type": "ADJUSTMENT", "counted_quantity": "4", "to_branch": "here"},
         {"notes": ["An adjustment says why."]}),
        ({"movement_type": "IN", "quantity": "1", "to_branch": "there"}, {"to_branch": None}),
    ],
)  # fmt: skip
def test_what_a_movement_lacks_is_said_at_its_field(
    chief: Office, branch: Branch, other_branch: Branch, fields: dict[str, str], refused: dict[str, Any]
) -> None:
    item = stocked(3, branch)
    places = {"here": branch.pk, "there": other_branch.pk}

    answer = chief.add(
        StockMovement, item=item.pk, **{name: places.get(value, value) for name, value in fields.items()}
    )

    found = errors(answer)
    assert found.keys() == refused.keys()
    assert all(words is None or found[name] == words for name, words in refused.items())
    assert stock_of(item, branch) == (3, 0)
    assert StockMovement.objects.count() == 1


@pytest.mark.exhaustive
def test_what_was_typed_is_still_there_after_a_refusal(chief: Office, branch: Branch) -> None:
    item = stocked(3, branch)

    page = text(
        chief.add(
            StockMovement, item=item.pk, movement_type="OUT", quantity="9", from_branch=branch.pk, notes="to Laila"
        )
    )

    assert 'value="9"' in page
    assert "to Laila" in page
    assert f'<option value="{branch.pk}" selected>Harbour</option>' in page


def test_a_count_sets_what_is_on_hand(chief: Office, branch: Branch) -> None:
    item = stocked(3, branch)

    chief.add(
        StockMovement,
        item=item.pk,
        movement_type="ADJUSTMENT",
        counted_quantity="5",
        to_branch=branch.pk,
        notes="count",
    )

    assert stock_of(item, branch) == (5, 0)


def test_a_level_shows_why_it_is_what_it_is(chief: Office, branch: Branch) -> None:
    item = stocked(3, branch)
    taken_in = order(branch, lines=[line(item, quantity=2)])

    page = chief.open(StockLevel.objects.get())

    tables = {table.title: table.rows for table in page.context["tables"]}
    assert [row[:2] for row in tables["Reserved for"]] == [(taken_in.order_number, 2)]
    assert [row[1:4] for row in tables["Movements"]] == [("in", "+3", 3)]


def test_low_stock_is_a_filter(boss: Office, branch: Branch) -> None:
    low = stocked(2, branch, reorder_level=2)
    stocked(3, branch, reorder_level=2)

    assert boss.shown(StockLevel, stock="low") == {low.stock_levels.get().pk}


@pytest.mark.exhaustive
def test_staff_join_and_leave_a_branch_by_the_service(boss: Office, branch: Branch) -> None:
    worker = UserFactory(role="technician")

    joined = boss.add(BranchMembership, user=worker.pk, branch=branch.pk)
    again = boss.add(BranchMembership, user=worker.pk, branch=branch.pk)
    membership = BranchMembership.objects.get()
    left = boss.post(address(membership, "delete", membership.pk), post="yes")

    assert (joined.status_code, again.status_code, left.status_code) == (302, 200, 302)
    assert BranchMembership.objects.count() == 0
    for event_type in ("inventory.member_joined", "inventory.member_left"):
        assert [(event.aggregate_id, event.payload["user_id"], event.actor_id) for event in events(event_type)] == [
            (branch.pk, str(worker.pk), boss.user.pk)
        ]


@pytest.mark.exhaustive
def test_a_customer_joins_no_branch(boss: Office, branch: Branch) -> None:
    customer = UserFactory(role="customer")

    answer = boss.add(BranchMembership, user=customer.pk, branch=branch.pk)

    assert errors(answer) == {"user": ["Only staff work at a branch."]}
    assert BranchMembership.objects.count() == 0


PRICE = {"part_quality": "original", "price": "99.00", "currency": "USD", "valid_from": "2026-01-01"}


@pytest.mark.exhaustive
def test_a_price_is_made_changed_and_taken_off_by_its_services(boss: Office) -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()

    boss.add(Price, device_model=model.pk, repair_type=repair.pk, **PRICE)
    price = Price.objects.get()
    boss.save(price, price="89.50", valid_until="2026-12-31")
    price.refresh_from_db()
    seen = (price.price, price.valid_from, price.valid_until)
    boss.post(address(price, "delete", price.pk), post="yes")

    assert seen == (Decimal("89.500"), date(2026, 1, 1), date(2026, 12, 31))
    assert Price.objects.count() == 0
    told = [events(f"pricing.price.{verb}") for verb in ("created", "updated", "deleted")]
    assert [[event.actor_id for event in one] for one in told] == [[boss.user.pk]] * 3
    assert told[1][0].payload["changes"] == {"price": ["99.00", "89.50"], "valid_until": [None, "2026-12-31"]}


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"valid_from": "2026-06-01"}, {"__all__": ["There is already a price for this from 2026-01-01."]}),
        ({"valid_until": "2025-12-31"}, {"valid_until": ["A price cannot end before it begins."]}),
        ({"price": "0", "valid_from": "2020-01-01", "valid_until": "2020-02-01"},
         {"price": ["Ensure this value is greater than or equal to 0.001."]}),
        ({"price": "9.999", "valid_from": "2020-01-01", "valid_until": "2020-02-01"},
         {"price": ["This is not an amount of USD."]}),
        ({"currency": "XXY"}, {"currency": ["This is not an ISO 4217 currency code."]}),
    ],
)  # fmt: skip
def test_a_refused_price_is_an_error_on_the_form(boss: Office, fields: dict[str, str], refused: dict[str, Any]) -> None:
    listed = PriceFactory(valid_from=date(2026, 1, 1))
    same = {"device_model": listed.device_model_id, "repair_type": listed.repair_type_id}

    answer = boss.add(Price, **same, **{**PRICE, **fields})

    assert errors(answer) == refused
    assert Price.objects.count() == 1
    assert events("pricing.price.created") == []


@pytest.mark.exhaustive
def test_moving_a_price_onto_another_is_refused(boss: Office) -> None:
    first = PriceFactory(valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 31))
    same = {"device_model": first.device_model, "repair_type": first.repair_type}
    second = PriceFactory(**same, valid_from=date(2026, 2, 1))

    answer = boss.save(second, valid_from="2026-01-31")

    assert errors(answer) == {"__all__": ["There is already a price for this from 2026-01-01 until 2026-01-31."]}
    assert Price.objects.get(pk=second.pk).valid_from == date(2026, 2, 1)


def test_reservations_are_listed_for_the_own_branch(chief: Office, branch: Branch) -> None:
    far = BranchFactory()
    member("technician", far)
    own = order(branch, lines=[line(stocked(1, branch))])
    order(far, lines=[line(stocked(1, far))])

    reservation = own.lines.get().item.stock_levels.get().reservations.get()

    assert chief.shown(type(reservation)) == {reservation.pk}
    assert chief.shown(type(reservation), q=own.order_number) == {reservation.pk}
