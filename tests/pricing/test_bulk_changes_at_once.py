"""Changes of many prices under fire: killed at each statement, applied by two at once, and as a plain model."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.catalog.enums import PartQuality
from apps.core.db import retrying
from apps.pricing.models import BulkChange, BulkChangeLine, Price
from apps.pricing.rules.changes import Operation
from apps.pricing.services import update_price
from apps.pricing.services.change_steps import apply_change, undo_change
from tests.factories import DeviceModelFactory, PriceFactory, RepairTypeFactory
from tests.inventory.killing import every_statement_killed
from tests.pricing.changing import SYSTEM, by, drafted, the_list
from tests.racing import kinds, race


def _state() -> tuple[Any, ...]:
    lines = sorted(BulkChangeLine.objects.values_list("pk", "made", "kept_because"))
    return the_list(), list(BulkChange.objects.values_list("status")), lines, Event.objects.count()


@pytest.fixture
def two_prices(db: None) -> list[Price]:
    today = timezone.localdate()
    return [PriceFactory(valid_from=today - timedelta(days=9)), PriceFactory(valid_from=today)]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_killed_at_any_statement_has_done_nothing_and_undoing_as_well(two_prices: list[Price]) -> None:
    before = the_list()
    change = drafted(by("percent", "10"))

    applied = every_statement_killed(partial(apply_change, change.pk, actor=SYSTEM), _state)
    undone = every_statement_killed(partial(undo_change, change.pk, actor=SYSTEM), _state)

    assert min(applied, undone) > 5
    assert the_list() == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_that_two_apply_at_once_is_applied_once(two_prices: list[Price]) -> None:
    change = drafted(by("percent", "10"))
    work = partial(retrying, partial(apply_change, change.pk, actor=SYSTEM))

    outcomes = race(work, work, work, work)

    assert kinds(outcomes) == {"BulkChange": 1, "Conflict": 3}
    assert sorted(Price.objects.values_list("price", flat=True)) == [Decimal(99), Decimal("108.9"), Decimal("108.9")]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_person_at_once_are_one_after_the_other(two_prices: list[Price]) -> None:
    change, price = drafted(by("percent", "10")), two_prices[1]
    typed = partial(update_price, price.pk, {"price": Decimal(50)}, actor=SYSTEM)

    outcomes = race(partial(retrying, typed), partial(retrying, partial(apply_change, change.pk, actor=SYSTEM)))

    price.refresh_from_db()
    assert kinds(outcomes) in ({"BulkChange": 1, "Price": 1}, {"Price": 1, "PricesChanged": 1})
    assert price.price == Decimal(50)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_changes_of_the_same_prices_at_once_do_not_meet(two_prices: list[Price]) -> None:
    changes = [drafted(by("percent", "10")), drafted(by("percent", "20"))]

    outcomes = race(*[partial(retrying, partial(apply_change, one.pk, actor=SYSTEM)) for one in changes])

    assert kinds(outcomes) == {"BulkChange": 1, "PricesChanged": 1}
    assert Price.objects.count() == 3


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_many_prices_take_no_more_statements_than_their_batches() -> None:
    model, today = DeviceModelFactory(), timezone.localdate()
    repairs = [RepairTypeFactory() for _ in range(300)]
    Price.objects.bulk_create(
        Price(device_model=model, repair_type=one, price=100, valid_from=today - timedelta(days=1)) for one in repairs
    )
    change = drafted(by("percent", "10"))

    with CaptureQueriesContext(connection) as applied:
        apply_change(change.pk, actor=SYSTEM)
    with CaptureQueriesContext(connection) as undone:
        undo_change(change.pk, actor=SYSTEM)

    assert len(applied) <= 30
    assert len(undone) <= 30
    assert Price.objects.filter(price=100, valid_until=None).count() == 300


# --- a plain model: applied and undone, the list is what it was ---------------------------------------------------------

_DAYS = st.integers(min_value=1, max_value=60)
_OPERATIONS = st.one_of(
    st.builds(lambda value: by("percent", str(value)), st.integers(-99, 300).filter(bool)),
    st.builds(lambda value: by("amount", str(value)), st.integers(-200, 200).filter(bool)),
    st.builds(lambda value: by("set", str(value)), st.integers(1, 300)),
    st.builds(lambda value: by("percent", str(value), step="5", ending="-0.01"), st.integers(-99, 99).filter(bool)),
)
# For each key the lengths of its periods and of the gaps before them, and whether the last one ends.
_KEYS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 20), _DAYS, st.integers(1, 500)), min_size=1, max_size=3), st.booleans()
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.exhaustive
@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(_KEYS, _OPERATIONS, st.integers(min_value=0, max_value=60))
def test_a_change_does_what_its_preview_shows_and_undone_leaves_the_list_as_it_was(
    keys: Any, operation: Operation, later: int
) -> None:
    with transaction.atomic():
        begins = timezone.localdate() + timedelta(days=later)
        _make(keys)
        before = the_list()
        if not Price.objects.exclude(valid_until__lt=begins).exists():
            transaction.set_rollback(True)
            return
        change = drafted(operation, valid_from=begins)
        expected = _expected(change, begins)

        apply_change(change.pk, actor=SYSTEM)
        applied = _amounts()
        undo_change(change.pk, actor=SYSTEM)

        assert applied == expected
        assert the_list() == before
        assert not change.lines.exclude(after={}).exclude(kept_because="").exists()
        transaction.set_rollback(True)


def _make(keys: Any) -> None:
    model, repair = DeviceModelFactory(), RepairTypeFactory()
    for (periods, ends), quality in zip(keys, PartQuality.values, strict=False):
        first = timezone.localdate() - timedelta(days=30)
        for number, (gap, length, amount) in enumerate(periods):
            first += timedelta(days=gap)
            last = first + timedelta(days=length - 1)
            is_open = number == len(periods) - 1 and not ends
            PriceFactory(
                device_model=model, repair_type=repair, part_quality=quality, price=Decimal(amount), valid_from=first,
                valid_until=None if is_open else last,
            )  # fmt: skip
            first = last + timedelta(days=1)


Amounts = dict[tuple[str, date], Decimal]


def _amounts() -> Amounts:
    """What each key costs on each day of half a year."""
    found: Amounts = {}
    days = [timezone.localdate() + timedelta(days=number) for number in range(-31, 150)]
    for price in Price.objects.all():
        for day in days:
            if price.valid_from <= day and (price.valid_until is None or day <= price.valid_until):
                assert (price.part_quality, day) not in found
                found[price.part_quality, day] = price.price
    return found


def _expected(change: BulkChange, begins: date) -> Amounts:
    """Day by day, what the preview says."""
    found = _amounts()
    for line in change.lines.exclude(after={}):
        first = max(begins, date.fromisoformat(line.before["valid_from"]))
        last = line.before["valid_until"]
        for quality, day in found:
            within = first <= day and (last is None or day <= date.fromisoformat(last))
            if quality == line.before["part_quality"] and within:
                found[quality, day] = Decimal(line.after["price"])
    return found
