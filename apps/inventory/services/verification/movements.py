"""Movements: the chain of balances, what was handed out for promises, and what was undone."""

from apps.inventory.services.verification.differences import Check

# Every movement as seen from each branch that it touches.
_ENDS = """
    SELECT id, created_at, item_id, to_branch_id AS branch_id, quantity AS change, to_balance AS balance
    FROM inventory_stockmovement WHERE to_branch_id IS NOT NULL
    UNION ALL
    SELECT id, created_at, item_id, from_branch_id, -quantity, from_balance
    FROM inventory_stockmovement WHERE from_branch_id IS NOT NULL
"""

# The first begins at nothing, and each goes on where the one before ended; so the last one ends at the sum.
_BALANCES = Check(
    ("balance",),
    f"""
    SELECT item_id, branch_id, id, COALESCE(balance, 0), before + change
    FROM (
        SELECT id, item_id, branch_id, created_at, change, balance,
            LAG(balance, 1, 0) OVER (PARTITION BY item_id, branch_id ORDER BY created_at, id) AS before
        FROM ({_ENDS}) ends
    ) steps
    WHERE COALESCE(balance, 0) <> before + change ORDER BY item_id, branch_id, created_at, id
    """,
    of_id=True,
)

# What was handed out has one movement of just that; a key allows no second one.
_ISSUED = Check(
    ("issued",),
    """
    SELECT l.item_id, l.branch_id, r.id, r.quantity, COALESCE(m.quantity, 0)
    FROM inventory_reservation r
    JOIN inventory_stocklevel l ON l.id = r.level_id
    LEFT JOIN inventory_stockmovement m ON m.reservation_id = r.id
        AND m.movement_type = 'OUT' AND m.item_id = l.item_id AND m.from_branch_id = l.branch_id
    WHERE r.status = 'issued' AND r.quantity <> COALESCE(m.quantity, 0) ORDER BY r.id
    """,
    of_id=True,
)
_ISSUED_WITHOUT_PROMISE = Check(
    ("issued",),
    """
    SELECT m.item_id, m.from_branch_id, r.id, 0, m.quantity
    FROM inventory_stockmovement m
    JOIN inventory_reservation r ON r.id = m.reservation_id
    WHERE r.status <> 'issued' ORDER BY m.id
    """,
    of_id=True,
)

# Of an adjustment the sign turns, of all others the sides. Ids are joined as text: absent ones must be equal, too.
_SIDES = "COALESCE(CAST({0} AS VARCHAR(36)), '-') || COALESCE(CAST({1} AS VARCHAR(36)), '-')"
_REVERSALS = Check(
    ("reversal",),
    f"""
    SELECT m.item_id, COALESCE(m.to_branch_id, m.from_branch_id), m.id, m.quantity,
        CASE WHEN m.quantity <> o.quantity * o.sign THEN o.quantity * o.sign ELSE 0 END
    FROM inventory_stockmovement m
    JOIN (
        SELECT id, item_id, movement_type, from_branch_id, to_branch_id, quantity,
            CASE WHEN movement_type = 'ADJUSTMENT' THEN -1 ELSE 1 END AS sign
        FROM inventory_stockmovement
    ) o ON o.id = m.reverses_id
    WHERE m.item_id <> o.item_id OR m.quantity <> o.quantity * o.sign
        OR {_SIDES.format("m.from_branch_id", "m.to_branch_id")} <>
            CASE WHEN o.sign = -1 THEN {_SIDES.format("o.from_branch_id", "o.to_branch_id")}
            ELSE {_SIDES.format("o.to_branch_id", "o.from_branch_id")} END
    ORDER BY m.id
    """,
    of_id=True,
)

CHECKS = (_BALANCES, _ISSUED, _ISSUED_WITHOUT_PROMISE, _REVERSALS)
