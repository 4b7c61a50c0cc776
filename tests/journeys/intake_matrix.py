"""What is kept of an intake, for each role: files, visits, checklists, terms and signatures."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from apps.repairs.selectors.terms import PLAIN
from tests.factories.intake import attached, signature_of

if TYPE_CHECKING:
    from tests.journeys.scene import Scene

EVERYBODY, STAFF = "200 200 200 200 200", "200 200 200 200 403"
FILE = "repairs/{own_order}/attachments/{own_file}"
FOREIGN_FILE = "repairs/{foreign_order}/attachments/{foreign_file}"
DIGEST = sha256(PLAIN["intake"].encode()).hexdigest()
SIGNED = {"purpose": "intake", "name": "Kim", "textSha256": DIGEST}
DEVICE = {"deviceModelId": "{model}", "issueDescription": "dead",
          "items": [{"repairTypeId": "{repair_type}", "unitPrice": "5.00"}]}  # fmt: skip
VISIT = {"customerId": "{free_customer}", "branchId": "{own_branch}", "devices": [DEVICE]}

# operation, path, body, answers of: admin manager technician seller customer
INTAKE: list[tuple[str, str, Any, str]] = [
    ("GET", "repairs/{own_order}/attachments", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/attachments", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/attachments", {}, "415 415 415 415 403"),
    ("POST", "repairs/{foreign_order}/attachments", {}, "415 404 404 404 403"),
    ("GET", f"{FILE}/download", None, EVERYBODY),
    ("GET", f"{FOREIGN_FILE}/download", None, "200 404 404 404 404"),
    ("GET", "repairs/{own_order}/attachments/{foreign_file}/download", None, "404 404 404 404 404"),
    ("GET", f"{FILE}/thumbnail", None, EVERYBODY),
    ("GET", f"{FOREIGN_FILE}/thumbnail", None, "200 404 404 404 404"),
    ("PATCH", FILE, {"kind": "after"}, STAFF),
    ("PATCH", FOREIGN_FILE, {"kind": "after"}, "200 404 404 404 403"),
    ("DELETE", FILE, None, "204 204 204 204 403"),
    ("DELETE", FOREIGN_FILE, None, "204 404 404 404 403"),
    # checklists, terms, signatures
    ("GET", "checklist-templates", None, STAFF),
    ("GET", "repairs/{own_order}/checklists", None, STAFF),
    ("GET", "repairs/{foreign_order}/checklists", None, "200 404 404 404 403"),
    (
        "POST",
        "repairs/{own_order}/checklists",
        {"stage": "quality", "templateId": "{new_id}", "answers": []},
        "400 400 400 400 403",
    ),
    (
        "POST",
        "repairs/{foreign_order}/checklists",
        {"stage": "quality", "templateId": "{new_id}", "answers": []},
        "400 404 404 404 403",
    ),
    ("GET", "repairs/{own_order}/terms", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/terms", None, "200 404 404 404 404"),
    ("GET", "repairs/{own_order}/signatures", None, STAFF),
    ("GET", "repairs/{foreign_order}/signatures", None, "200 404 404 404 403"),
    ("POST", "repairs/{own_order}/signatures", SIGNED, "201 201 201 201 403"),
    ("POST", "repairs/{foreign_order}/signatures", SIGNED, "201 404 404 404 403"),
    ("GET", "repairs/{own_order}/signatures/{own_signature}/image", None, STAFF),
    ("GET", "repairs/{foreign_order}/signatures/{foreign_signature}/image", None, "200 404 404 404 403"),
    ("GET", "repairs/intake-check?imei=490154203237518", None, "200 200 403 200 403"),
    # visits; a technician, whose orders are those assigned to them, has none
    ("GET", "drop-offs", None, EVERYBODY),
    ("GET", "drop-offs/{own_visit}", None, "200 200 404 200 200"),
    ("GET", "drop-offs/{foreign_visit}", None, "200 404 404 404 404"),
    ("POST", "drop-offs", VISIT, "201 201 403 201 403"),
    ("POST", "drop-offs", {**VISIT, "branchId": "{foreign_branch}"}, "201 400 403 400 403"),
    ("POST", "drop-offs/{own_visit}/orders", DEVICE, "201 201 403 201 403"),
    ("POST", "drop-offs/{foreign_visit}/orders", DEVICE, "201 404 403 404 403"),
    ("GET", "drop-offs/{own_visit}/terms", None, "200 200 404 200 200"),
    ("GET", "drop-offs/{own_visit}/signatures", None, "200 200 404 200 403"),
    ("POST", "drop-offs/{own_visit}/signatures", SIGNED, "201 201 404 201 403"),
    ("POST", "drop-offs/{foreign_visit}/signatures", SIGNED, "201 404 404 404 403"),
    ("GET", "drop-offs/{own_visit}/signatures/{visit_signature}/image", None, "200 200 404 200 403"),
]


def take_in(scene: Scene) -> None:
    """One of each on both sides."""
    scene.own_file, scene.foreign_file = attached(scene.own_order), attached(scene.foreign_order)
    scene.own_signature, scene.foreign_signature = signature_of(scene.own_order), signature_of(scene.foreign_order)
    scene.visit_signature = signature_of(drop_off=scene.own_visit)
