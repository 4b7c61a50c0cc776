"""The imports by their kind: a file is read first, outside of any transaction, and then imported or tried."""

from collections.abc import Sequence

from apps.core.actor import Actor
from apps.core.file_rows import FileRow, Outcome, file_rows
from apps.core.spreadsheets import read_rows
from apps.inventory.rules.item_rows import ALSO_CALLED, ITEM_COLUMNS, MOST_ROWS, STOCK_COLUMNS
from apps.inventory.services.item_import import import_items
from apps.inventory.services.stock_import import import_opening_stock

ITEMS, OPENING_STOCK = "items", "opening_stock"
KINDS = {ITEMS: "items", OPENING_STOCK: "opening stock"}


def read_file(kind: str, content: bytes) -> list[FileRow]:
    """The rows of a file, each with what is wrong with it in itself.

    Raises ``ValidationFailed`` on ``file`` for a file that cannot be read, as ``read_rows`` and ``file_rows`` say.
    """
    columns = ITEM_COLUMNS if kind == ITEMS else STOCK_COLUMNS
    return file_rows(read_rows(content, MOST_ROWS), columns, ALSO_CALLED)


def run_import(kind: str, rows: Sequence[FileRow], *, dry_run: bool, actor: Actor) -> Outcome:
    """Import the rows, all of them or none; on a dry run only say what would become of them."""
    run = import_items if kind == ITEMS else import_opening_stock
    return run(rows, dry_run=dry_run, actor=actor)
