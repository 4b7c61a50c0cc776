"""Documents: what their lines say beside the movements that name them, and their numbers."""

from apps.inventory.services.verification.differences import Check


def _compared(name: str, lines: str, movements: str) -> Check:
    """Both select item, branch, number of the document, id of the line and a sum: of a line, and of what it has moved."""
    return Check(
        (name,),
        f"""
        SELECT item_id, branch_id, number, SUM(stored), SUM(proven)
        FROM (
            SELECT item_id, branch_id, number, line_id, units AS stored, 0 AS proven FROM ({lines}) lines
            UNION ALL
            SELECT item_id, branch_id, number, line_id, 0, units FROM ({movements}) moved
        ) sides
        GROUP BY item_id, branch_id, number, line_id HAVING SUM(stored) <> SUM(proven)
        ORDER BY number, line_id, item_id, branch_id
        """,
    )


# What came, without what has been sent back or undone.
_PURCHASES = _compared(
    "purchase_received",
    """
    SELECT p.item_id, o.branch_id, o.number, p.id AS line_id, p.received AS units
    FROM inventory_purchaseline p JOIN inventory_purchaseorder o ON o.id = p.order_id
    """,
    """
    SELECT item_id, COALESCE(to_branch_id, from_branch_id) AS branch_id, reference_number AS number,
        document_line_id AS line_id, CASE WHEN to_branch_id IS NULL THEN -quantity ELSE quantity END AS units
    FROM inventory_stockmovement WHERE document_id IS NOT NULL AND document_type = 'purchase_order'
    """,
)

# Of items whose units are known one by one the units are compared, not their number: what moved since is left out.
_COUNTS = _compared(
    "count_posted",
    """
    SELECT p.item_id, c.branch_id, c.number, p.id AS line_id,
        CASE WHEN c.status = 'posted' AND p.counted IS NOT NULL THEN p.counted - p.on_hand ELSE 0 END AS units
    FROM inventory_countline p
    JOIN inventory_stockcount c ON c.id = p.count_id
    JOIN inventory_item i ON i.id = p.item_id WHERE NOT i.tracks_serials
    """,
    """
    SELECT m.item_id, m.to_branch_id AS branch_id, m.reference_number AS number, m.document_line_id AS line_id,
        m.quantity AS units
    FROM inventory_stockmovement m
    JOIN inventory_item i ON i.id = m.item_id
    WHERE m.document_id IS NOT NULL AND m.document_type = 'stock_count' AND NOT i.tracks_serials
    """,
)

# What is closed waits for nothing any more.
_NOTHING_OUTSTANDING = Check(
    ("outstanding",),
    """
    SELECT item_id, branch_id, number, outstanding, 0
    FROM (
        SELECT p.item_id, t.to_branch_id AS branch_id, t.number, p.id, p.quantity - p.received - p.missing AS outstanding
        FROM inventory_transferline p JOIN inventory_transfer t ON t.id = p.transfer_id WHERE t.status = 'received'
        UNION ALL
        SELECT p.item_id, o.branch_id, o.number, p.id, p.quantity - p.received - p.cancelled
        FROM inventory_purchaseline p JOIN inventory_purchaseorder o ON o.id = p.order_id WHERE o.status = 'received'
    ) lines
    WHERE outstanding <> 0 ORDER BY number, id
    """,
)

_NUMBERS = """
    SELECT number FROM inventory_transfer UNION ALL SELECT number FROM inventory_stockcount
    UNION ALL SELECT number FROM inventory_purchaseorder
"""
_NUMBERS_GIVEN_ONCE = Check(
    ("document_number",),
    f"""
    SELECT NULL, NULL, number, COUNT(*), 1 FROM ({_NUMBERS}) numbers
    GROUP BY number HAVING COUNT(*) > 1 ORDER BY number
    """,
)
# The next number comes from the counter: one that lags behind would give a number again.
_COUNTERS = Check(
    ("document_counter",),
    f"""
    SELECT NULL, NULL, c.series, c.last, MAX(CAST(SUBSTR(d.number, LENGTH(c.series) + 2) AS INTEGER))
    FROM ({_NUMBERS}) d
    JOIN inventory_documentcounter c ON c.series = SUBSTR(d.number, 1, LENGTH(c.series))
    GROUP BY c.series, c.last HAVING MAX(CAST(SUBSTR(d.number, LENGTH(c.series) + 2) AS INTEGER)) > c.last
    ORDER BY c.series
    """,
)

CHECKS = (_PURCHASES, _COUNTS, _NOTHING_OUTSTANDING, _NUMBERS_GIVEN_ONCE, _COUNTERS)
