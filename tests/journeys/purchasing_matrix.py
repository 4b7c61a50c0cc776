"""The lines of the role table for suppliers and purchase orders."""

from typing import Any

STAFF = "200 200 200 200 403"
MANAGERS_CREATE, MANAGERS_CHANGE, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"

SOLD = {"supplierId": "{supplier}", "itemId": "{item}"}
BOUGHT = {"supplierId": "{supplier}", "lines": [{"itemId": "{item}", "quantity": 1}]}
PURCHASING: list[tuple[str, str, Any, str]] = [
    ("GET", "inventory/suppliers", None, STAFF),
    ("GET", "inventory/suppliers/{supplier}", None, STAFF),
    ("POST", "inventory/suppliers", {"name": "N"}, MANAGERS_CREATE),
    ("PUT", "inventory/suppliers/{supplier}", {"name": "N"}, MANAGERS_CHANGE),
    ("PATCH", "inventory/suppliers/{supplier}", {"notes": "N"}, MANAGERS_CHANGE),
    ("DELETE", "inventory/suppliers/{unused_supplier}", None, MANAGERS_REMOVE),
    ("GET", "inventory/supplier-items", None, STAFF),
    ("GET", "inventory/supplier-items/{offer}", None, STAFF),
    ("POST", "inventory/supplier-items", {**SOLD, "itemId": "{unused_item}"}, MANAGERS_CREATE),
    ("PUT", "inventory/supplier-items/{offer}", SOLD, MANAGERS_CHANGE),
    ("PATCH", "inventory/supplier-items/{offer}", {"unitCost": "1.00"}, MANAGERS_CHANGE),
    ("DELETE", "inventory/supplier-items/{offer}", None, MANAGERS_REMOVE),
    ("GET", "inventory/purchase-orders", None, STAFF),
    ("GET", "inventory/purchase-orders/{own_purchase}", None, STAFF),
    ("GET", "inventory/purchase-orders/{foreign_purchase}", None, "200 404 404 404 403"),
    ("POST", "inventory/purchase-orders", {**BOUGHT, "branchId": "{own_branch}"}, MANAGERS_CREATE),
    ("POST", "inventory/purchase-orders", {**BOUGHT, "branchId": "{foreign_branch}"}, "201 400 403 403 403"),
    ("PUT", "inventory/purchase-orders/{own_draft}", {**BOUGHT, "branchId": "{own_branch}"}, MANAGERS_CHANGE),
    ("PUT", "inventory/purchase-orders/{foreign_draft}", {**BOUGHT, "branchId": "{foreign_branch}"}, "200 404 403 403 403"),
    ("PATCH", "inventory/purchase-orders/{own_draft}", {"notes": "N"}, MANAGERS_CHANGE),
    ("PATCH", "inventory/purchase-orders/{own_draft}", {"branchId": "{foreign_branch}"}, "200 400 403 403 403"),
    ("PATCH", "inventory/purchase-orders/{foreign_draft}", {"notes": "N"}, "200 404 403 403 403"),
    ("DELETE", "inventory/purchase-orders/{own_draft}", None, MANAGERS_REMOVE),
    ("DELETE", "inventory/purchase-orders/{foreign_draft}", None, "204 404 403 403 403"),
    ("POST", "inventory/purchase-orders/{own_draft}/order", {}, MANAGERS_CHANGE),
    ("POST", "inventory/purchase-orders/{foreign_draft}/order", {}, "200 404 403 403 403"),
    ("POST", "inventory/purchase-orders/{own_purchase}/cancel", {}, MANAGERS_CHANGE),
    ("POST", "inventory/purchase-orders/{foreign_purchase}/cancel", {}, "200 404 403 403 403"),
    *(
        ("POST", f"inventory/purchase-orders/{{{side}_purchase}}/receive",
         {"lines": [{"lineId": f"{{{side}_purchase_line}}", "quantity": 1}]}, statuses)
        for side, statuses in (("own", MANAGERS_CREATE), ("foreign", "201 404 403 403 403"))
    ),
    ("GET", "inventory/purchase-orders/{own_purchase}/receipts", None, STAFF),
    ("GET", "inventory/purchase-orders/{foreign_purchase}/receipts", None, "200 404 404 404 403"),
    *(
        ("POST", f"inventory/purchase-orders/{{{side}_purchase}}/receipts/{{{side}_receipt}}/reverse", {"notes": "N"},
         statuses)
        for side, statuses in (("own", MANAGERS_CHANGE), ("foreign", "200 404 403 403 403"))
    ),
    ("GET", "inventory/purchase-orders/needs?branchId={own_branch}", None, STAFF),
    ("GET", "inventory/purchase-orders/needs?branchId={foreign_branch}", None, "200 404 404 404 403"),
    ("POST", "inventory/purchase-orders/needs", {"branchId": "{own_branch}"}, "409 409 403 403 403"),
    ("POST", "inventory/purchase-orders/needs", {"branchId": "{foreign_branch}"}, "409 400 403 403 403"),
]  # fmt: skip
