"""The lines of the role table for transfers, and the transfers that they are about."""

from __future__ import annotations

from typing import Any

from apps.inventory.models import Branch
from tests.factories import BranchFactory, stocked
from tests.inventory.transferring import draft, line, sent

STAFF = "200 200 200 200 403"
MANAGERS_CREATE, MANAGERS_CHANGE, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"

LINES = {"lines": [{"itemId": "{item}", "quantity": 1}]}
AWAY = {**LINES, "fromBranchId": "{own_branch}", "toBranchId": "{foreign_branch}"}
HERE = {**LINES, "fromBranchId": "{foreign_branch}", "toBranchId": "{own_branch}"}
RECEIPT = {"receiptId": "{new_id}"}
PARTLY = {**RECEIPT, "lines": [{"lineId": "{coming_line}", "received": 1}]}
BACK = {"reason": "wrong van"}

# A transfer between others is 404; of one that touches the own branch the other end's part is 403.
TRANSFERS: list[tuple[str, str, Any, str]] = [
    ("GET", "inventory/transfers", None, STAFF),
    ("GET", "inventory/transfers/{own_transfer}", None, STAFF),
    ("GET", "inventory/transfers/{coming_transfer}", None, STAFF),
    ("GET", "inventory/transfers/{foreign_transfer}", None, "200 404 404 404 403"),
    ("POST", "inventory/transfers", AWAY, MANAGERS_CREATE),
    ("POST", "inventory/transfers", HERE, "201 400 403 403 403"),
    ("PUT", "inventory/transfers/{draft_transfer}", AWAY, MANAGERS_CHANGE),
    ("PUT", "inventory/transfers/{draft_transfer}", HERE, "200 400 403 403 403"),
    ("PUT", "inventory/transfers/{foreign_draft_transfer}", HERE, "200 404 403 403 403"),
    ("PATCH", "inventory/transfers/{draft_transfer}", {"notes": "N"}, MANAGERS_CHANGE),
    ("PATCH", "inventory/transfers/{coming_draft_transfer}", {"notes": "N"}, "200 403 403 403 403"),
    ("DELETE", "inventory/transfers/{draft_transfer}", None, MANAGERS_REMOVE),
    ("DELETE", "inventory/transfers/{coming_draft_transfer}", None, "204 403 403 403 403"),
    ("DELETE", "inventory/transfers/{foreign_draft_transfer}", None, "204 404 403 403 403"),
    ("POST", "inventory/transfers/{draft_transfer}/send", {}, MANAGERS_CHANGE),
    ("POST", "inventory/transfers/{coming_draft_transfer}/send", {}, "200 403 403 403 403"),
    ("POST", "inventory/transfers/{foreign_draft_transfer}/send", {}, "409 404 403 403 403"),
    ("POST", "inventory/transfers/{coming_transfer}/receive", RECEIPT, MANAGERS_CHANGE),
    ("POST", "inventory/transfers/{coming_transfer}/receive", PARTLY, MANAGERS_CHANGE),
    ("POST", "inventory/transfers/{own_transfer}/receive", RECEIPT, "200 403 403 403 403"),
    ("POST", "inventory/transfers/{foreign_transfer}/receive", RECEIPT, "200 404 403 403 403"),
    ("POST", "inventory/transfers/{own_transfer}/cancel", BACK, MANAGERS_CHANGE),
    ("POST", "inventory/transfers/{coming_transfer}/cancel", BACK, "200 403 403 403 403"),
    ("POST", "inventory/transfers/{foreign_transfer}/cancel", BACK, "200 404 403 403 403"),
    ("GET", "inventory/in-transit", None, STAFF),
    ("GET", "inventory/in-transit?branchId={own_branch}", None, STAFF),
    ("GET", "inventory/in-transit?branchId={foreign_branch}", None, "200 404 404 404 403"),
]
TRANSFERS_LISTED = {
    "inventory/transfers": ("id", ("coming comingdraft draft foreign foreigndraft own",
                                   *["coming comingdraft draft own"] * 3)),
    "inventory/transfers?fromBranchId={foreign_branch}&status=sent": ("id", ("coming foreign", *["coming"] * 3)),
    "inventory/transfers?itemId={foreign_sent_item}": ("id", ("coming comingdraft foreign foreigndraft",
                                                              *["coming comingdraft"] * 3)),
    "inventory/in-transit": ("item", ("FOR-4 FOR-4 OWN-4", *["FOR-4 OWN-4"] * 3)),
}  # fmt: skip


def carry(scene: Any) -> None:
    """Give the scene a draft and a transfer under way from its own branch, to it, and between two others."""
    own, foreign, closed = scene.own_branch, scene.foreign_branch, BranchFactory(name="Old", code="OLD")
    scene.own_sent_item, scene.foreign_sent_item = (
        stocked(9, branch, sku=sku) for branch, sku in ((own, "OWN-4"), (foreign, "FOR-4"))
    )
    trips = {
        "": (own, foreign, scene.own_sent_item),
        "coming_": (foreign, own, scene.foreign_sent_item),
        "foreign_": (foreign, closed, scene.foreign_sent_item),
    }
    for side, (source, target, item) in trips.items():
        setattr(scene, f"{side}draft_transfer", draft(source, target, (item, 1)))
        setattr(scene, f"{side or 'own_'}transfer", sent(source, target, (item, 2)))
    # Nothing is sent to a branch that is closed; this one closed afterwards.
    Branch.objects.filter(pk=closed.pk).update(is_active=False)
    scene.coming_line = line(scene.coming_transfer)
    names = ("draft", "coming_draft", "foreign_draft", "own", "coming", "foreign")
    scene.names |= {getattr(scene, f"{name}_transfer").pk: name.replace("_", "") for name in names}
