"""The lines of the role table for estimates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.pricing.models import EstimateRecord
from apps.pricing.rules import Interval
from apps.pricing.services import TakenEstimate, keep_estimates
from apps.repairs.models import RepairLine
from tests.factories.work import SYSTEM

ASKED = {"deviceModelId": "{model}", "repairTypeId": "{repair_type}"}
EVERYBODY, MANAGERS = "200 200 200 200 200", "200 200 403 403 403"

# operation, path, body, answers of: admin manager technician seller customer
ESTIMATES: list[tuple[str, str, Any, str]] = [
    ("POST", "pricing/estimate", ASKED, EVERYBODY),
    ("POST", "pricing/estimate", {**ASKED, "branchId": "{own_branch}"}, EVERYBODY),
    ("POST", "pricing/estimate", {**ASKED, "branchId": "{foreign_branch}"}, EVERYBODY),
    ("GET", "pricing/estimates", None, MANAGERS),
    ("GET", "pricing/estimates/{own_estimate}", None, MANAGERS),
    ("GET", "pricing/estimates/{foreign_estimate}", None, "200 404 403 403 403"),
    ("GET", "pricing/estimates/report", None, MANAGERS),
    ("GET", "pricing/estimates/report?branchId={foreign_branch}", None, MANAGERS),
]
# Answers of: admin manager
ESTIMATES_LISTED = {
    "pricing/estimates": ("id", ("foreign own", "own")),
    "pricing/estimates?branchId={foreign_branch}": ("id", ("foreign", "")),
    "pricing/estimates?settled=true": ("id", ("", "")),
}


def take(scene: Any) -> None:
    """Let a line of an order on each side have taken an estimate."""
    for side, order in (("own", scene.own_order), ("foreign", scene.foreign_order)):
        line = order.lines.first()
        interval = Interval(Decimal("90.00"), Decimal("80.00"), Decimal("99.00"))
        taken = TakenEstimate(
            line.pk, order.device_model_id, line.repair_type_id, line.part_type_id, "", interval, order.currency,
            Decimal("0.5"), "similar_prices", branch_id=order.branch_id,
        )  # fmt: skip
        keep_estimates(RepairLine._meta.label_lower, [taken], actor=SYSTEM)
        record = EstimateRecord.objects.get(source_id=line.pk)
        setattr(scene, f"{side}_estimate", record)
        scene.names[record.pk] = side
