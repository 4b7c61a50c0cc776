"""The lines of the role table for messages."""

from __future__ import annotations

from typing import Any

from apps.notifications.models import MessageTemplate
from tests.factories.messages import message_about

WORDS = {"event": "repair_created", "channel": "sms", "language": "pt", "body": "Recebemos {{ device }}. {{ link }}"}
NEW = {**WORDS, "language": "it"}
MOVE = {"repairOrderId": "{own_order}", "status": "completed"}
OWN, FOREIGN = "200 200 200 200 200", "200 404 404 404 404"
SETTLED, FOREIGN_SETTLED = "200 200 403 403 403", "200 404 403 403 403"

# operation, path, body, answers of: admin manager technician seller customer
MESSAGES: list[tuple[str, str, Any, str]] = [
    ("GET", "notifications", None, OWN),
    ("GET", "notifications/{own_message}", None, OWN),
    ("GET", "notifications/{foreign_message}", None, FOREIGN),
    ("POST", "notifications/{own_message}/retry", None, SETTLED),
    ("POST", "notifications/{foreign_message}/retry", None, FOREIGN_SETTLED),
    ("GET", "customers/{own_customer}/notifications", None, OWN),
    ("GET", "notifications/templates", None, SETTLED),
    ("GET", "notifications/templates/defaults", None, SETTLED),
    ("GET", "notifications/templates/{own_wording}", None, SETTLED),
    ("GET", "notifications/templates/{foreign_wording}", None, FOREIGN_SETTLED),
    ("GET", "notifications/templates/{common_wording}", None, SETTLED),
    ("GET", "notifications/templates/{own_wording}/history", None, SETTLED),
    ("POST", "notifications/templates", {**NEW, "branchId": "{own_branch}"}, "201 201 403 403 403"),
    ("POST", "notifications/templates", {**NEW, "branchId": "{foreign_branch}"}, "201 400 403 403 403"),
    ("POST", "notifications/templates", NEW, "201 400 403 403 403"),
    ("PUT", "notifications/templates/{own_wording}", {**WORDS, "branchId": "{own_branch}"}, SETTLED),
    ("PATCH", "notifications/templates/{own_wording}", {"body": "Ok"}, SETTLED),
    ("PATCH", "notifications/templates/{foreign_wording}", {"body": "Ok"}, FOREIGN_SETTLED),
    ("PATCH", "notifications/templates/{common_wording}", {"body": "Ok"}, FOREIGN_SETTLED),
    ("DELETE", "notifications/templates/{own_wording}", None, "204 204 403 403 403"),
    ("DELETE", "notifications/templates/{common_wording}", None, "204 404 403 403 403"),
    ("POST", "notifications/templates/{common_wording}/preview", {"repairOrderId": "{own_order}"}, SETTLED),
    ("POST", "notifications/templates/{own_wording}/preview", {"repairOrderId": "{foreign_order}"}, FOREIGN_SETTLED),
    ("POST", "notifications/preview", MOVE, "200 200 200 200 403"),
    ("POST", "notifications/preview", {**MOVE, "repairOrderId": "{foreign_order}"}, "200 404 404 404 403"),
    ("GET", "repairs/{own_order}/mute", None, OWN),
    ("GET", "repairs/{foreign_order}/mute", None, FOREIGN),
    ("PUT", "repairs/{own_order}/mute", None, "200 200 200 200 403"),
    ("PUT", "repairs/{foreign_order}/mute", None, "200 404 404 404 403"),
    ("DELETE", "repairs/{own_order}/mute", None, "204 204 204 204 403"),
]


def word(scene: Any) -> None:
    """A message and a template on each side, and a template for all."""
    scene.own_message, scene.foreign_message = message_about(scene.own_order), message_about(scene.foreign_order)
    scene.own_wording, scene.foreign_wording, scene.common_wording = (
        MessageTemplate.objects.create(branch=branch, **WORDS)
        for branch in (scene.own_branch, scene.foreign_branch, None)
    )
