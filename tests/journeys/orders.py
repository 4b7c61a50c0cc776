"""Orders for the journeys, made through the interface by the shop's own people."""

from typing import Any

from tests.journeys.client import Caller


def intake(caller: Caller, item_id: str | None = None, branch_id: str | None = None) -> dict[str, Any]:
    """The body of an order with one line, for the first customer and model that there are."""
    line = {"repairTypeId": _first(caller, "catalog/repair-types"), "quantity": 1, "unitPrice": "40.00"}
    return {
        "customerId": _first(caller, "customers"),
        "deviceModelId": _first(caller, "catalog/device-models"),
        "branchId": branch_id or caller.user["branches"][0]["id"],
        "issueDescription": "Does not charge.",
        "items": [{**line, "inventoryItemId": item_id} if item_id else line],
    }


def taken_in(caller: Caller, technician: Caller) -> str:
    """A new order at the technician's branch, assigned to them; its id."""
    order = caller.post("repairs", intake(caller, branch_id=technician.user["branches"][0]["id"]))
    caller.post(f"repairs/{order['id']}/assign", {"technicianId": technician.user["id"]}, 200)
    return order["id"]


def new_part(manager: Caller, sku: str, units: int) -> str:
    """A new item of which the manager's branch has so many; its id."""
    category = _first(manager, "inventory/categories")
    fields = {"sku": sku, "name": f"Part {sku}", "categoryId": category, "unitPrice": "20.00", "costPrice": "8.00"}
    item = manager.post("inventory/items", fields)
    branch = manager.user["branches"][0]["id"]
    delivery = {"movementType": "IN", "inventoryItemId": item["id"], "quantity": units, "toBranchId": branch}
    manager.post("inventory/movements", delivery)
    return item["id"]


def level_of(manager: Caller, item_id: str) -> tuple[int, int]:
    """Quantity and reserved at the manager's branch."""
    rows = manager.get(f"inventory/stock-levels/items/{item_id}")["items"]
    branch = manager.user["branches"][0]["id"]
    return next((row["quantity"], row["reserved"]) for row in rows if row["branch"]["id"] == branch)


def _first(caller: Caller, path: str) -> str:
    return caller.get(path, limit=1)["items"][0]["id"]
