"""Reads that go past psycopg's cursor: the same rows, the same errors, and nobody who looks on is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from django.db import DataError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Session, User
from apps.accounts.selectors import session_of
from apps.core import composed
from apps.core.ids import new_id
from apps.core.postgresql import prepared
from apps.core.postgresql.base import DatabaseWrapper
from apps.inventory.models import Branch
from tests.conftest import Api

OFTEN = 6
SQL = "SELECT %s::uuid, %s::text, %s::int, '2026-02-28 23:59:59.5+03'::timestamptz, 1.50::numeric, NULL, '100 %%'"


@pytest.fixture
def database() -> Iterator[DatabaseWrapper]:
    """The connection that is opened anew: what it has ready is this test's own."""
    connection.close()
    yield cast(DatabaseWrapper, connection)
    connection.close()


def _ready(database: DatabaseWrapper, *, texts: bool = False) -> dict[Any, bytes]:
    return database._kept[texts][1]._names


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("texts", [False, True])
def test_what_is_ready_gives_the_same_rows(database: DatabaseWrapper, texts: bool) -> None:
    given = [[new_id(), name, number] for number, name in enumerate(["", "a", "ж'\\", "%s", "$1", "x" * 5000])]

    found = [database.rows(SQL, values, texts=texts) for values in given]
    with CaptureQueriesContext(connection) as noted:
        again = [database.rows(SQL, values, texts=texts) for values in given]

    assert found == again
    assert len(noted) == len(given)
    assert len(_ready(database, texts=texts)) == 1
    assert [(str(row[0][0]), row[0][1], row[0][2], row[0][6]) for row in found] == [
        (str(pk), name, number, "100 %") for pk, name, number in given
    ]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_values_of_other_types_are_another_statement(database: DatabaseWrapper) -> None:
    found = [database.rows("SELECT %s + 1", [number]) for number in (1, 2, 3, 4, 2**40, 5)]

    assert found == [[(2,)], [(3,)], [(4,)], [(5,)], [(2**40 + 1,)], [(6,)]]
    assert len(_ready(database)) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_error_is_djangos_and_the_next_read_goes_on(database: DatabaseWrapper) -> None:
    for divisor in range(1, OFTEN):
        assert database.rows("SELECT 10 / %s", [divisor]) == [(10 // divisor,)]

    with pytest.raises(DataError, match="division by zero"):
        database.rows("SELECT 10 / %s", [0])

    assert database.rows("SELECT 10 / %s", [5]) == [(2,)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_prepared_is_refused_as_by_the_cursor(database: DatabaseWrapper) -> None:
    for _ in range(OFTEN):
        with pytest.raises(ProgrammingError, match="there_is_no_such_table"):
            database.rows("SELECT %s::int FROM there_is_no_such_table", [1])

    assert _ready(database) == {}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_it_reads_what_is_written_there(database: DatabaseWrapper, branch: Branch) -> None:
    sql = 'SELECT name FROM "inventory_branch" WHERE id = %s'
    for _ in range(OFTEN):
        assert database.rows(sql, [branch.pk]) == [(branch.name,)]

    with transaction.atomic():
        Branch.objects.filter(pk=branch.pk).update(name="Elsewhere")
        within = database.rows(sql, [branch.pk])
        transaction.set_rollback(True)

    assert (within, database.rows(sql, [branch.pk])) == ([("Elsewhere",)], [(branch.name,)])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_after_a_table_has_changed_it_is_made_ready_anew(database: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing AS SELECT 1 AS a")
        for _ in range(OFTEN):
            assert database.rows("SELECT * FROM changing WHERE a = %s", [1]) == [(1,)]
        cursor.execute("ALTER TABLE changing ADD COLUMN b int DEFAULT 2")

    assert database.rows("SELECT * FROM changing WHERE a = %s", [1]) == [(1, 2)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_more_are_kept_ready_than_psycopg_would_keep(database: DatabaseWrapper) -> None:
    for number in range(prepared.MOST + 5):
        for _ in range(OFTEN):
            assert database.rows(f"SELECT {number} + %s", [1]) == [(number + 1,)]

    assert len(_ready(database)) == prepared.MOST


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_where_a_pooler_loses_them_none_is_kept_ready(database: DatabaseWrapper) -> None:
    database.ensure_connection()
    database.connection.prepare_threshold = None

    assert [database.rows("SELECT %s + 1", [1]) for _ in range(OFTEN)] == [[(2,)]] * OFTEN
    assert _ready(database) == {}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_opened_again_starts_anew(database: DatabaseWrapper) -> None:
    for _ in range(OFTEN):
        database.rows("SELECT %s + 1", [1])
    connection.close()

    assert [database.rows("SELECT %s + 1", [1]) for _ in range(OFTEN)] == [[(2,)]] * OFTEN
    assert len(_ready(database)) == 1


def test_a_record_made_of_a_row_is_as_django_makes_it(branch: Branch) -> None:
    names = ["id", "name"]
    row = (branch.pk, branch.name)

    made = composed.record(Branch, names, (*row, "beyond"))
    django = Branch.from_db("default", names, row)

    assert {k: v for k, v in vars(made).items() if k != "_state"} == {
        k: v for k, v in vars(django).items() if k != "_state"
    }
    assert vars(made._state) == vars(django._state)
    assert made.get_deferred_fields() == django.get_deferred_fields()
    assert (made.address, made == branch) == (branch.address, True)


def test_the_session_of_a_request_can_be_used_as_any(manager: Api) -> None:
    assert manager.user is not None
    stored = Session.objects.select_related("user").get(user=manager.user)

    found = session_of(stored.pk, stored.user_id)

    assert found is not None
    assert (found, found.user, found.device, found.user.created_at) == (
        stored, stored.user, stored.device, stored.user.created_at,
    )  # fmt: skip
    found.user.first_name = "Changed"
    found.user.save(update_fields=["first_name"])
    assert User.objects.get(pk=stored.user_id).first_name == "Changed"
