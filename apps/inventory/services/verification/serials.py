"""Serial numbers: each unit is where its last movement left it, and nowhere else."""

from apps.inventory.services.verification.differences import Check

_AS_MANY_AS_ON_HAND = Check(
    ("serials",),
    """
    SELECT item_id, branch_id, NULL, SUM(known), SUM(on_hand)
    FROM (
        SELECT l.item_id, l.branch_id, 0 AS known, l.quantity AS on_hand FROM inventory_stocklevel l
        JOIN inventory_item i ON i.id = l.item_id WHERE i.tracks_serials
        UNION ALL
        SELECT s.item_id, s.branch_id, 1, 0 FROM inventory_serial s
        JOIN inventory_item i ON i.id = s.item_id WHERE i.tracks_serials AND s.branch_id IS NOT NULL
    ) sides
    GROUP BY item_id, branch_id HAVING SUM(known) <> SUM(on_hand) ORDER BY item_id, branch_id
    """,
)

_AS_MANY_AS_IN_TRANSIT = Check(
    ("serials_in_transit",),
    """
    SELECT item_id, NULL, NULL, SUM(known), SUM(sent)
    FROM (
        SELECT p.item_id, 0 AS known, p.quantity - p.received - p.missing AS sent FROM inventory_transferline p
        JOIN inventory_transfer t ON t.id = p.transfer_id
        JOIN inventory_item i ON i.id = p.item_id
        WHERE i.tracks_serials AND t.status IN ('sent', 'partly_received')
        UNION ALL
        SELECT s.item_id, 1, 0 FROM inventory_serial s
        JOIN inventory_item i ON i.id = s.item_id WHERE i.tracks_serials AND s.state = 'in_transit'
    ) sides
    GROUP BY item_id HAVING SUM(known) <> SUM(sent) ORDER BY item_id
    """,
)

# Where each movement took a unit from and where it left it. An adjustment names its only branch on the right, whichever
# way it goes; without a branch a unit is in transit or gone.
_MOVES = """
    SELECT moved.serial_id, m.id, m.item_id, m.created_at,
        CASE WHEN m.quantity < 0 THEN m.to_branch_id ELSE m.from_branch_id END AS source,
        CASE WHEN m.quantity < 0 THEN NULL ELSE m.to_branch_id END AS target,
        CASE WHEN m.movement_type <> 'TRANSFER' THEN 'gone'
            WHEN m.from_branch_id IS NULL THEN 'in_transit' ELSE 'gone' END AS state_before,
        CASE WHEN m.movement_type = 'TRANSFER' AND m.to_branch_id IS NULL THEN 'in_transit' ELSE 'gone' END AS state_after
    FROM inventory_movedserial moved
    JOIN inventory_stockmovement m ON m.id = moved.movement_id
"""

# Both say where a unit is; what only one of them says stands alone.
_WHERE_THE_LAST_LEFT_IT = Check(
    ("serial",),
    f"""
    SELECT s.item_id, here.branch_id, s.number, SUM(here.stored), SUM(here.proven)
    FROM (
        SELECT id AS serial_id, branch_id, state, 1 AS stored, 0 AS proven FROM inventory_serial
        UNION ALL
        SELECT serial_id, target, CASE WHEN target IS NULL THEN state_after ELSE 'in_stock' END, 0, 1
        FROM (
            SELECT serial_id, target, state_after,
                ROW_NUMBER() OVER (PARTITION BY serial_id ORDER BY created_at DESC, id DESC) AS latest
            FROM ({_MOVES}) moves
        ) ranked
        WHERE latest = 1
    ) here
    JOIN inventory_serial s ON s.id = here.serial_id
    GROUP BY s.item_id, s.number, s.id, here.branch_id, here.state
    HAVING SUM(here.stored) <> SUM(here.proven) ORDER BY s.item_id, s.number, s.id, SUM(here.proven)
    """,
)

# Each goes on where the one before left the unit: a unit that left where it was not has been in two places.
_MOVES_FOLLOW_EACH_OTHER = Check(
    ("serial_moves",),
    f"""
    SELECT steps.item_id, COALESCE(steps.source, steps.target), s.number, 1, 0
    FROM (
        SELECT serial_id, id, item_id, source, target, state_before,
            LAG(target) OVER (PARTITION BY serial_id ORDER BY created_at, id) AS place,
            LAG(state_after, 1, 'gone') OVER (PARTITION BY serial_id ORDER BY created_at, id) AS state
        FROM ({_MOVES}) moves
    ) steps
    JOIN inventory_serial s ON s.id = steps.serial_id
    WHERE steps.item_id <> s.item_id OR CASE WHEN steps.source IS NULL
        THEN steps.place IS NOT NULL OR steps.state <> steps.state_before
        ELSE steps.place IS NULL OR steps.place <> steps.source END
    ORDER BY steps.item_id, s.number, steps.id
    """,
)

# One serial for each unit, as soon as the item tracks them.
_ONE_FOR_EACH_UNIT = Check(
    ("serials_named",),
    """
    SELECT m.item_id, COALESCE(m.to_branch_id, m.from_branch_id), m.id, named.units, ABS(m.quantity)
    FROM (SELECT movement_id, COUNT(*) AS units FROM inventory_movedserial GROUP BY movement_id) named
    JOIN inventory_stockmovement m ON m.id = named.movement_id
    WHERE named.units <> ABS(m.quantity) ORDER BY m.id
    """,
    of_id=True,
)

_PICKED_FOR_WHAT_IS_PROMISED = Check(
    ("picked",),
    """
    SELECT s.item_id, s.branch_id, s.number, 1, 0
    FROM inventory_serial s
    JOIN inventory_reservation r ON r.id = s.reservation_id
    JOIN inventory_stocklevel l ON l.id = r.level_id
    WHERE r.status <> 'live' OR l.item_id <> s.item_id OR l.branch_id <> s.branch_id ORDER BY s.item_id, s.number
    """,
)

_UNDONE_WITH_THE_SAME_UNITS = Check(
    ("reversal_serials",),
    """
    SELECT m.item_id, COALESCE(m.to_branch_id, m.from_branch_id), s.number, 1, 0
    FROM inventory_movedserial moved
    JOIN inventory_stockmovement m ON m.id = moved.movement_id AND m.reverses_id IS NOT NULL
    JOIN inventory_serial s ON s.id = moved.serial_id
    LEFT JOIN inventory_movedserial first ON first.movement_id = m.reverses_id AND first.serial_id = moved.serial_id
    WHERE first.id IS NULL ORDER BY m.id, s.number
    """,
)

CHECKS = (
    _AS_MANY_AS_ON_HAND,
    _AS_MANY_AS_IN_TRANSIT,
    _WHERE_THE_LAST_LEFT_IT,
    _MOVES_FOLLOW_EACH_OTHER,
    _ONE_FOR_EACH_UNIT,
    _PICKED_FOR_WHAT_IS_PROMISED,
    _UNDONE_WITH_THE_SAME_UNITS,
)
