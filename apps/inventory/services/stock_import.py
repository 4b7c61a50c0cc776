"""Imports of opening stock: what lay on the shelves when Mendery came, booked once as movements."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.rules import Right, require
from apps.core import money
from apps.core.actor import Actor
from apps.core.exceptions import DomainError
from apps.core.file_rows import FileRow, Outcome, outcome_of, refuse_repeated
from apps.core.ids import new_id
from apps.core.imports import chunks
from apps.inventory.enums import MovementType
from apps.inventory.models import Branch, Item, StockMovement
from apps.inventory.rules import costs
from apps.inventory.selectors import branches_within
from apps.inventory.services.item_import import CHUNK, items_by_sku
from apps.inventory.services.ledger import Ledger, Place, open_ledger

REFERENCE = "Opening stock"


@dataclass(frozen=True)
class _Arrival:
    row: FileRow
    item: Item
    branch: Branch

    @property
    def place(self) -> Place:
        return self.item.pk, self.branch.pk


def import_opening_stock(rows: Sequence[FileRow], *, dry_run: bool, actor: Actor) -> Outcome:
    """Book each row as an IN movement with its cost, where nothing was ever booked; a quantity of 0 books nothing.

    A dry run books as well, and undoes it: so it says exactly what the real run would. Nothing stays either when any row
    has a problem. Raises ``Forbidden``.
    """
    require(actor, Right.ITEMS_WRITE)
    require(actor, Right.STOCK_RECORD)
    with transaction.atomic():
        fresh = [row.fresh() for row in rows]
        # In the order in which levels are locked everywhere.
        arrivals = sorted(_judged(fresh, actor), key=lambda one: one.place)
        for chunk in chunks(iter(arrivals), CHUNK):
            _book_all(chunk, actor)
        booked = sum(not one.row.problems for one in arrivals)
        outcome = outcome_of(fresh, created=booked, changed=0, dry_run=dry_run)
        if not outcome.applied:
            transaction.set_rollback(True)
    return outcome


def _judged(rows: Sequence[FileRow], actor: Actor) -> list[_Arrival]:
    """The rows that book something and can be understood."""
    refuse_repeated(rows, "sku", lambda values: _key(values.get("sku"), values.get("branch")), "SKU and branch")
    items = items_by_sku(row.values["sku"] for row in rows if "sku" in row.values)
    branches = {branch.code.lower(): branch for branch in branches_within(actor, Right.STOCK_RECORD)}
    arrivals = []
    for row in rows:
        item = items.get(row.values.get("sku", "").lower())
        branch = branches.get(row.values.get("branch", "").lower())
        if item is None and "sku" in row.values:
            row.refuse("sku", "does_not_exist", "There is no item with this SKU.")
        if branch is None and "branch" in row.values:
            row.refuse("branch", "does_not_exist", "There is no branch with this code among yours.")
        if branch is not None:
            _check_money(row, branch)
        if item and branch and not row.problems and row.values["quantity"]:
            arrivals.append(_Arrival(row, item, branch))
    return arrivals


def _key(sku: str | None, branch: str | None) -> tuple[str, str] | None:
    return (sku.lower(), branch.lower()) if sku and branch else None


def _check_money(row: FileRow, branch: Branch) -> None:
    cost = row.values.get("unitCost")
    if cost is not None and not money.fits(cost, branch.currency):
        row.refuse("unitCost", "invalid", f"This is not an amount of {branch.currency}.")


def _book_all(arrivals: Sequence[_Arrival], actor: Actor) -> None:
    """Book those whose level has no movement yet; asked under its lock, so that who books there meanwhile waits."""
    ledger = open_ledger([one.place for one in arrivals], actor=actor)
    moved = _moved({one.item.pk for one in arrivals})
    for one in arrivals:
        if one.place in moved:
            one.row.refuse("sku", "not_empty", "Movements of this item are booked at this branch already.")
        else:
            _book(one, ledger)
    if not any(one.row.problems for one in arrivals):
        ledger.close()


def _moved(item_ids: set[UUID]) -> set[Place]:
    rows = StockMovement.objects.filter(item__in=item_ids).order_by()
    sides = rows.values_list("item_id", "from_branch_id", "to_branch_id").distinct()
    return {(item_id, branch) for item_id, *branches in sides for branch in branches if branch}


def _book(arrival: _Arrival, ledger: Ledger) -> None:
    quantity, cost = arrival.row.values["quantity"], arrival.row.values.get("unitCost")
    movement = StockMovement(
        id=new_id(),
        item_id=arrival.item.pk,
        movement_type=MovementType.IN,
        quantity=quantity,
        unit_price=cost,
        currency=arrival.branch.currency,
        to_branch_id=arrival.branch.pk,
        reference_number=REFERENCE,
    )
    try:
        ledger.book(movement, value=None if cost is None else costs.micros(cost) * quantity)
    except DomainError as refusal:
        arrival.row.refuse("sku", refusal.details[0].code if refusal.details else refusal.code, refusal.message)
