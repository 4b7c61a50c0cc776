"""A large stock, written by the database itself: levels with their movements, promises, documents and units.

Every level has ten movements: IN 10 and OUT 3 in turn, and at the end an IN that is undone; 28 units are left. The first
OUT of each hands out a promise, and one unit is promised. The first items know their units one by one. Other items were
sent between branches, and each tenth of those transfers is still under way.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction

BRANCHES = 10
MOVEMENTS = 10  # of each level
COST = 8_000_000  # millionths
KINDS = {"branch": 1, "item": 2, "level": 3, "movement": 4, "live": 5, "issued": 6, "serial": 7, "moved": 8,
         "transfer": 9, "line": 10, "order": 11, "wanted": 12, "supplier": 13, "gone": 14}  # fmt: skip


def seed(movements: int) -> None:
    """Fill the empty tables of the inventory so that about ``movements`` movements explain what it holds."""
    levels = movements // MOVEMENTS
    items = levels // BRANCHES
    tracked = max(1, items // 100)
    with transaction.atomic():
        _reference_data(items, tracked)
        _levels(levels)
        _reservations(levels)
        _movements(levels)
        _serials(tracked)
        _transfers(items, tracked)
        _purchases(items)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _id(kind: str, number: str) -> str:
    """An id made of a number, the same whenever it is made."""
    if connection.vendor == "postgresql":
        return f"('{KINDS[kind]:08d}' || lpad(to_hex(({number})::bigint), 24, '0'))::uuid"
    return f"printf('{KINDS[kind]:08d}%024x', {number})"


def _time(minutes: str) -> str:
    if connection.vendor == "postgresql":
        return f"timestamptz '2026-01-01 00:00+00' + ({minutes}) * interval '1 minute'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', '2026-01-01', ({minutes}) || ' minutes')"


def _numbers(count: int, name: str) -> str:
    if connection.vendor == "postgresql":
        return f"(SELECT {name}::bigint FROM generate_series(0, {count - 1}) {name}) {name}_numbers"
    return (
        f"(WITH RECURSIVE up({name}) AS (SELECT 0 UNION ALL SELECT {name} + 1 FROM up WHERE {name} < {count - 1})"
        f" SELECT {name} FROM up) {name}_numbers"
    )


def _insert(table: str, columns: dict[str, str], source: str) -> None:
    model = apps.get_model("inventory", table)
    moments = {"created_at": _time("0"), "updated_at": _time("0")}
    known = {field.column: _default(field) for field in model._meta.concrete_fields if not field.null}
    known |= moments | columns
    names = ", ".join(f'"{name}"' for name in known)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO inventory_{table} ({names}) SELECT {', '.join(known.values())} FROM {source}")


def _default(field: Any) -> str:
    """What stands in a column that nobody names."""
    value = field.get_default()
    if isinstance(value, str):
        return f"'{value}'"
    return "'[]'" if value == [] else str(value)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


_BLANK = "''"
_ACTOR = {"actor_kind": "'system'", "actor_label": "'seed'"}
_DOCUMENT = {**_ACTOR, "notes": _BLANK}


def _reference_data(items: int, tracked: int) -> None:
    branch = dict.fromkeys(
        ("address", "city", "country", "phone_number", "email", "manager_name"), _BLANK
    ) | {"id": _id("branch", "b"), "name": "'Branch ' || b", "code": "'B' || b", "timezone": "'UTC'",
         "currency": "'EUR'", "is_active": "true"}  # fmt: skip
    _insert("branch", branch, _numbers(BRANCHES, "b"))
    item = dict.fromkeys(("description", "barcode", "models_text"), _BLANK) | {
        "id": _id("item", "i"), "sku": "'SKU-' || i", "name": "'Part ' || i", "unit_of_measure": "'pcs'",
        "unit_price": "20", "cost_price": "8", "currency": "'EUR'", "reorder_level": "0", "reorder_quantity": "0",
        "tracks_serials": f"i < {tracked}", "is_active": "true", "search_name": "'part ' || i",
        "search_text": "'sku-' || i || ' part ' || i",
    }  # fmt: skip
    _insert("item", item, _numbers(items, "i"))


def _place(level: str = "l") -> tuple[str, str]:
    return _id("item", f"{level} / {BRANCHES}"), _id("branch", f"{level} % {BRANCHES}")


def _levels(levels: int) -> None:
    item, branch = _place()
    columns = {"id": _id("level", "l"), "item_id": item, "branch_id": branch, "quantity": "28", "reserved": "1",
               "incoming": "0", "value_micros": f"{28 * COST}", "last_cost_micros": str(COST)}  # fmt: skip
    _insert("stocklevel", columns, _numbers(levels, "l"))


def _reservations(levels: int) -> None:
    for kind, status, units in (("live", "live", 1), ("issued", "issued", 3)):
        columns = {
            "id": _id(kind, "l"), "level_id": _id("level", "l"), "quantity": str(units), "source_type": "'seed'",
            "source_id": _id(kind, "l"), "document_label": "'R-1'", "status": f"'{status}'",
        }  # fmt: skip
        _insert("reservation", columns, _numbers(levels, "l"))


def _movements(levels: int) -> None:
    """Movement ``k`` of each level, all at first and then all at second: as it would have been."""
    item, branch = _place()
    for k in range(MOVEMENTS):
        arrives = k % 2 == 0
        units = 10 if arrives or k == 9 else 3
        balance = 28 if k == 9 else 10 * (k // 2 + 1) - 3 * ((k + 1) // 2)
        side = "to" if arrives else "from"
        columns = {
            **_ACTOR, "id": _id("movement", f"l * {MOVEMENTS} + {k}"), "created_at": _time(str(k + 1)),
            "item_id": item, "movement_type": "'IN'" if arrives else "'OUT'", "quantity": str(units),
            "currency": "'EUR'", f"{side}_branch_id": branch, f"{side}_balance": str(balance),
            f"{side}_value_micros": str(units * COST if arrives else -units * COST), "reference_number": _BLANK,
            "notes": _BLANK, "document_type": _BLANK,
        }  # fmt: skip
        if k == 1:
            columns["reservation_id"] = _id("issued", "l")
        if k == 9:
            columns["reverses_id"] = _id("movement", f"l * {MOVEMENTS} + 8")
        _insert("stockmovement", columns, _numbers(levels, "l"))


def _serials(tracked: int) -> None:
    """Fifty units for each level of a tracked item: three went with each OUT, and the last ten came and went."""
    units = tracked * BRANCHES * 50
    is_here = "(u % 50) BETWEEN 12 AND 39"
    item, branch = _place("(u / 50)")
    columns = {"id": _id("serial", "u"), "item_id": item, "number": "'SN-' || u",
               "state": f"CASE WHEN {is_here} THEN 'in_stock' ELSE 'gone' END",
               "branch_id": f"CASE WHEN {is_here} THEN {branch} END"}  # fmt: skip
    _insert("serial", columns, _numbers(units, "u"))
    came = f"(u / 50) * {MOVEMENTS} + 2 * ((u % 50) / 10)"
    went = f"(u / 50) * {MOVEMENTS} + CASE WHEN u % 50 >= 40 THEN 9 ELSE 2 * ((u % 50) / 3) + 1 END"
    serial = _id("serial", "u")
    _insert("movedserial", {"id": _id("moved", "u"), "movement_id": _id("movement", came), "serial_id": serial},
            _numbers(units, "u"))  # fmt: skip
    _insert("movedserial", {"id": _id("gone", "u"), "movement_id": _id("movement", went), "serial_id": serial},
            f"{_numbers(units, 'u')} WHERE NOT {is_here}")  # fmt: skip


def _transfers(items: int, tracked: int) -> None:
    """Two units of two items each, from each even branch to the next one."""
    each = (items - tracked) // 2
    sent, arrived = "t % 10 = 0", "t % 10 <> 0"
    source, target = f"(t / {each}) * 2", f"(t / {each}) * 2 + 1"
    document = {**_DOCUMENT, "id": _id("transfer", "t"), "number": "'T-2026-' || (100000 + t)",
                "from_branch_id": _id("branch", source), "to_branch_id": _id("branch", target),
                "status": f"CASE WHEN {sent} THEN 'sent' ELSE 'received' END", "sent_at": _time("20")}  # fmt: skip
    transfers = _numbers(each * 2, "t")
    _insert("transfer", document, transfers)
    _run("INSERT INTO inventory_documentcounter (series, last) VALUES ('T-2026', 1000000)")
    lines = f"{transfers}, (SELECT 0 AS j UNION ALL SELECT 1) halves"
    line, item = _id("line", "t * 2 + j"), _id("item", f"{tracked} + (t % {each}) * 2 + j")
    columns = {"id": line, "transfer_id": _id("transfer", "t"), "item_id": item, "position": "j + 1", "quantity": "2",
               "received": f"CASE WHEN {sent} THEN 0 ELSE 2 END", "missing": "0", "surplus": "0", "reason": _BLANK,
               "value_micros": f"CASE WHEN {sent} THEN {2 * COST} ELSE 0 END", "serial_numbers": "'[]'"}  # fmt: skip
    _insert("transferline", columns, lines)
    movement = {**_ACTOR, "item_id": item, "movement_type": "'TRANSFER'", "quantity": "2", "currency": "'EUR'",
                "reference_number": document["number"], "notes": _BLANK, "document_type": "'transfer'",
                "document_id": _id("transfer", "t"), "document_line_id": line}  # fmt: skip
    for side, where, balance, worth, minutes, which in (
        ("from", source, 26, -2 * COST, "20", lines), ("to", target, 30, 2 * COST, "30", f"{lines} WHERE {arrived}")
    ):  # fmt: skip
        own = {"id": _id("movement", f"1000000000 + (t * 2 + j) * 2 + {int(side == 'to')}"), "created_at": _time(minutes),
               f"{side}_branch_id": _id("branch", where), f"{side}_balance": str(balance),
               f"{side}_value_micros": str(worth)}  # fmt: skip
        _insert("stockmovement", movement | own, which)
    for column, change in (("from", "quantity = s.quantity - 2, value_micros = s.value_micros - {0}"),
                           ("to", ("quantity = s.quantity + l.received, incoming = 2 - l.received,"
                                  " value_micros = s.value_micros + l.received / 2 * {0}"))):  # fmt: skip
        alias = "AS s " if connection.vendor == "sqlite" else "s "
        _run(
            f"UPDATE inventory_stocklevel {alias}SET {change.format(2 * COST)} FROM inventory_transferline l"
            f" JOIN inventory_transfer t ON t.id = l.transfer_id"
            f" WHERE s.item_id = l.item_id AND s.branch_id = t.{column}_branch_id"
        )


def _purchases(items: int) -> None:
    """An order of five units, on its way to the last branch, for each other item."""
    supplier = dict.fromkeys(
        ("contact_name", "email", "phone_number", "address", "website", "account_number", "notes"), _BLANK
    ) | {"id": _id("supplier", "0"), "name": "'Parts'", "currency": "'EUR'", "lead_time_days": "7", "is_active": "true"}
    _insert("supplier", supplier, "(SELECT 1) one")
    order = {**_DOCUMENT, "id": _id("order", "p"), "number": "'PO-2026-' || (100000 + p)",
             "supplier_id": _id("supplier", "0"), "branch_id": _id("branch", str(BRANCHES - 1)), "status": "'ordered'",
             "currency": "'EUR'", "exchange_rate": "1", "supplier_reference": _BLANK}  # fmt: skip
    _insert("purchaseorder", order, _numbers(items // 2, "p"))
    line = {"id": _id("wanted", "p"), "order_id": _id("order", "p"), "item_id": _id("item", "p * 2"), "position": "1",
            "quantity": "5", "received": "0", "cancelled": "0", "unit_cost": "8", "repair_order_number": _BLANK}  # fmt: skip
    _insert("purchaseline", line, _numbers(items // 2, "p"))
    alias = "AS s " if connection.vendor == "sqlite" else "s "
    _run(
        f"UPDATE inventory_stocklevel {alias}SET incoming = s.incoming + 5 FROM inventory_purchaseline l"
        f" WHERE s.item_id = l.item_id AND s.branch_id = {_id('branch', str(BRANCHES - 1))}"
    )
