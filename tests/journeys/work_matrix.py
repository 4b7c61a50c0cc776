"""The lines of the role table for parts, time, rework and warranties of orders."""

from __future__ import annotations

from typing import Any

from apps.core.actor import Actor
from apps.repairs.services import start_work, stop_work

EVERYBODY = "200 200 200 200 200"
STAFF, WORKERS = "200 200 200 200 403", "200 200 200 403 403"
REASON = {"reason": "because"}
TIMES = {**REASON, "startedAt": "2026-01-05T10:00:00Z", "stoppedAt": "2026-01-05T11:00:00Z"}

# operation, path, body, answers of: admin manager technician seller customer
WORK: list[tuple[str, str, Any, str]] = [
    # who may finds a line whose part was never issued
    *[
        row
        for what, body in (("return", REASON), ("faulty", REASON), ("reserve", {}))
        for row in (
            ("POST", f"repairs/{{own_order}}/items/{{own_line}}/{what}", body, "409 409 409 409 403"),
            ("POST", f"repairs/{{foreign_order}}/items/{{own_line}}/{what}", body, "404 404 404 404 403"),
        )
    ],
    # warranties: only a manager charges what one pays for, and none pays for a line of a first repair
    ("GET", "repairs/{own_order}/warranties", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/warranties", None, "200 404 404 404 404"),
    ("GET", "repairs/{own_order}/warranty", None, EVERYBODY),
    ("GET", "repairs/{foreign_order}/warranty", None, "200 404 404 404 404"),
    ("POST", "repairs/{own_order}/items/{own_line}/charge", REASON, "409 409 403 403 403"),
    ("POST", "repairs/{foreign_order}/items/{own_line}/charge", REASON, "404 404 404 404 403"),
    ("GET", "repairs/{own_order}/reworks", None, STAFF),
    ("GET", "repairs/{foreign_order}/reworks", None, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/due", None, STAFF),
    ("GET", "repairs/{foreign_order}/due", None, "200 404 404 404 403"),
    # time: who has never worked there has nothing to stop
    ("GET", "repairs/{own_order}/work", None, WORKERS),
    ("GET", "repairs/{foreign_order}/work", None, "200 404 404 403 403"),
    ("POST", "repairs/{own_order}/work/start", {}, WORKERS),
    ("POST", "repairs/{foreign_order}/work/start", {}, "200 404 404 403 403"),
    ("POST", "repairs/{own_order}/work/stop", {}, "409 409 200 403 403"),
    ("POST", "repairs/{foreign_order}/work/stop", {}, "409 404 404 403 403"),
    ("PATCH", "work-entries/{own_entry}", TIMES, WORKERS),
    ("PATCH", "work-entries/{foreign_entry}", TIMES, "200 404 404 403 403"),
]


def spend_time(scene: Any) -> None:
    """Somebody works on an order of each side, on the own one the technician; nobody's time runs any more."""
    for side, person in (("own", scene.technician), ("foreign", scene.foreigner)):
        order, actor = getattr(scene, f"{side}_order"), Actor.user(person)
        setattr(scene, f"{side}_entry", start_work(order.pk, actor=actor))
        stop_work(order.pk, actor=actor)
