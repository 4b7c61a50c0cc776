"""The lines of the role table for prices and their rules."""

from __future__ import annotations

from typing import Any

EVERYBODY, STAFF = "200 200 200 200 200", "200 200 200 200 403"
MANAGERS_CREATE, MANAGERS_CHANGE, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"
FOREIGN_CREATE, FOREIGN_CHANGE, FOREIGN_REMOVE = "201 400 403 403 403", "200 404 403 403 403", "204 404 403 403 403"

PRICE = {"deviceModelId": "{offered[device-models]}", "repairTypeId": "{repair_type}", "price": "50.00"}
THERE = {"branchId": "{foreign_branch}"}
RULE = {"branchId": "{own_branch}", "markupPercent": "5"}
MARGIN = {"markupPercent": "80"}
AT = "pricing/effective?deviceModelId={model}&repairTypeId={repair_type}"

# operation, path, body, answers of: admin manager technician seller customer
PRICES: list[tuple[str, str, Any, str]] = [
    ("GET", "pricing", None, EVERYBODY),
    ("GET", "pricing/{price}", None, EVERYBODY),
    ("GET", "pricing/{foreign_price}", None, EVERYBODY),
    ("GET", "pricing/{expired}", None, "200 200 200 200 404"),
    ("GET", "pricing/{price}/history", None, STAFF),
    ("GET", AT, None, EVERYBODY),
    ("GET", AT + "&branchId={foreign_branch}", None, EVERYBODY),
    ("GET", AT + "&branchId={spare_branch}", None, "200 200 200 200 404"),
    ("POST", "pricing", PRICE, MANAGERS_CREATE),
    ("POST", "pricing", {**PRICE, "branchId": "{own_branch}"}, MANAGERS_CREATE),
    ("POST", "pricing", {**PRICE, **THERE}, FOREIGN_CREATE),
    ("PUT", "pricing/{price}", PRICE, MANAGERS_CHANGE),
    ("PATCH", "pricing/{price}", {"price": "1.00"}, MANAGERS_CHANGE),
    ("PATCH", "pricing/{price}", THERE, "200 400 403 403 403"),
    ("PATCH", "pricing/{foreign_price}", {"price": "1.00"}, FOREIGN_CHANGE),
    ("DELETE", "pricing/{price}", None, MANAGERS_REMOVE),
    ("DELETE", "pricing/{price}?reason=gone", None, MANAGERS_REMOVE),
    ("DELETE", "pricing/{foreign_price}", None, FOREIGN_REMOVE),
    ("POST", "pricing/{old_price}/replace", {"price": "1.00"}, MANAGERS_CREATE),
    ("POST", "pricing/{foreign_price}/replace", {"price": "1.00"}, "201 404 403 403 403"),
    ("GET", "pricing/branch-rules", None, STAFF),
    ("GET", "pricing/branch-rules/{own_rule}", None, STAFF),
    ("GET", "pricing/branch-rules/{foreign_rule}", None, STAFF),
    ("GET", "pricing/branch-rules/{own_rule}/history", None, STAFF),
    ("POST", "pricing/branch-rules", RULE, MANAGERS_CREATE),
    ("POST", "pricing/branch-rules", {**RULE, **THERE}, FOREIGN_CREATE),
    ("PUT", "pricing/branch-rules/{own_rule}", RULE, MANAGERS_CHANGE),
    ("PATCH", "pricing/branch-rules/{own_rule}", {"markupPercent": "6"}, MANAGERS_CHANGE),
    ("PATCH", "pricing/branch-rules/{own_rule}", THERE, "200 400 403 403 403"),
    ("PATCH", "pricing/branch-rules/{foreign_rule}", {"markupPercent": "6"}, FOREIGN_CHANGE),
    ("DELETE", "pricing/branch-rules/{own_rule}", None, MANAGERS_REMOVE),
    ("DELETE", "pricing/branch-rules/{foreign_rule}", None, FOREIGN_REMOVE),
    ("GET", "pricing/margin-rules", None, STAFF),
    ("GET", "pricing/margin-rules/{margin_rule}", None, STAFF),
    ("GET", "pricing/margin-rules/{margin_rule}/history", None, STAFF),
    ("POST", "pricing/margin-rules", MARGIN, MANAGERS_CREATE),
    ("PUT", "pricing/margin-rules/{margin_rule}", MARGIN, MANAGERS_CHANGE),
    ("PATCH", "pricing/margin-rules/{margin_rule}", {"labourAmount": "6"}, MANAGERS_CHANGE),
    ("DELETE", "pricing/margin-rules/{margin_rule}", None, MANAGERS_REMOVE),
]
