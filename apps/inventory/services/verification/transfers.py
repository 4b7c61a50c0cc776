"""Transfers: what was sent, taken in and written off, and what of the value is on its way."""

from apps.inventory.services.verification.differences import Check

_COUNTED = ("sent", "received", "missing", "surplus")


def _side(branch: str, source: str, **numbers: str) -> str:
    columns = ", ".join(f"{numbers.get(name, '0')} AS {name}" for name in _COUNTED)
    return f"SELECT item_id, {branch} AS branch_id, number, line_id, {columns} FROM {source}"


_LINES = """(
    SELECT p.id AS line_id, p.item_id, p.quantity, p.received, p.missing, p.surplus,
        t.number, t.status, t.from_branch_id, t.to_branch_id
    FROM inventory_transferline p JOIN inventory_transfer t ON t.id = p.transfer_id
) lines"""
_STORED = (
    # What was called back is at its branch again, as if it had never left.
    _side(
        "from_branch_id",
        _LINES,
        sent="CASE WHEN status IN ('sent', 'partly_received', 'received') THEN quantity ELSE 0 END",
    ),
    # The missing are taken in as well, and written off at once.
    _side("to_branch_id", _LINES, received="received + missing", missing="missing", surplus="surplus"),
)

_MOVED = """(
    SELECT m.document_line_id AS line_id, m.item_id, m.reference_number AS number, m.movement_type, m.quantity,
        COALESCE(m.from_branch_id, m.to_branch_id) AS place, t.from_branch_id AS origin,
        CASE WHEN m.from_branch_id IS NULL THEN 1 ELSE 0 END AS arrives
    FROM inventory_stockmovement m
    LEFT JOIN inventory_transfer t ON t.id = m.document_id
    WHERE m.document_id IS NOT NULL AND m.document_type = 'transfer'
) moved"""
_PROVEN = (
    _side(
        "place",
        f"{_MOVED} WHERE movement_type = 'TRANSFER'",
        sent="CASE WHEN arrives = 0 THEN quantity WHEN place = origin THEN -quantity ELSE 0 END",
        received="CASE WHEN arrives = 1 AND place <> origin THEN quantity ELSE 0 END",
    ),
    _side(
        "place",
        f"{_MOVED} WHERE movement_type = 'ADJUSTMENT'",
        missing="CASE WHEN quantity < 0 THEN -quantity ELSE 0 END",
        surplus="CASE WHEN quantity > 0 THEN quantity ELSE 0 END",
    ),
)


def _sides() -> str:
    parts = []
    for stored, proven, sources in (("{}", "0", _STORED), ("0", "{}", _PROVEN)):
        columns = ", ".join(
            f"{stored.format(name)} AS {name}_stored, {proven.format(name)} AS {name}_proven" for name in _COUNTED
        )
        parts += [f"SELECT item_id, branch_id, number, line_id, {columns} FROM ({part}) one" for part in sources]
    return " UNION ALL ".join(parts)


_UNITS = Check(
    tuple(f"transfer_{name}" for name in _COUNTED),
    f"SELECT item_id, branch_id, number, "
    f"{', '.join(f'SUM({name}_stored), SUM({name}_proven)' for name in _COUNTED)}"
    f" FROM ({_sides()}) sides GROUP BY item_id, branch_id, number, line_id"
    f" HAVING {' OR '.join(f'SUM({name}_stored) <> SUM({name}_proven)' for name in _COUNTED)}"
    " ORDER BY number, line_id, branch_id",
)

# In the sender's money. What has arrived in another one says nothing about the rest, but that at the end there is none.
_VALUE = Check(
    ("transfer_value",),
    """
    SELECT item_id, branch_id, number, value_micros, proven
    FROM (
        SELECT p.id, p.item_id, t.from_branch_id AS branch_id, t.number, p.value_micros,
            CASE WHEN source.currency = target.currency OR t.status = 'cancelled'
                    THEN COALESCE(m.sent, 0) - COALESCE(m.came, 0)
                WHEN p.received + p.missing = 0 THEN COALESCE(m.sent, 0)
                WHEN p.received + p.missing = p.quantity THEN 0
                ELSE p.value_micros END AS proven
        FROM inventory_transferline p
        JOIN inventory_transfer t ON t.id = p.transfer_id
        JOIN inventory_branch source ON source.id = t.from_branch_id
        JOIN inventory_branch target ON target.id = t.to_branch_id
        LEFT JOIN (
            SELECT document_line_id, SUM(-COALESCE(from_value_micros, 0)) AS sent, SUM(COALESCE(to_value_micros, 0)) AS came
            FROM inventory_stockmovement
            WHERE document_id IS NOT NULL AND document_type = 'transfer' AND movement_type = 'TRANSFER'
            GROUP BY document_line_id
        ) m ON m.document_line_id = p.id
    ) lines
    WHERE value_micros <> proven ORDER BY number, id
    """,
)

CHECKS = (_UNITS, _VALUE)
