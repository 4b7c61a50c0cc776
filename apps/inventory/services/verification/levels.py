"""Levels: stored numbers beside the sums of what made them.

Each source is one part of a union, in the columns of what it proves; so one pass over the tables adds up all of it, and a
level without movements is found as well as movements without a level.
"""

from apps.inventory.services.verification.differences import Check

_SIDES = ("quantity", "moved", "reserved", "promised", "incoming", "expected", "value", "brought")


def _part(source: str, **numbers: str) -> str:
    columns = ", ".join(f"{numbers.get(side, '0')} AS {side}" for side in _SIDES)
    return f"SELECT item_id, branch_id, {columns} FROM {source}"


_PARTS = (
    _part("inventory_stocklevel", quantity="quantity", reserved="reserved", incoming="incoming", value="value_micros"),
    _part(
        "(SELECT item_id, to_branch_id AS branch_id, quantity, to_value_micros FROM inventory_stockmovement"
        " WHERE to_branch_id IS NOT NULL) came",
        moved="quantity",
        brought="COALESCE(to_value_micros, 0)",
    ),
    _part(
        "(SELECT item_id, from_branch_id AS branch_id, quantity, from_value_micros FROM inventory_stockmovement"
        " WHERE from_branch_id IS NOT NULL) went",
        moved="-quantity",
        brought="COALESCE(from_value_micros, 0)",
    ),
    _part(
        "(SELECT l.item_id, l.branch_id, r.quantity FROM inventory_reservation r"
        " JOIN inventory_stocklevel l ON l.id = r.level_id WHERE r.status = 'live') promised",
        promised="quantity",
    ),
    _part(
        "(SELECT p.item_id, o.branch_id, p.quantity - p.received - p.cancelled AS quantity"
        " FROM inventory_purchaseline p JOIN inventory_purchaseorder o ON o.id = p.order_id"
        " WHERE o.status IN ('ordered', 'partly_received')) ordered",
        expected="quantity",
    ),
    _part(
        "(SELECT p.item_id, t.to_branch_id AS branch_id, p.quantity - p.received - p.missing AS quantity"
        " FROM inventory_transferline p JOIN inventory_transfer t ON t.id = p.transfer_id"
        " WHERE t.status IN ('sent', 'partly_received')) sent",
        expected="quantity",
    ),
)
_PAIRS = tuple(zip(_SIDES[::2], _SIDES[1::2], strict=True))

CHECKS = (
    Check(
        tuple(stored for stored, _ in _PAIRS),
        f"SELECT item_id, branch_id, NULL, {', '.join(f'SUM({side})' for side in _SIDES)}"
        f" FROM ({' UNION ALL '.join(_PARTS)}) parts GROUP BY item_id, branch_id"
        f" HAVING {' OR '.join(f'SUM({stored}) <> SUM({proven})' for stored, proven in _PAIRS)}"
        " ORDER BY item_id, branch_id",
    ),
)
