"""The index behind the search for items: used, kept, mended, and missed without harm."""

from __future__ import annotations

import io
import sqlite3

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core import search_index
from apps.core.search_index import SearchIndex
from apps.inventory.models import Item
from apps.inventory.models.items import ITEM_WORDS
from tests.conftest import Api
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="this is how SQLite is searched")


def screen() -> Item:
    item: Item = ItemFactory(sku="LCD-12-B", name="Écran OLED", barcode="4006381333931")
    return item


def plan(text: str) -> str:
    found = Item.objects.found_by(text).values_list("pk")
    sql, parameters = found.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
            cursor.execute(f"EXPLAIN {sql}", parameters)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_search_uses_the_index() -> None:
    ItemFactory()

    expected = (
        "Bitmap Index Scan on inventory_item_found" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX"
    )
    assert expected in plan("screen panel")


@on_sqlite
def test_search_keeps_to_rows_where_there_is_no_index(seller: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    screen()
    ItemFactory()
    monkeypatch.setattr(search_index, "can_index_in_sqlite", lambda: False)

    answer = seller.get("inventory/items?q=ecran 0638")

    assert [row["sku"] for row in answer.body["data"]["items"]] == ["LCD-12-B"]
    assert "VIRTUAL" not in plan("screen panel")


@on_sqlite
def test_old_sqlite_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 33, 0))

    with caplog.at_level("WARNING", logger="apps.core.search_index"):
        made = ITEM_WORDS.ensure(connection)

    assert not made
    assert "reads every row" in caplog.text


@pytest.mark.exhaustive
@on_sqlite
def test_index_whose_triggers_were_lost_is_made_anew_after_a_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER inventory_item_search_added")
    item = screen()
    assert not Item.objects.found_by("ecran").exists()

    call_command("migrate", verbosity=0, stdout=io.StringIO())

    assert list(Item.objects.found_by("ecran")) == [item]


@on_sqlite
def test_index_follows_each_way_of_writing() -> None:
    one, other = screen(), ItemFactory(name="Battery")
    Item.objects.filter(pk=other.pk).update(search_text="accumulator")
    one.delete()
    Item.objects.bulk_create([Item(sku="B1", name="bulk", search_text="bulk b1")])

    found = [Item.objects.found_by(text).count() for text in ("ecran", "battery", "accumulator", "bulk")]

    assert found == [0, 0, 1, 1]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO inventory_item_found (inventory_item_found) VALUES ('integrity-check')")


@pytest.mark.postgresql
def test_refused_extension_is_said_and_leaves_the_search_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    item = screen()
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE mendery_guest")
        cursor.execute("GRANT ALL ON inventory_item TO mendery_guest")
        cursor.execute("SET LOCAL ROLE mendery_guest")

        with caplog.at_level("WARNING", logger="apps.core.search_index"):
            made = ITEM_WORDS.ensure(connection)
        found = list(Item.objects.found_by("ecran 0638"))

        cursor.execute("RESET ROLE")
        cursor.execute("REVOKE ALL ON inventory_item FROM mendery_guest")
        cursor.execute("DROP ROLE mendery_guest")

    assert not made
    assert "CREATE EXTENSION pg_trgm" in caplog.text
    assert found == [item]


@pytest.mark.postgresql
def test_index_that_could_not_be_made_is_made_by_the_next_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")

    call_command("migrate", verbosity=0, stdout=io.StringIO())

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('inventory_item_found') IS NOT NULL")
        assert cursor.fetchone() == (True,)


def test_index_can_be_taken_away_and_made_again() -> None:
    item, index = screen(), SearchIndex("inventory_item", "search_text")
    connection.check_constraints()  # PostgreSQL alters no table for whose rows it has still something to check
    index.remove(connection)
    without = list(Item.objects.found_by("ecran"))

    made = index.ensure(connection)

    assert made
    assert (without, list(Item.objects.found_by("ecran"))) == ([item], [item])
