"""The lines of the role table for what is done to many prices: imports, changes and proposals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.pricing.models import PriceProposal
from apps.pricing.services.change_steps import apply_change
from tests.factories import PriceFactory
from tests.pricing.changing import SYSTEM, by, drafted

STAFF, NOBODY = "200 200 200 200 403", "405 405 405 405 405"
MANAGERS_CREATE, MANAGERS, MANAGERS_REMOVE = "201 201 403 403 403", "200 200 403 403 403", "204 204 403 403 403"
CHANGE = {"selection": {}, "operation": {"kind": "percent", "value": "5"}, "reason": "N"}

# operation, path, body, answers of: admin manager technician seller customer
PRICE_WORK: list[tuple[str, str, Any, str]] = [
    # who may import is told that JSON is no file
    ("POST", "pricing/import", {}, "415 415 403 403 403"),
    ("GET", "pricing/export", None, STAFF),
    ("GET", "pricing/changes", None, MANAGERS),
    ("GET", "pricing/changes/{price_change}", None, MANAGERS),
    ("GET", "pricing/changes/{price_change}/lines", None, MANAGERS),
    ("POST", "pricing/changes", CHANGE, MANAGERS_CREATE),
    ("PUT", "pricing/changes/{price_change}", {}, NOBODY),
    ("DELETE", "pricing/changes/{price_change}", None, MANAGERS_REMOVE),
    ("POST", "pricing/changes/{price_change}/apply", {}, MANAGERS),
    ("POST", "pricing/changes/{applied_change}/undo", {}, MANAGERS),
    ("GET", "pricing/proposals", None, STAFF),
    ("GET", "pricing/proposals/{proposal}", None, STAFF),
    ("DELETE", "pricing/proposals/{proposal}", None, NOBODY),
    ("POST", "pricing/proposals/{proposal}/accept", {}, MANAGERS),
    ("POST", "pricing/proposals/{proposal}/dismiss", {}, MANAGERS),
    ("POST", "pricing/proposals/{foreign_proposal}/accept", {}, "200 404 403 403 403"),
    ("POST", "pricing/proposals/{foreign_proposal}/dismiss", {}, "200 404 403 403 403"),
    ("POST", "pricing/proposals/accept", {"ids": ["{proposal}"]}, MANAGERS),
]


def carry(scene: Any) -> None:
    """A draft and an applied change, and a proposal on a price of each side."""
    shown = {"proposed_price": Decimal("77.00"), "new_cost": Decimal("31.41"), "currency": "USD"}
    scene.proposal, scene.foreign_proposal = (
        PriceProposal.objects.create(price=price, current_price=price.price, old_cost=price.cost, **shown)
        for price in (scene.price, scene.foreign_price)
    )
    other = PriceFactory()
    scene.applied_change = apply_change(
        drafted(by("percent", "5"), device_model_id=other.device_model_id).pk, actor=SYSTEM
    )
    scene.price_change = drafted(by("percent", "5"), device_model_id=scene.price.device_model_id)
