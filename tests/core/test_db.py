"""Lost races are run again, a bounded number of times; tables that only grow refuse everything else."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, DataError, OperationalError, transaction

from apps.core.db import ATTEMPTS, lost_race, retrying, snapshot, waited_too_long
from apps.inventory.models import Item, StockMovement
from tests.factories import ItemFactory
from tests.factories.world import World


class _DriverError(Exception):
    """What a database driver raises: it names the condition by its SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def refused(sqlstate: str) -> OperationalError:
    error = OperationalError("refused")
    error.__cause__ = _DriverError(sqlstate)
    return error


def failing(times: int, sqlstate: str) -> tuple[Callable[[], str], list[int]]:
    """Work that loses so many races before it is done, and the list of its attempts."""
    attempts: list[int] = []

    def work() -> str:
        attempts.append(len(attempts) + 1)
        if len(attempts) <= times:
            raise refused(sqlstate)
        return "done"

    return work, attempts


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_lost_race_is_run_again_until_it_is_won(sqlstate: str) -> None:
    work, attempts = failing(ATTEMPTS - 1, sqlstate)

    assert retrying(work) == "done"
    assert attempts == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_race_that_is_never_won_is_given_up() -> None:
    work, attempts = failing(99, "40001")

    with pytest.raises(OperationalError):
        retrying(work)

    assert attempts == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["55P03", "57014", "08006", ""])
def test_other_failures_are_not_repeated(sqlstate: str) -> None:
    work, attempts = failing(1, sqlstate)

    with pytest.raises(OperationalError):
        retrying(work)

    assert attempts == [1]


@pytest.mark.django_db(transaction=True)
def test_part_of_a_transaction_is_not_repeated_alone() -> None:
    work, attempts = failing(1, "40001")

    with transaction.atomic(), pytest.raises(OperationalError):
        retrying(work)

    assert attempts == [1]


def test_failures_are_told_apart() -> None:
    assert [lost_race(refused(state)) for state in ("40001", "40P01", "55P03")] == [True, True, False]
    assert [waited_too_long(refused(state)) for state in ("40001", "55P03")] == [False, True]
    assert waited_too_long(OperationalError("database is locked"))


@pytest.mark.django_db(transaction=True)
def test_snapshot_is_one_transaction() -> None:
    with snapshot():
        inside = transaction.get_connection().in_atomic_block

    assert (inside, transaction.get_connection().in_atomic_block) == (True, False)


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_table_that_only_grows_refuses_the_rest(verb: str) -> None:
    World().grow()
    before = list(StockMovement.objects.order_by("pk").values_list("pk", "notes"))

    rows = StockMovement.objects.filter(pk=before[0][0])
    write = partial(rows.update, notes="x") if verb == "update" else partial(rows._raw_delete, using="default")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        write()

    assert list(StockMovement.objects.order_by("pk").values_list("pk", "notes")) == before


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**32 + 7, 2**63, 2**70])
def test_number_that_a_column_cannot_hold_is_refused_and_not_cut(value: int) -> None:
    item = ItemFactory(reorder_level=5)

    with pytest.raises(DataError, match="out of range"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(reorder_level=value)

    assert Item.objects.get(pk=item.pk).reorder_level == 5


@pytest.mark.django_db
def test_the_largest_number_that_a_column_holds_is_kept() -> None:
    item = ItemFactory(reorder_level=2**31 - 1)

    assert Item.objects.get(pk=item.pk).reorder_level == 2**31 - 1
